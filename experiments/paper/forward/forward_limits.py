"""How much of the forward contracts lines and units can carry beside the workload."""

from __future__ import annotations

from functools import cache
from math import floor

import pandas as pd

from ...settlement.feasibility import largest_forward_position
from ..paper_settings import SETTING_NAMES, SETTINGS
from ..printed import PRINTED_ALPHAS
from .forward_matrices import stacked_market

# The last is the paper's highest: less where the grid cannot carry it.
FORWARD_POSITIONS = (0.6, 0.7, 0.8, 0.9)
BASES = ("contract", "generator", "consumer")
_SURELY_CARRIED = 0.5
_LINE_LIMIT_SCALES = (0.6, 0.65, 0.7, 0.8, 1.0)


def carried_positions(setting: str, basis: str) -> tuple[float, ...]:
    """Forward positions that lines and units can meet; the highest is cut down to a whole percentage that they can."""
    limit = floor(100 * forward_limit(setting, basis) + 1e-6) / 100
    return tuple(dict.fromkeys(min(position, limit) for position in FORWARD_POSITIONS))


@cache
def forward_limit(setting: str, basis: str, overrides: tuple[str, ...] = ()) -> float:
    """The largest forward position that lines and units can meet beside the workload.

    Raises
    ------
    ScenarioError
        If not even half of the baseline's contracts can be met.
    """
    section = [f"consumers.forward_basis={basis}", f"consumers.forward_position={_SURELY_CARRIED}"]
    chosen = SETTINGS[setting]
    market, stacked = stacked_market(chosen, chosen.at(PRINTED_ALPHAS[-1], [*section, *overrides]))
    found = largest_forward_position(market, stacked)
    return _SURELY_CARRIED * found.factor if found is not None else 0.0


def limits_table(settings: list[str], own: str) -> pd.DataFrame:
    """Largest forward positions.

    Parameters
    ----------
    settings : list of str
        By contract for all of them.
    own : str
        By every basis, and by contract with other line limits, for this one.

    Returns
    -------
    DataFrame
        Columns: setting (in words), forward_basis, largest_position and ``carries_printed``, whether that is the
        paper's highest position at least.
    """
    asked: list[tuple[str, str, str, tuple[str, ...]]] = [(SETTING_NAMES[own], own, basis, ()) for basis in BASES]
    for scale in _LINE_LIMIT_SCALES:
        override = f"grid.line_limit_scale={scale}"
        asked.append((f"{SETTING_NAMES[own]}, line limits {scale:g}", own, BASES[0], (override,)))
    asked += [(SETTING_NAMES[name], name, BASES[0], ()) for name in settings if name != own]
    rows = [
        {"setting": told, "forward_basis": basis, "largest_position": forward_limit(setting, basis, overrides)}
        for told, setting, basis, overrides in asked
    ]
    table = pd.DataFrame(rows)
    return table.assign(carries_printed=table["largest_position"] >= FORWARD_POSITIONS[-1])
