"""The market: agents, the goods that they trade, and who holds which copy of a good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import pairwise
from operator import attrgetter

import numpy as np
import scipy.sparse as sp

from ..agents.agent import Agent, AgentError
from ..agents.arrays import BoolArray, FloatArray, IntArray
from ..agents.canonical.canonical_problem import CanonicalProblem
from ..agents.canonical.checks import checked_declaration
from ..agents.canonical.declared import Declared, DeclaredAgents
from ..agents.canonical.declared_constraints import DeclaredConstraints
from ..agents.canonical.stacked_matrices import StackedMatrices, stacked_matrices
from ..agents.canonical.trade_map import trade_map
from ..agents.canonical.violations import AgentConstraints, CanonicalConstraints
from ..agents.goods import Family, Good
from .disclosure import DisclosedGoods, Disclosure, disclosed_goods

# Sorts like the goods themselves, in a fraction of the time.
SORTED_BY = attrgetter(*(own.name for own in fields(Good)))
# Declaring and canonicalising agents takes longer than a run; it depends on the agents alone.
_OF_AGENTS = ("declared", "matrices", "constraints", "sides", "trade_maps", "goods", "good_index", "good_of_copy")


@dataclass(frozen=True, slots=True)
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
    disclosures : mapping of Good to Disclosure
        Goods whose takers are told an emission intensity and mind it.

    Raises
    ------
    AgentError
        If there are no agents, two share a name, or one lacks what an agent needs; and, when the
        goods are first asked for, if a declaration is not a convex problem.
    """

    agents: tuple[Agent, ...]
    scales: Mapping[Good, Scale] = field(default_factory=dict)
    disclosures: Mapping[Good, Disclosure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a market of nobody, and two agents of one name."""
        if not self.agents:
            raise AgentError("the market has no agents; at least one is needed")
        for agent in self.agents:
            if isinstance(agent, type):
                raise AgentError(
                    f"{agent.__name__} is a class and no agent; an instance is needed: {agent.__name__}(...)"
                )
            if not isinstance(agent, Agent):
                raise AgentError(f"{agent!r} is no agent: name, moves_money and declare() are needed")
        for name, count in Counter(agent.name for agent in self.agents).items():
            if count > 1:
                raise AgentError(f"agent {name} appears twice; every agent needs a name of its own")

    def with_scales(self, scales: Mapping[Good, Scale]) -> Market:
        """The same agents with other scales."""
        return self._with_agents_known(replace(self, scales=scales))

    def with_disclosures(self, disclosures: Mapping[Good, Disclosure]) -> Market:
        """The same agents with other disclosures."""
        return self._with_agents_known(replace(self, disclosures=disclosures))

    def _with_agents_known(self, other: Market) -> Market:
        for name in _OF_AGENTS:
            if name in self.__dict__:
                other.__dict__[name] = self.__dict__[name]
        return other

    @cached_property
    def declared(self) -> Declared:
        """What the agents declared."""
        return DeclaredAgents(self.agents)

    @property
    def goods_of_agents(self) -> tuple[tuple[Good, ...], ...]:
        """The goods of every agent, in the order of its trades."""
        return self.declared.goods

    @property
    def problems(self) -> tuple[CanonicalProblem, ...]:
        """The canonical problem of every agent; raises AgentError if one is not a quadratic programme."""
        return self.declared.problems

    @cached_property
    def matrices(self) -> StackedMatrices:
        """The canonical problems of all agents side by side: stacked once, and shared, so nobody may change them.

        Raises
        ------
        AgentError
            If an agent's problem is not a quadratic programme.
        """
        return stacked_matrices(self.problems)

    @cached_property
    def constraints(self) -> AgentConstraints:
        """What every agent's trades must satisfy: prepared once, and shared."""
        try:
            return CanonicalConstraints(self.matrices, self.mwh_per_unit)
        except AgentError:
            # What is no quadratic programme has no canonical problem.
            return DeclaredConstraints(self.agents, self.copies_of_agents, self.mwh_per_unit)

    @cached_property
    def sides(self) -> tuple[BoolArray, BoolArray]:
        """Which copies can be supplied, and which taken, shape (copies,) each; raises AgentError as `matrices` does."""
        return self.matrices.sides()

    @cached_property
    def trade_maps(self) -> tuple[sp.csr_array, ...]:
        """Derivatives of every agent's trades by its variables, of shape (goods of the agent, entries)."""
        try:
            return tuple(sp.csr_array(problem.T) for problem in self.problems)
        except AgentError:
            # What is no quadratic programme has no canonical problem, but says what its trades are made of.
            return tuple(trade_map(checked_declaration(agent)) for agent in self.agents)

    @cached_property
    def goods(self) -> tuple[Good, ...]:
        """All goods, sorted."""
        return tuple(sorted(self.declared.distinct_goods, key=SORTED_BY))

    @cached_property
    def good_index(self) -> dict[Good, int]:
        """Position of every good in `goods`."""
        return {good: index for index, good in enumerate(self.goods)}

    @cached_property
    def good_of_copy(self) -> IntArray:
        """Position in `goods` of every copy, shape (copies,)."""
        return self.positions(self.declared.distinct_goods)[self.declared.good_numbers]

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
    def mwh_per_unit(self) -> FloatArray:
        """Energy that one unit of every copy's good stands for, shape (copies,)."""
        return np.array([good.mwh_per_unit for good in self.goods], dtype=np.float64)[self.good_of_copy]

    @cached_property
    def traders(self) -> FloatArray:
        """How many agents trade each good, shape (goods,)."""
        return np.bincount(self.good_of_copy, minlength=len(self.goods)).astype(np.float64)

    @cached_property
    def disclosed(self) -> DisclosedGoods:
        """The goods with a disclosure, as arrays.

        Raises
        ------
        AgentError
            If a disclosed good is not traded, or its supplier is no agent that trades it.
        """
        return disclosed_goods(
            self.disclosures, [agent.name for agent in self.agents], self.goods_of_agents, self.good_index
        )

    @cached_property
    def moves_money(self) -> BoolArray:
        """Whether each agent's cost counts in turnover, shape (agents,)."""
        return np.array([agent.moves_money for agent in self.agents], dtype=bool)

    @cached_property
    def price_scale(self) -> FloatArray:
        """Typical price of every good, shape (goods,)."""
        return np.array([scale.price for scale in self._scales_of_goods], dtype=np.float64)

    @cached_property
    def volume_scale(self) -> FloatArray:
        """Typical trade of every good, shape (goods,)."""
        return np.array([scale.volume for scale in self._scales_of_goods], dtype=np.float64)

    @cached_property
    def families(self) -> dict[Family, IntArray]:
        """Positions in `goods` of each family that is traded."""
        # Goods are sorted by family first.
        count = Counter(good.family for good in self.goods)
        ends = np.cumsum([0, *(count[family] for family in sorted(count))])
        return {family: np.arange(*ends[i : i + 2]) for i, family in enumerate(sorted(count))}

    def norms_of_families(self, values: FloatArray) -> FloatArray:
        """2-norm of values of each family's goods: shape (goods,) to shape (families,)."""
        begins = self._begins_of_families
        if not len(begins):
            return np.zeros(0)
        return np.asarray(np.sqrt(np.add.reduceat(values * values, begins)))

    @property
    def typical_price_usd(self) -> float:
        """The median of price scales, 1 without goods."""
        return float(np.median(self.price_scale)) if len(self.goods) else 1.0

    @cached_property
    def price_scale_of_families(self) -> FloatArray:
        """2-norm of each family's price scales, shape (families,)."""
        return self.norms_of_families(self.price_scale)

    @cached_property
    def volume_scale_of_families(self) -> FloatArray:
        """2-norm of each family's volume scales, shape (families,)."""
        return self.norms_of_families(self.volume_scale)

    @cached_property
    def _begins_of_families(self) -> IntArray:
        return np.array([members[0] for members in self.families.values()], dtype=np.int64)

    def imbalance(self, trades: FloatArray) -> FloatArray:
        """Sum of all trades of each good: shape (copies,) to shape (goods,)."""
        sums = np.bincount(self.good_of_copy, weights=trades, minlength=len(self.goods))
        return np.asarray(sums, dtype=np.float64)

    def surcharges(self, trades: FloatArray) -> FloatArray:
        """What disclosed goods cost their takers beyond the price [$ per unit], shape (copies,)."""
        return self.disclosed.surcharges(self.disclosed.intensities(trades))

    def by_agent(self, values: FloatArray) -> FloatArray:
        """Sum over each agent's copies: shape (copies,) to shape (agents,)."""
        result = np.zeros(len(self.agents))
        begins = np.array([copies.start for copies in self.copies_of_agents])
        filled = np.flatnonzero(np.diff(begins, append=len(values)))
        if len(filled):
            result[filled] = np.add.reduceat(values, begins[filled])
        return result

    def largest_of_agents(self, values: FloatArray) -> FloatArray:
        """Largest of each agent's copies, or 0: shape (copies,) to shape (agents,)."""
        result = np.zeros(len(self.agents))
        np.maximum.at(result, self.agent_of_copy, values)
        return result

    def positions(self, goods: Iterable[Good]) -> IntArray:
        """Positions of some goods in `goods`."""
        return np.array([self.good_index[good] for good in goods], dtype=np.int64)

    @cached_property
    def _scales_of_goods(self) -> list[Scale]:
        default = Scale()
        return [self.scales.get(good, default) for good in self.goods]


def market_of(given: Market | Iterable[Agent]) -> Market:
    """A market as it is, or that of some agents, with goods of scale 1.

    Raises
    ------
    AgentError
        If one of them is no agent, or there are none.
    TypeError
        If it is neither.
    """
    if isinstance(given, Market):
        return given
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise TypeError(f"market is {given!r:.60}; needed is a Market, or its agents")
    return Market(tuple(given))
