"""How many of the printed numbers a setting meets, for the report."""

from __future__ import annotations

import pandas as pd

from ...pages.markdown import markdown_table
from ..identities.independent_cells import NARROW, NEAR, met_cells
from ..paper_settings import SETTING_NAMES


def cells_section(tables: pd.DataFrame) -> str:
    """Independent cells that each setting meets, by `printed_tables`."""
    rows = []
    for setting, of_setting in tables.groupby("setting", sort=False):
        met = met_cells(of_setting)
        numbers = [met.near, met.possible_near, met.inside]
        rows.append([SETTING_NAMES[str(setting)], *(str(number) for number in numbers)])
    columns = [
        "setting",
        f"within {NEAR:.0%}, of 28",
        "of the 24 not contradicted",
        f"in an interval below {NARROW:.0%}",
    ]
    return (
        "How many of the independent cells each setting meets, and how many further ones lie inside an interval of "
        "equilibria that is narrower than 10% of them. Intensities can hardly be met but by accident: the model leaves "
        "open which unit a datacenter buys from. `walras paper --calibrate` finds the paper's setting.\n\n"
        + markdown_table(columns, rows, numbers=3)
    )
