"""Rounds of the decomposition: prices are announced, sites answer, and a bound and a schedule are known."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

import numpy as np

from ....agents.arrays import FloatArray
from ....agents.goods import Good
from ....coordinator.executors.mixed_integer import MixedInteger
from ....coordinator.mechanism import Mechanism, Opening, S
from ....coordinator.price_rules.dual_bound import DualBound
from ....coordinator.programmes.integer_searches import Search
from ....coordinator.programmes.relaxation import solve_relaxation
from ....coordinator.rounds import iterate
from ..instance import Instance
from ..joint_programme import JointProgramme
from ..participants import participants
from ..schedule import Schedule
from .eligible_starts import Recovery
from .priced_market import priced_market

# Of the gap that is asked for: what each site's search may leave, and what the master may.
_SITES_SHARE, _MASTER_SHARE = 1e-2, 0.25
# Masters may take so long, and as long as all answers together.
_MASTERS_SECONDS = 60.0
_SITE_SECONDS = 30.0


@dataclass(frozen=True, eq=False)
class DecomposedRound:
    """What is known after a round.

    Parameters
    ----------
    number : int
        Counted from 1.
    dual_usd : float
        What all agents together have at the announced prices, by the bounds of their searches.
    bound_usd, benefit_usd : float
        Least such figure by now, and what the best schedule is worth; minus infinity without one.
    goods : tuple of Good
    prices : array of shape (goods,)
        Where the bound is reached.
    schedule : Schedule, or None
    residual : float
        How far prices are from rest, as the mechanism says.
    seconds : float
        Since the beginning.
    relaxed_usd : float
        Bound of the linear relaxation, for comparison.
    """

    number: int
    dual_usd: float
    bound_usd: float
    benefit_usd: float
    goods: tuple[Good, ...]
    prices: FloatArray
    schedule: Schedule | None
    residual: float
    seconds: float
    relaxed_usd: float

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
        Sites that search side by side.
    """

    gap: float
    seconds: float
    at_a_time: int


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
    """

    def __init__(self, instance: Instance, pace: Pace) -> None:
        self._begin = time.perf_counter()
        self._pace = pace
        agents = participants(instance)
        joint = JointProgramme(agents)
        relaxed = solve_relaxation(joint.programme)
        self._relaxed_usd = -relaxed.value
        self._market = priced_market(instance, agents)
        self._prices = np.zeros(len(self._market.goods))
        self._prices[self._market.positions(joint.goods)] = relaxed.row_duals[: len(joint.goods)]
        self._recovery = Recovery(instance, agents, joint, relaxed.x)
        self._sites = len(agents.sites)
        self._masters_seconds, self._answers_seconds = 0.0, 0.0

    def rounds(self, mechanism: Mechanism[S]) -> Iterator[DecomposedRound]:
        """Yield one round after the other, without end.

        Parameters
        ----------
        mechanism : Mechanism
            One that announces prices alone.

        Raises
        ------
        AgentError
            If a site finds no response in time.
        KeyboardInterrupt
            If the user interrupts it; a round whose answers are there is yielded first.
        """
        pace, market = self._pace, self._market
        search = Search(_SITES_SHARE * pace.gap, min(_SITE_SECONDS, pace.seconds), pace.at_a_time)
        respond = MixedInteger(search).compile(market)
        bound = DualBound(market, respond)
        opening = Opening(self._prices, np.zeros(len(market.good_of_copy)))
        for current in iterate(market, mechanism, bound, opening=opening, certify_every=sys.maxsize):
            self._answers_seconds += current.seconds
            interrupted = None
            try:
                # First among the relaxation's own starts, which are few and good.
                self._improve()
                self._recovery.add([respond.choices(site) for site in range(self._sites)])
                self._improve()
            except KeyboardInterrupt as error:
                interrupted = error
            yield DecomposedRound(
                current.number,
                bound.last_usd,
                bound.best_usd,
                self._recovery.benefit_usd,
                market.goods,
                bound.best_prices,
                self._recovery.schedule,
                current.dual_residual,
                time.perf_counter() - self._begin,
                self._relaxed_usd,
            )
            if interrupted is not None:
                raise interrupted

    def _improve(self) -> None:
        begin = time.perf_counter()
        spare = _MASTERS_SECONDS + self._answers_seconds - self._masters_seconds
        # Half of what is left: prices are to go on.
        seconds = min(spare, (self._begin + self._pace.seconds - begin) / 2)
        if seconds > 0:
            self._recovery.improve(_MASTER_SHARE * self._pace.gap, seconds)
        self._masters_seconds += time.perf_counter() - begin
