"""The figures of a result of one hour, flat, by dotted paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .result import Result

# A line whose limit is worth more than this [$/MW] binds.
_BINDING_USD_PER_MW = 1e-4


def figures(result: Result) -> dict[str, float | None]:
    """Figures of a result of one hour by their dotted paths, with some that follow from it.

    ``location_co2_t``: emissions of datacenters if every MWh they buy has the mean rate of all energy, hydro
    included, as location-based accounting has it (GHG Protocol, "Scope 2 Guidance", 2015);
    ``co2_t`` is market-based, by contracts. ``binding_lines``: lines whose limit is worth something.
    """
    document = result.document()
    flat = dict(_flat(document))
    served = sum(hours[0] for hours in result.demand_mwh.values())
    bought = {
        "local": result.workload_mwh["local"],
        "mdc": sum(lease.purchases_mwh[0] for lease in result.lease.values()),
    }
    mean_t_per_mwh = result.co2_t["system"] / (served + sum(bought.values()))
    flat |= {f"location_co2_t.{kind}": mwh * mean_t_per_mwh for kind, mwh in bought.items()}
    line_prices = np.array([hours[0] for hours in result.line_price_usd_per_mw.values()])
    flat["binding_lines"] = int((line_prices > _BINDING_USD_PER_MW).sum())
    flat["total_demand_mwh"] = served
    return flat


def _flat(document: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value[0] if isinstance(value, list) else value
