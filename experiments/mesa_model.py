"""The Mesa model: one participant per agent, one round per step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np

from ..agents.agent import Agent
from ..agents.goods import Good
from ..coordinator.executor import Executor, refuse_unanswered
from ..coordinator.executors.compiled import Compiled
from ..coordinator.market import Market
from ..coordinator.mechanism import Mechanism
from ..coordinator.rounds import Round, iterate


class Participant(mesa.Agent):
    """A market agent as Mesa sees it.

    It holds the declaration, never the other way round: declarations can be shipped to other
    processes, a Mesa agent would drag its whole model along.
    """

    def __init__(self, model: MarketModel, agent: Agent, position: int) -> None:
        super().__init__(model)
        self.agent = agent
        self.position = position

    @property
    def name(self) -> str:
        """Name in the market."""
        return self.agent.name

    @property
    def trades(self) -> dict[Good, float]:
        """Signed quantities of the last round by good."""
        market, current = self.model.market, self.model.current
        quantities = current.allocation.trades[market.copies_of_agents[self.position]]
        return dict(zip(market.goods_of_agents[self.position], quantities.tolist(), strict=True))

    @property
    def cost_usd(self) -> float:
        """Own cost in the last round."""
        return float(self.model.current.allocation.costs[self.position])

    @property
    def profit_usd(self) -> float:
        """Income less cost at the prices of the last round."""
        market, current = self.model.market, self.model.current
        income = sum(current.prices[market.good_index[good]] * quantity for good, quantity in self.trades.items())
        return float(income) - self.cost_usd


class MarketModel(mesa.Model):
    """A market whose `step()` is one round of a mechanism.

    `datacollector.get_model_vars_dataframe()` gives residuals and the prices of the watched goods,
    `get_agent_vars_dataframe()` profit and cost of every participant, one row a round.

    Parameters
    ----------
    market : Market
    mechanism : Mechanism
    executor : Executor, optional
        Default: compiled.
    watch : sequence of Good, optional
        Goods whose prices are collected. Default: all.
    certify_every : int
        Rounds from one certificate to the next.
    seed : int
        Of Mesa's random generator; no mechanism of today uses it.
    """

    def __init__(
        self,
        market: Market,
        mechanism: Mechanism[Any],
        executor: Executor | None = None,
        *,
        watch: Sequence[Good] | None = None,
        certify_every: int = 50,
        seed: int = 0,
    ) -> None:
        super().__init__(seed=seed)
        self.market = market
        self.participants = [Participant(self, agent, i) for i, agent in enumerate(market.agents)]
        answering = executor or Compiled()
        refuse_unanswered(mechanism.name, mechanism.announces, answering)
        respond = answering.compile(market)
        self._rounds = iterate(market, mechanism, respond, certify_every=certify_every)
        self._current: Round | None = None
        goods = market.goods if watch is None else watch
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "round": lambda model: model.current.number,
                "max_relative_imbalance": lambda model: model.current.max_relative_imbalance,
                "dual_residual": lambda model: model.current.dual_residual,
                "relative_gap": _relative_gap,
                **{str(good): _price_reporter(market.good_index[good]) for good in goods},
            },
            agent_reporters={"name": "name", "profit_usd": "profit_usd", "cost_usd": "cost_usd"},
        )

    @property
    def current(self) -> Round:
        """The last round.

        Raises
        ------
        ValueError
            Before the first step.
        """
        if self._current is None:
            raise ValueError("no round was made yet; call step() first")
        return self._current

    def step(self) -> None:
        """Make one round and collect its data."""
        self._current = next(self._rounds)
        self.datacollector.collect(self)


def _relative_gap(model: MarketModel) -> float:
    certificate = model.current.certificate
    return np.nan if certificate is None else certificate.relative_gap


def _price_reporter(position: int) -> Any:
    return lambda model: float(model.current.prices[position])
