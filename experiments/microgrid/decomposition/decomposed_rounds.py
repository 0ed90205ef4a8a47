"""Rounds of the decomposition: prices are announced, sites answer, and a bound and a schedule are known."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from ....agents.arrays import FloatArray
from ....agents.goods import Good
from ....coordinator.executors.mixed_integer import MixedInteger, MixedIntegerMarket
from ....coordinator.mechanism import Mechanism, Opening, S
from ....coordinator.price_rules.dual_bound import DualBound
from ....coordinator.programmes.integer_searches import Search, SideBySide
from ....coordinator.programmes.relaxation import solve_relaxation
from ....coordinator.rounds import iterate
from ..instance import Instance
from ..joint_programme import JointProgramme
from ..participants import participants
from ..schedule import Schedule
from .branch_bounds import BranchBounds
from .branch_relaxations import BranchRelaxations
from .branch_search import BranchSearch
from .eligible_starts import Recovery
from .priced_bound import BoundedBranch
from .priced_market import priced_market

# Of the gap that is asked for: what each site's search may leave, what the master may, and what is little to gain.
_SITES_SHARE, _MASTER_SHARE, _REST_SHARE = 1e-2, 0.25, 0.1
# Rounds in which little is gained before branches are looked into.
_PATIENCE = 3
# Masters may take so long, and as long as all answers together; under a budget no more than this share of all time.
_MASTERS_SECONDS = 60.0
_MASTERS_SHARE = 0.1
_SITE_SECONDS = 30.0


@dataclass(frozen=True, eq=False)
class DecomposedRound:
    """What is known after a round, or after a branch was split.

    Parameters
    ----------
    number : int
        Counted from 1.
    dual_usd : float
        What all agents together have at the announced prices, by the bounds of their searches; the bound after a split.
    bound_usd, benefit_usd : float
        What no plan exceeds, by now, and what the best schedule is worth; minus infinity without one.
    goods : tuple of Good
    prices : array of shape (goods,)
        Where the bound is reached without branches.
    schedule : Schedule, or None
    seconds : float
        Since the beginning.
    relaxed_usd : float
        Bound of the linear relaxation, for comparison.
    branches : tuple of BoundedBranch
        Those that prove the bound, if any.
    """

    number: int
    dual_usd: float
    bound_usd: float
    benefit_usd: float
    goods: tuple[Good, ...]
    prices: FloatArray
    schedule: Schedule | None
    seconds: float
    relaxed_usd: float
    branches: tuple[BoundedBranch, ...] = ()

    @property
    def gap(self) -> float:
        """Of bound and benefit, relative to the benefit; infinite without a schedule."""
        if self.schedule is None:
            return inf
        return (self.bound_usd - self.benefit_usd) / max(1.0, abs(self.benefit_usd))


@dataclass(frozen=True)
class Pace:
    """How far, how long and how many at a time.

    Parameters
    ----------
    gap : float
        Relative, of bound and benefit: searches and masters go as far as that needs.
    seconds : float
        Of wall-clock time for all.
    at_a_time : int
        Sites that search side by side in this process.
    side_by_side : callable
        What solves sites' programmes.
    """

    gap: float
    seconds: float
    at_a_time: int
    side_by_side: SideBySide


class Decomposition:
    """An instance ready for its rounds, which start at the prices of its linear relaxation.

    Parameters
    ----------
    instance : Instance
    pace : Pace

    Raises
    ------
    InfeasibleProgrammeError
        If not even the relaxation has a solution.
    OutOfTimeError
        If the time is over before it is found.
    """

    def __init__(self, instance: Instance, pace: Pace) -> None:
        self._begin = time.perf_counter()
        self._pace, self._until = pace, self._begin + pace.seconds
        agents = participants(instance)
        joint = JointProgramme(agents)
        self._instance, self._agents = instance, agents
        self._relaxed = relaxed = solve_relaxation(joint.programme, self._until)
        self._market = priced_market(instance, agents)
        self._prices = np.zeros(len(self._market.goods))
        self._prices[self._market.positions(joint.goods)] = relaxed.row_duals[: len(joint.goods)]
        self._recovery = Recovery(instance, agents, joint, relaxed.x)
        self._masters_seconds, self._answers_seconds = 0.0, 0.0

    def rounds(self, mechanism: Mechanism[S]) -> Iterator[DecomposedRound]:
        """Yield one round after the other until prices rest, then one split of a branch after the other.

        It ends where no relaxation of the branch of the greatest bound runs a job in part.

        Parameters
        ----------
        mechanism : Mechanism
            One that announces prices alone.

        Raises
        ------
        AgentError
            If a site finds no response in time.
        KeyboardInterrupt, OutOfTimeError
            If the user interrupts it, or the time is over; a round whose answers are there is yielded first.
        """
        pace, market = self._pace, self._market
        search = Search(_SITES_SHARE * pace.gap, min(_SITE_SECONDS, pace.seconds), pace.at_a_time)
        respond = MixedInteger(search, pace.side_by_side).compile(market)
        bound = DualBound(market, respond)
        opening = Opening(self._prices, np.zeros(len(market.good_of_copy)))
        number, last_usd = 0, inf
        gained_usd = deque([inf], maxlen=_PATIENCE)
        for current in iterate(market, mechanism, bound, opening=opening, certify_every=sys.maxsize):
            self._answers_seconds += current.seconds
            number, interrupted = current.number, None
            try:
                # First among the relaxation's own starts, which are few and good.
                self._improve(self._spare_seconds)
                self._recovery.add([respond.choices(site) for site in range(len(self._agents.sites))])
                self._improve(self._spare_seconds)
            except KeyboardInterrupt as error:
                interrupted = error
            yield self._round(number, bound.last_usd, bound)
            if interrupted is not None:
                raise interrupted
            gained_usd.append(last_usd - bound.best_usd)
            last_usd, little = bound.best_usd, _REST_SHARE * pace.gap
            if current.dual_residual <= little or sum(gained_usd) <= little * abs(last_usd):
                break
        yield from self._splits(number, bound, respond)

    def _splits(self, number: int, bound: DualBound, respond: MixedIntegerMarket) -> Iterator[DecomposedRound]:
        begin = time.perf_counter()
        relaxations = BranchRelaxations(self._instance, self._agents, self._market, bound.best_prices, self._until)
        search = replace(respond.search, is_short=True)
        bounds = BranchBounds(relaxations, self._market, respond, search, self._recovery.add)
        tree = BranchSearch(bounds, bounds.whole(bound.best_prices, bound.best_responses))
        goes_on = True
        while goes_on:
            goes_on, interrupted = tree.split(self._recovery.benefit_usd), None
            end = time.perf_counter()
            self._answers_seconds += end - begin
            try:
                if not goes_on:
                    # What the relaxation starts is near what is best, and no branch needs time.
                    self._recovery.add_starts(tree.started)
                    self._improve(self._left_seconds)
                elif self._is_free or self._masters_seconds < _MASTERS_SHARE * (end - self._begin):
                    self._improve(self._spare_seconds)
            except KeyboardInterrupt as error:
                interrupted = error
            number += 1
            yield self._round(number, tree.bound_usd, bound, tree)
            if interrupted is not None:
                raise interrupted
            begin = time.perf_counter()

    def _round(
        self, number: int, dual_usd: float, bound: DualBound, tree: BranchSearch | None = None
    ) -> DecomposedRound:
        return DecomposedRound(
            number,
            dual_usd,
            bound.best_usd if tree is None else tree.bound_usd,
            self._recovery.benefit_usd,
            self._market.goods,
            bound.best_prices,
            self._recovery.schedule,
            time.perf_counter() - self._begin,
            -self._relaxed.value,
            () if tree is None else tree.leaves,
        )

    def _improve(self, seconds: float) -> None:
        begin = time.perf_counter()
        if seconds > 0:
            self._recovery.improve(_MASTER_SHARE * self._pace.gap, seconds)
        self._masters_seconds += time.perf_counter() - begin

    @property
    def _is_free(self) -> bool:
        """Whether there is no budget, so that prices alone prove nearly all that there is to prove."""
        return self._instance.carbon_budget_t is None

    @property
    def _left_seconds(self) -> float:
        return self._until - time.perf_counter()

    @property
    def _spare_seconds(self) -> float:
        """What a master may take where prices, or branches, are to go on: at most half of what is left."""
        spare = _MASTERS_SECONDS + self._answers_seconds - self._masters_seconds
        if not self._is_free:
            # Branches need the time under a budget, and later masters know more.
            spare = min(spare, _MASTERS_SHARE * self._pace.seconds - self._masters_seconds) / 2
        return min(spare, self._left_seconds / 2)
