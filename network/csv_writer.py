"""Cases into folders of CSV files, which scenarios can name."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .case import Case
from .grid import GridError

if TYPE_CHECKING:
    import pandas as pd


def write_folder(case: Case, folder: str | Path) -> None:
    """Write a case as the folder of CSV files that `read_case` reads back.

    Numbers keep all their digits. The folder is written aside and renamed: it is complete or absent.

    Raises
    ------
    GridError
        If the folder exists, or its parent does not, or it cannot be written.
    """
    folder = Path(folder)
    if folder.exists():
        raise GridError(f"{folder} exists already; a new folder is needed")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as aside:
            unfinished = Path(aside) / "case"
            unfinished.mkdir()
            for name, table in _tables(case).items():
                table.to_csv(unfinished / name, index=False)
            unfinished.rename(folder)
    except OSError as error:
        raise GridError(f"{folder} cannot be written: {error}") from error


def _tables(case: Case) -> dict[str, pd.DataFrame]:
    # Whoever writes no case does without pandas, which takes a quarter of a second to import.
    import pandas as pd

    grid = case.grid
    buses = pd.DataFrame(
        {
            "bus": grid.buses,
            "load_mw": [case.load_mw.get(bus, 0.0) for bus in grid.buses],
            "is_hub": [int(bus == grid.hub) for bus in grid.buses],
        }
    )
    if case.positions:
        buses[["x", "y"]] = [case.positions[bus] for bus in grid.buses]
    lines = pd.DataFrame(
        {
            "line_id": grid.line_ids,
            "from_bus": grid.from_bus,
            "to_bus": grid.to_bus,
            "reactance_pu": grid.reactance_pu,
            "limit_mw": np.where(np.isinf(grid.limit_mw), np.nan, grid.limit_mw),
        }
    )
    units = pd.DataFrame(
        [
            {
                "unit_group": group.name,
                "bus": group.bus,
                "unit_type": group.unit_type,
                "fuel": group.fuel,
                "dispatch": "fixed" if group.fixed else "market",
                "capacity_mw": group.capacity_mw,
                "marginal_cost_usd_per_mwh": group.cost_usd_per_mwh,
                "marginal_cost_slope_usd_per_mwh2": group.cost_slope_usd_per_mwh2,
                "ramp_mw_per_h": group.ramp_mw_per_h,
                **{f"{table}_kg_per_mwh": rate for table, rate in group.emission_rates_kg_per_mwh.items()},
            }
            for group in case.unit_groups
        ]
    )
    return {"buses.csv": buses, "lines.csv": lines, "unit_groups.csv": units}
