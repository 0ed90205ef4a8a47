"""The market: agents, the goods that they trade, and who holds which copy of a good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..agents import Agent, AgentError, Family, Good
from ..agents.checks import checked_declaration

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scale:
    """Orders of magnitude of a good: a typical price [$ per unit] and a typical trade [unit]."""

    price: float = 1.0
    volume: float = 1.0

    def __post_init__(self) -> None:
        """Refuse scales that cannot weigh anything."""
        for name, value in (("price", self.price), ("volume", self.volume)):
            if not 0 < value < float("inf"):
                raise ValueError(f"{name} scale is {value}; a finite number above 0 is needed")


@dataclass(frozen=True, eq=False)
class Market:
    """Agents joined by the goods that they trade.

    Every agent holds a copy of each of its goods. The copies of all agents, one agent after the
    other, make one stacked vector; trades and targets come in that form.

    Parameters
    ----------
    agents : tuple of Agent
    scales : mapping of Good to Scale
        A good that is left out has the scale 1.

    Raises
    ------
    AgentError
        If there are no agents, two share a name, or one lacks what an agent needs; and, when the
        goods are first asked for, if a declaration is not a convex problem.
    """

    agents: tuple[Agent, ...]
    scales: Mapping[Good, Scale] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a market of nobody, and two agents of one name."""
        if not self.agents:
            raise AgentError("the market has no agents; at least one is needed")
        for agent in self.agents:
            if not isinstance(agent, Agent):
                raise AgentError(f"{agent!r} is no agent: name, moves_money and declare() are needed")
        names = [agent.name for agent in self.agents]
        for name in names:
            if names.count(name) > 1:
                raise AgentError(f"agent {name} appears twice; every agent needs a name of its own")

    @cached_property
    def goods_of_agents(self) -> tuple[tuple[Good, ...], ...]:
        """The goods of every agent, in the order of its trades."""
        return tuple(checked_declaration(agent).goods for agent in self.agents)

    @cached_property
    def goods(self) -> tuple[Good, ...]:
        """All goods, sorted."""
        return tuple(sorted({good for goods in self.goods_of_agents for good in goods}))

    @cached_property
    def good_index(self) -> dict[Good, int]:
        """Position of every good in `goods`."""
        return {good: index for index, good in enumerate(self.goods)}

    @cached_property
    def good_of_copy(self) -> IntArray:
        """Position in `goods` of every copy, shape (copies,)."""
        positions = [self.good_index[good] for goods in self.goods_of_agents for good in goods]
        return np.array(positions, dtype=np.int64)

    @cached_property
    def agent_of_copy(self) -> IntArray:
        """Position in `agents` of every copy's holder, shape (copies,)."""
        return np.repeat(np.arange(len(self.agents)), [len(goods) for goods in self.goods_of_agents])

    @cached_property
    def copies_of_agents(self) -> tuple[slice, ...]:
        """Where each agent's copies stand in the stacked vector."""
        ends = np.cumsum([0, *(len(goods) for goods in self.goods_of_agents)])
        return tuple(slice(int(a), int(b)) for a, b in pairwise(ends))

    @cached_property
    def traders(self) -> FloatArray:
        """How many agents trade each good, shape (goods,)."""
        return np.bincount(self.good_of_copy, minlength=len(self.goods)).astype(np.float64)

    @cached_property
    def price_scale(self) -> FloatArray:
        """Typical price of every good, shape (goods,)."""
        return self._scale_array("price")

    @cached_property
    def volume_scale(self) -> FloatArray:
        """Typical trade of every good, shape (goods,)."""
        return self._scale_array("volume")

    @cached_property
    def families(self) -> dict[Family, IntArray]:
        """Positions in `goods` of each family that is traded."""
        members = {family: [i for i, good in enumerate(self.goods) if good.family == family] for family in Family}
        return {family: np.array(indices) for family, indices in members.items() if indices}

    def imbalance(self, trades: FloatArray) -> FloatArray:
        """Sum of all trades of each good: shape (copies,) to shape (goods,)."""
        return _sums(self.good_of_copy, trades, len(self.goods))

    def by_agent(self, values: FloatArray) -> FloatArray:
        """Sum over each agent's copies: shape (copies,) to shape (agents,)."""
        return _sums(self.agent_of_copy, values, len(self.agents))

    def positions(self, goods: Iterable[Good]) -> IntArray:
        """Positions of some goods in `goods`."""
        return np.array([self.good_index[good] for good in goods], dtype=np.int64)

    def _scale_array(self, name: str) -> FloatArray:
        default = Scale()
        return np.array([getattr(self.scales.get(good, default), name) for good in self.goods], dtype=np.float64)


def _sums(groups: IntArray, values: FloatArray, count: int) -> FloatArray:
    return np.asarray(np.bincount(groups, weights=values, minlength=count), dtype=np.float64)
