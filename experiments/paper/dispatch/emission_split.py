"""What forward contracts change of emissions: by demand, by where work is done, and by who generates."""

from __future__ import annotations

from math import isnan
from typing import Any

import pandas as pd

from ....agents.consumer import Consumer
from ....coordinator.programmes.unsolved import InfeasibleProgrammeError
from ...scenario.market_builder import build_market
from ..lookup import FORWARD_KEYS, Cases
from ..paper_settings import SETTINGS
from ..printed import PRINTED_ALPHAS
from .given_demand import GivenDemand

_COLUMNS = [*FORWARD_KEYS, "by_demand_t", "by_work_t", "by_mix_t", "least_cost_co2_t", "least_co2_t"]


def emission_split(cases: Cases) -> pd.DataFrame:
    """Split the change of system CO2 from no forward contracts to some, in every market with forward contracts.

    Returns
    -------
    DataFrame
        Columns, beside the keys, in t: ``by_demand_t``, what the cheapest dispatch emits more for the conventional
        demand of the market than for that without forward contracts, work done where it was; ``by_work_t``, what it
        then emits more because work is done elsewhere; ``by_mix_t``, the rest: how much further from the cheapest
        dispatch of its own demand the market is. The three add up to the change. Where lines cannot carry the one
        demand with the other work, ``by_demand_t`` is NaN and ``by_work_t`` that of both. ``least_cost_co2_t`` and
        ``least_co2_t`` are the emissions of the cheapest and of the cleanest dispatch of the market's own demand.

    Raises
    ------
    UnsolvedProgrammeError
        If a dispatch cannot be solved.
    """
    rows = []
    for setting in cases.all_settings:
        buyers = _Buyers(setting)
        for basis in cases.forward_bases(setting):
            for position in cases.forward_positions(setting, basis):
                after = cases.forward(setting, basis, position)
                before = cases.spot(setting, "ex_ante").loc[after.index]
                for (alpha, one), (_, other) in zip(after.iterrows(), before.iterrows(), strict=True):
                    split = buyers.split(other, one)
                    rows.append(dict(zip(_COLUMNS, [setting, basis, position, alpha, *split], strict=True)))
    return pd.DataFrame(rows, columns=_COLUMNS)


class _Buyers:
    """Where a setting's demand and work are, and what serves them."""

    def __init__(self, setting: str) -> None:
        self._setting = SETTINGS[setting]
        market = build_market(self._setting.at(PRINTED_ALPHAS[-1]))
        self._dispatches = GivenDemand(market)
        self._hydro = {a.bus: float(a.hydro_mwh[0]) for a in market.agents if isinstance(a, Consumer)}

    def split(self, before: pd.Series[Any], after: pd.Series[Any]) -> tuple[float, ...]:
        """By demand, by work, by mix, cheapest and cleanest, all in t."""
        bought = self._bought(after, after)
        first, last = (self._dispatches.cheapest_co2_t(each) for each in (self._bought(before, before), bought))
        try:
            between = self._dispatches.cheapest_co2_t(self._bought(after, before))
        except InfeasibleProgrammeError:
            between = float("nan")
        by_work = last - (first if isnan(between) else between)
        change = float(after["co2_t.system"]) - float(before["co2_t.system"])
        return between - first, by_work, change - (last - first), last, self._dispatches.cleanest_co2_t(bought)

    def _bought(self, demand: pd.Series[Any], work: pd.Series[Any]) -> dict[int, float]:
        """Purchases by bus where conventional demand is that of one market and work is done as in another."""
        bought = {bus: float(demand[f"demand_mwh.{bus}"]) - mwh for bus, mwh in self._hydro.items()}
        local = self._setting.bus_of_local_work
        bought[local] = bought.get(local, 0.0) + float(work["workload_mwh.local"])
        for name, bus in self._setting.buses_of_datacenters.items():
            bought[bus] = bought.get(bus, 0.0) + float(work[f"lease.{name}.purchases_mwh"])
        return bought
