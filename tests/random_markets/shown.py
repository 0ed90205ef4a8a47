"""What a document shows, as arrays, and what can be wrong with it."""

from dataclasses import dataclass

import numpy as np
from random_markets.market_reading import Written


@dataclass(frozen=True)
class Fault:
    """One figure that is wrong: beyond a limit, not what it adds up to, or off the reference without saying so.

    `kind` says how: *limit*, *balance*, *welfare*, *outside* (no nearly best solution has this figure), *unsaid* (some
    have, others have the reference's, and no interval says so), *interval* (the one that is given leaves the reference
    out), *mix*, *calibration*, *document*.
    """

    kind: str
    figure: str
    name: str
    hour: int
    shown: float
    right: float
    off: float

    def __str__(self) -> str:
        where = f"{self.figure} {self.name} in hour {self.hour + 1}"
        return (
            f"{self.kind}: {where} is {self.shown:.8g} instead of {self.right:.8g}, off by {self.off:.2g} of its size"
        )


class Shown:
    """The document's figures as arrays of shape (things, hours)."""

    def __init__(self, written: Written, document: dict) -> None:
        result, hours = document["result"], written.hours

        def table(series, names):
            # A bus without load has no demand.
            return np.array([series.get(str(name), [0.0] * hours) for name in names]).reshape(-1, hours)

        def of_leases(key):
            return table({name: lease[key] for name, lease in result["lease"].items()}, written.lenders)

        self.generation = table(result["generation_mwh"], written.units)
        self.demand = table(result["demand_mwh"], written.buses)
        self.flow = table(result["flow_mw"], written.line_ids)
        self.price = table(result["price_usd_per_mwh"], written.buses)
        self.leased, self.bought = of_leases("energy_mwh"), of_leases("purchases_mwh")
        self.rent = of_leases("price_usd_per_gpu")
        self.welfare, self.turnover = result["welfare_usd"], result["turnover_usd"]
        self.local_kg = 1000 * result["co2_t"]["local"]


def disclosed_mix(written: Written, document: dict) -> np.ndarray | None:
    """Mix of every lender and hour [kg per purchased MWh], not a number where none is disclosed."""
    if not written.ex_ante:
        return None
    mix = np.full((len(written.lenders), written.hours), np.nan)
    for name, by_hour in document["disclosure"]["mix_kg_per_mwh"].items():
        for hour, value in by_hour.items():
            mix[written.lenders.index(name), int(hour)] = value
    return mix
