"""A market in which loads that do not mind the price stand beside its own agents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ....agents.arrays import FloatArray
from ....agents.consumer import Consumer
from ....agents.goods import energy
from ....agents.grid_operator import GridOperator
from ....agents.producer import Producer
from ....coordinator.certificate import profits
from ....coordinator.market import Market
from ...errors import Fault, InfeasibleError, ScenarioError
from ...monolith.welfare import solve_welfare_qp
from ...results.ledger import Ledger
from ...results.result import Result, summarise
from ...settlement.stacked_market import StackedMarket

_KG_PER_T = 1000.0


@dataclass(frozen=True, eq=False)
class Clearing:
    """An equilibrium of the market beside given loads.

    Parameters
    ----------
    ledger : Ledger
        Of the market's own agents, who supply the loads beside what they trade with each other.
    price_usd_per_mwh : array of shape (buses, periods)
        Nodal prices.
    """

    ledger: Ledger
    price_usd_per_mwh: FloatArray

    @property
    def welfare_usd(self) -> float:
        """Benefit less cost of the market's own agents, without what they are paid for the loads."""
        return float(-self.ledger.allocation.costs.sum())

    @cached_property
    def surplus_usd(self) -> dict[str, float]:
        """What every agent of the market gains at the prices."""
        gains = profits(self.ledger.market, self.ledger.prices, self.ledger.allocation)
        return {agent.name: float(gain) for agent, gain in zip(self.ledger.market.agents, gains, strict=True)}

    @property
    def received_usd(self) -> float:
        """What the market's agents are paid, all together, for what they trade with others than themselves."""
        market = self.ledger.market
        return float(self.ledger.prices @ market.imbalance(self.ledger.allocation.trades))

    @cached_property
    def co2_t(self) -> FloatArray:
        """Emissions of all producers, shape (periods,)."""
        rates = np.array([producer.emission_rate_kg_per_mwh for producer in self.ledger.of_kind(Producer)])
        return np.asarray(rates @ self._output_mwh / _KG_PER_T)

    @cached_property
    def average_t_per_mwh(self) -> FloatArray:
        """Emissions over all generation, that of fixed dispatch among it, shape (periods,); 0 where there is none."""
        hydro = sum((consumer.hydro_mwh for consumer in self.ledger.of_kind(Consumer)), np.zeros_like(self.co2_t))
        supply = self._output_mwh.sum(axis=0) + hydro
        return np.where(supply > 0, np.maximum(self.co2_t, 0.0) / np.where(supply > 0, supply, 1.0), 0.0)

    @cached_property
    def result(self) -> Result:
        """All figures of the market."""
        return summarise(self.ledger)

    @cached_property
    def _output_mwh(self) -> FloatArray:
        periods = self.price_usd_per_mwh.shape[1]
        outputs = [
            self.ledger.quantities(producer, producer.goods_produced, periods).sum(axis=0)
            for producer in self.ledger.of_kind(Producer)
        ]
        return np.array(outputs).reshape(-1, periods)


class GridMarket:
    """A market that is stated once and cleared for one set of loads after the other.

    Elastic demand is calibrated without these loads: they come on top of what the scenario says.

    Parameters
    ----------
    name : str
        Of its scenario, for messages.
    market : Market
        Pooled, so that energy at every bus is one good, with one grid operator.
    stacked : StackedMarket
        Of the market's agents.
    """

    def __init__(self, name: str, market: Market, stacked: StackedMarket) -> None:
        self.name, self._market, self._stacked = name, market, stacked
        operator = next(agent for agent in market.agents if isinstance(agent, GridOperator))
        self.buses, self.periods = operator.grid.buses, operator.fixed_withdrawal_mw.shape[1]
        goods = [[energy(bus, t) for t in range(self.periods)] for bus in self.buses]
        self._energy = np.array([[market.good_index[good] for good in row] for row in goods])

    @property
    def are_hours_apart(self) -> bool:
        """Whether what is drawn in one hour changes nothing in another."""
        return not any(agent.ramp_mw_per_h is not None for agent in self._market.agents if isinstance(agent, Producer))

    def clear(self, load_mw: FloatArray) -> Clearing:
        """The equilibrium beside loads of shape (buses, periods); negative ones feed in.

        Raises
        ------
        ScenarioError
            If lines and units cannot serve them.
        RuntimeError
            If the solvers find no solution although one exists.
        """
        try:
            u = solve_welfare_qp(self._beside(load_mw))
        except InfeasibleError as error:
            message = f"lines and units cannot serve sites that draw up to {load_mw.sum(axis=0).max():,.1f} MW"
            raise ScenarioError(self.name, [Fault("", message)]) from error
        goods = self._market.goods
        prices = u[len(u) - len(goods) :] * np.array([good.mwh_per_unit for good in goods])
        allocation = self._stacked.allocation(u[: len(self._stacked.c)])
        return Clearing(Ledger(self._market, prices, allocation), prices[self._energy])

    def _beside(self, load_mw: FloatArray) -> StackedMarket:
        """What its agents must clear: a load takes of the energy at its bus."""
        k = self._stacked.k.copy()
        k[self._energy] -= load_mw
        return replace(self._stacked, k=k)
