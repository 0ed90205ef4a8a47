"""What a calibration aims at: numbers that printed cells imply at the loads that they imply."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray
from ...scenario.schema import Scenario
from ..identities.identities import printed_reading
from ..printed import printed
from .nodal_model import NodalModel, NodalState

_CAREFUL = 0.1
_ANTE = ("ex_ante", _CAREFUL)


@dataclass(frozen=True)
class Target:
    """A number to be met.

    Parameters
    ----------
    label, unit : str
    value : float
    tolerance : float
        What counts as one standard deviation, in the same unit.
    is_ex_post : bool
        Whether it is fitted where ex ante cells are held out.
    """

    label: str
    unit: str
    value: float
    tolerance: float
    is_ex_post: bool


@dataclass(frozen=True, eq=False)
class Targets:
    """All targets of a scenario's buses, with how a model's states are read against them.

    Parameters
    ----------
    targets : tuple of Target
    purchases_mwh : list of arrays of shape (buses,)
        What the datacenters draw ex post, and ex ante at alpha 0.1.
    rates_kg_per_mwh : array of shape (units,)
    """

    targets: tuple[Target, ...]
    purchases_mwh: list[FloatArray]
    rates_kg_per_mwh: FloatArray
    _places: tuple[int, int, int]

    def values(self, states: list[NodalState]) -> FloatArray:
        """What a model says of each target."""
        found = []
        for state in states:
            found += [float(state.price_usd_per_mwh[place]) for place in self._places]
            found.append(float(self.rates_kg_per_mwh @ state.output_mwh) / 1000)
        return np.array(found)

    def misses(self, states: list[NodalState]) -> FloatArray:
        """By how many tolerances each target is missed."""
        wanted = np.array([target.value for target in self.targets])
        tolerances = np.array([target.tolerance for target in self.targets])
        return np.asarray((self.values(states) - wanted) / tolerances)


def targets_of(scenario: Scenario, model: NodalModel, emission_table: str) -> Targets:
    """The targets on a scenario's buses, with the emission rates of a table.

    Tolerances are 1% of prices and of system CO2. The price at the hyperscaler's bus decides the cost of local work,
    which is to be met twice as well; ex ante it is told by the worth of work, of which it is a small part, to 1% of
    that. Ex ante, what the datacenters buy beside curtailed energy is what makes the printed intensity of purchases the
    disclosed one, at which a lease is worth the price of energy.
    """
    reading, buses = printed_reading(), model.grid.bus_index
    first, second, _ = scenario.modular_datacenters
    (hyperscaler,) = scenario.hyperscalers
    places = (buses[hyperscaler.bus], buses[first.bus], buses[second.bus])
    worth_ante = reading.clean_lease_ante_usd * reading.GPUS_PER_MW
    prices = [printed(f"power_price.{mdc.name}", *_ANTE) for mdc in (first, second)]
    full = [mdc.capacity_mw - _number(mdc.curtailed_mw) for mdc in (first, second)]
    partial = []
    for mdc, price in zip((first, second), prices, strict=True):
        disclosed, rate = (worth_ante - price) / reading.kappa_usd_per_kg, printed(f"intensity.{mdc.name}", *_ANTE)
        partial.append(_number(mdc.curtailed_mw) * disclosed / (rate - disclosed))
    purchases = []
    for local, leased in ((reading.local_mwh, full), (reading.local_ante_mwh, partial)):
        drawn = np.zeros(len(buses))
        drawn[list(places)] = [local, *leased]
        purchases.append(drawn)
    return Targets(
        (
            Target("price at the hyperscaler's bus, ex post", "$/MWh", p := reading.price_usd_per_mwh, p / 200, True),
            *_of_market("ex post", "ex_post", (first.name, second.name)),
            Target(
                "the same, ex ante, alpha 0.1",
                "$/MWh",
                reading.price_ante_of_cost_usd_per_mwh,
                worth_ante / 100,
                False,
            ),
            *_of_market("ex ante, alpha 0.1", "ex_ante", (first.name, second.name)),
        ),
        purchases,
        np.array([unit.emission_rates_kg_per_mwh[emission_table] for unit in model.units]),
        places,
    )


def _of_market(words: str, scheme: str, names: tuple[str, str]) -> list[Target]:
    values = {f"power price of {name}": (printed(f"power_price.{name}", scheme, _CAREFUL), "$/MWh") for name in names}
    values["system CO2"] = (printed("co2.system", scheme, _CAREFUL), "t")
    return [
        Target(f"{label}, {words}", unit, value, value / 100, scheme == "ex_post")
        for label, (value, unit) in values.items()
    ]


def _number(value: float | list[float]) -> float:
    return value[0] if isinstance(value, list) else value
