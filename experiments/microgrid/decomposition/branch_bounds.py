"""The bound of a branch: its relaxation's, once sites have answered that relaxation's prices."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import highspy

from ....agents.arrays import FloatArray
from ....coordinator.announcement import Prices, prices_of_copies
from ....coordinator.executors.mixed_integer import BoundedResponses, MixedIntegerMarket, found_side_by_side
from ....coordinator.market import Market
from ....coordinator.programmes.integer_programme import Incumbent
from ....coordinator.programmes.integer_searches import Search
from ....coordinator.programmes.relaxation import Relaxation, Row
from .branch_relaxations import BranchRelaxations
from .job_branches import Branch
from .priced_bound import BoundedBranch


@dataclass(frozen=True, eq=False)
class Node:
    """A branch with its relaxation.

    Parameters
    ----------
    proven : BoundedBranch
    relaxed : Relaxation
    limits : tuple of Row
        What sites have proven, of this branch or one that has it.
    """

    proven: BoundedBranch
    relaxed: Relaxation
    limits: tuple[Row, ...]


class BranchBounds:
    """What bounds branches.

    A branch has the bound of its relaxation, in which each site's cost and trades are limited by what its searches
    have proven. By the duality of linear programmes no agent has more at the relaxation's prices than its part of that
    bound: the Lagrangian dual of the branch at these prices is no greater.

    Parameters
    ----------
    relaxations : BranchRelaxations
    market : Market
        Of the same agents, relaxed sites first.
    respond : MixedIntegerMarket
        Its answers.
    search : Search
        How far sites search in branches.
    heard : callable
        Called with what sites choose, one list of arrays for each site.

    Attributes
    ----------
    relaxations : BranchRelaxations
    """

    def __init__(
        self,
        relaxations: BranchRelaxations,
        market: Market,
        respond: MixedIntegerMarket,
        search: Search,
        heard: Callable[[list[list[FloatArray]]], None],
    ) -> None:
        self.relaxations, self._market = relaxations, market
        self._respond, self._search, self._heard = respond, search, heard

    def whole(self, prices: FloatArray, responses: BoundedResponses) -> Node:
        """All plans, given what all agents have answered to prices, shape (goods,)."""
        announcement = Prices(prices)
        incomes_usd = prices_of_copies(self._market, announcement) * responses.trades
        most_usd = [
            float(incomes_usd[self._market.copies_of_agents[n]].sum())
            + float(responses.shortfall_usd[n] - responses.costs[n])
            for n in range(self.relaxations.site_count)
        ]
        return self._node({}, self._limits(announcement, most_usd), None)

    def half(self, parent: Node, branch: Branch) -> Node:
        """A branch of another one, with what is known of that one."""
        return self._node(branch, parent.limits, parent.relaxed.basis)

    def answered(self, nodes: Sequence[Node]) -> list[Node]:
        """Branches after sites have answered each one's own prices with the starts that it leaves open.

        Raises
        ------
        AgentError
            If the search of a site fails.
        KeyboardInterrupt
            If the user interrupts it.
        """
        questions = [
            (self._respond.narrowed(self.relaxations.choices(node.proven.jobs)), Prices(node.proven.prices))
            for node in nodes
        ]
        left = max(self.relaxations.until - time.perf_counter(), 0.0)
        answers = found_side_by_side(questions, replace(self._search, seconds=min(self._search.seconds, left)))
        return [
            self._knowing(node, announcement, respond, found)
            for node, (respond, announcement), found in zip(nodes, questions, answers, strict=True)
        ]

    def _knowing(
        self, node: Node, announcement: Prices, respond: MixedIntegerMarket, found: Sequence[Incumbent]
    ) -> Node:
        if all(one.x is not None for one in found):
            self._heard(respond.chosen(found))
        # A search that was broken off has a bound, if no point.
        limits = (*node.limits, *self._limits(announcement, [-one.bound for one in found]))
        return self._node(node.proven.jobs, limits, node.relaxed.basis)

    def _node(self, branch: Branch, limits: tuple[Row, ...], near: highspy.HighsBasis | None) -> Node:
        relaxed = self.relaxations.solve(branch, limits, near)
        proven = BoundedBranch(branch, -relaxed.value, self._market.goods, self.relaxations.prices(relaxed))
        return Node(proven, relaxed, limits)

    def _limits(self, announcement: Prices, most_usd: Sequence[float]) -> tuple[Row, ...]:
        worth = prices_of_copies(self._market, announcement)
        return tuple(
            self.relaxations.limit(position, worth[self._market.copies_of_agents[position]], most)
            for position, most in enumerate(most_usd)
            if isfinite(most)
        )
