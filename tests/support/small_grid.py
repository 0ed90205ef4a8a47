"""A case of two buses and one unit as a folder of CSV files, and scenarios on it."""

from pathlib import Path
from typing import Any

BUSES = "1,50,1\n2,20,0\n"
LINES = "a,1,2,0.1,\n"
UNITS = "G,1,steam,coal,market,100,10,0.1,900\n"
_HEADERS = {
    "buses.csv": "bus,load_mw,is_hub\n",
    "lines.csv": "line_id,from_bus,to_bus,reactance_pu,limit_mw\n",
    "unit_groups.csv": (
        "unit_group,bus,unit_type,fuel,dispatch,capacity_mw,marginal_cost_usd_per_mwh,"
        "marginal_cost_slope_usd_per_mwh2,measured_kg_per_mwh\n"
    ),
}


def write_case(folder: Path, *, buses: str = BUSES, lines: str = LINES, units: str = UNITS) -> Path:
    """Write the three files into a new folder."""
    folder.mkdir()
    for (name, header), rows in zip(_HEADERS.items(), (buses, lines, units), strict=True):
        (folder / name).write_text(header + rows)
    return folder


def small_document(case: Path, **sections: Any) -> dict[str, Any]:
    """A scenario on a case, as nested dictionaries."""
    return {
        "name": "small",
        "grid": {"source": str(case)},
        "producers": {"emission_rates": "measured"},
        **sections,
    }
