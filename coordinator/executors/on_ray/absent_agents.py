"""The market that the coordinator makes of introductions: agents that are declared elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NoReturn

import numpy as np
import scipy.sparse as sp

from ....agents.agent import AgentError
from ....agents.arrays import FloatArray, IntArray
from ....agents.canonical.canonical_problem import CanonicalProblem
from ....agents.canonical.violations import AgentConstraints
from ....agents.goods import Good
from ...disclosure import disclosed_goods
from ...market import SORTED_BY, Market
from .introductions import Introduction
from .shards import Shard

_SCALES = ("price_scale", "volume_scale")
_SIDES = ("supplied", "taken")


@dataclass(frozen=True)
class Absent:
    """An agent that is declared elsewhere.

    Parameters
    ----------
    name : str
    moves_money : bool
    """

    name: str
    moves_money: bool

    def declare(self) -> NoReturn:
        """Nobody knows here.

        Raises
        ------
        AgentError
            Always.
        """
        raise AgentError(f"agent {self.name} is declared in its shard alone")


@dataclass(frozen=True, eq=False)
class DeclaredElsewhere:
    """Goods of absent agents; see `Declared`.

    Parameters
    ----------
    agents : tuple of Absent
    distinct_goods : tuple of Good
    good_numbers : array of int, shape (copies,)
    begins : array of int, shape (agents + 1,)
        Where the copies of each agent begin, and how many there are.
    """

    agents: tuple[Absent, ...]
    distinct_goods: tuple[Good, ...]
    good_numbers: IntArray
    begins: IntArray

    @property
    def goods(self) -> tuple[tuple[Good, ...], ...]:
        """Those of every agent, made anew."""
        return tuple(
            tuple(map(self.distinct_goods.__getitem__, numbers.tolist()))
            for numbers in np.split(self.good_numbers, self.begins[1:-1])
        )

    @property
    def problems(self) -> tuple[CanonicalProblem, ...]:
        """Not known here.

        Raises
        ------
        AgentError
            Always.
        """
        self.agents[0].declare()


def introduced(
    introductions: Sequence[Introduction], constraints_of: Callable[[Sequence[Shard]], AgentConstraints]
) -> tuple[Market, tuple[Shard, ...]]:
    """A market of all agents, shard after shard, without a declaration, and what each shard has of it.

    Parameters
    ----------
    introductions : sequence of Introduction
    constraints_of : callable
        Asks shards how far trades violate constraints.

    Raises
    ------
    AgentError
        If two agents share a name, or shards give a good different scales.
    """
    goods = tuple(sorted({good for own in introductions for good in own.goods}, key=SORTED_BY))
    place = {good: number for number, good in enumerate(goods)}
    places = [np.array([place[good] for good in own.goods], dtype=np.int64) for own in introductions]
    del place
    scales = [_scale(goods, places, [getattr(own, name) for own in introductions], name) for name in _SCALES]
    agents = tuple(
        Absent(name, bool(moves_money))
        for own in introductions
        for name, moves_money in zip(own.names, own.moves_money, strict=True)
    )
    market = Market(agents)
    good_of_copy = np.concatenate([at[own.good_of_copy] for at, own in zip(places, introductions, strict=True)])
    begins = np.cumsum([0, *(count for own in introductions for count in own.copies.tolist())])
    shards = _shards(introductions, places)
    # All that a market would work out from declarations, which are not here.
    known: dict[str, Any] = {
        "declared": DeclaredElsewhere(agents, goods, good_of_copy, begins),
        "goods": goods,
        "good_of_copy": good_of_copy,
        "agent_of_copy": np.repeat(np.arange(len(agents)), np.diff(begins)),
        "copies_of_agents": tuple(slice(int(a), int(b)) for a, b in pairwise(begins)),
        "disclosed": replace(disclosed_goods({}, [], (), {}), copies=len(good_of_copy)),
        "price_scale": scales[0],
        "volume_scale": scales[1],
        "sides": tuple(np.concatenate([getattr(own, side) for own in introductions]) for side in _SIDES),
        "trade_maps": tuple(map_ for own in introductions for map_ in _maps(own)),
        "constraints": constraints_of(shards),
    }
    market.__dict__.update(known)
    return market, shards


def _scale(goods: tuple[Good, ...], places: Sequence[IntArray], values: Sequence[FloatArray], name: str) -> FloatArray:
    result = np.zeros(len(goods))
    for at, own in zip(places, values, strict=True):
        other = np.flatnonzero((result[at] > 0) & (result[at] != own))
        if len(other):
            good, said = goods[at[other[0]]], own[other[0]]
            raise AgentError(f"{good} has the {name} {result[at][other[0]]:g} in one shard and {said:g} in another")
        result[at] = own
    return result


def _shards(introductions: Sequence[Introduction], places: Sequence[IntArray]) -> tuple[Shard, ...]:
    agents, copies, result = 0, 0, []
    for own, at in zip(introductions, places, strict=True):
        ends = agents + len(own.names), copies + len(own.good_of_copy)
        result.append(Shard((), np.arange(agents, ends[0]), np.arange(copies, ends[1]), at))
        agents, copies = ends
    return tuple(result)


def _maps(own: Introduction) -> list[sp.csr_array]:
    """The map of each agent, in its own variables."""
    rows, columns = np.cumsum([0, *own.copies]), np.cumsum([0, *own.variables])
    return [
        sp.csr_array(own.trade_map[rows[agent] : rows[agent + 1], columns[agent] : columns[agent + 1]])
        for agent in range(len(own.names))
    ]
