"""Ex ante scenarios of two buses and two units: one clean and dear, one dirty and cheap; each takes a moment."""

from pathlib import Path
from typing import Any

from support.small_grid import small_document, write_case

from walras import parse_scenario
from walras.experiments.scenario.schema import Scenario

UNITS = "clean,1,nuclear,uranium,market,500,30,0.01,0\ndirty,2,steam,coal,market,500,20,0.01,900\n"


def two_units(folder: Path, **sections: Any) -> Scenario:
    """One hyperscaler with 20 MW of work, of which a modular datacenter can take 10."""
    case = folder / "case"
    if not case.exists():
        write_case(case, units=UNITS)
    return parse_scenario(
        small_document(
            case,
            hyperscalers=sections.pop("hyperscalers", [hyperscaler("h", 0.8, chat=12, code=8)]),
            modular_datacenters=sections.pop("modular_datacenters", [lender("m", 10, 4.3)]),
            **{"disclosure": "ex_ante", **sections},
        )
    )


def hyperscaler(name: str, cost_weight: float, **batches: Any) -> dict[str, Any]:
    return {"name": name, "bus": 1, "cost_weight": cost_weight, "batches_mw": batches}


def lender(name: str, capacity_mw: float, curtailed_mw: Any, *batches: str) -> dict[str, Any]:
    return {
        "name": name,
        "bus": 2,
        "capacity_mw": capacity_mw,
        "curtailed_mw": curtailed_mw,
        "batches": list(batches or ("chat",)),
    }
