"""A schedule out of what sites have answered: jobs start where and when some site has started them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import inf

import numpy as np

from ....agents.arrays import BoolArray, FloatArray
from ....agents.site import SiteDecisions
from ....coordinator.executors.mixed_integer import choices_of
from ....coordinator.programmes.integer_programme import Incumbent, IntegerInterrupted
from ....coordinator.programmes.stated_programme import Limit
from ....coordinator.programmes.unsolved import InfeasibleProgrammeError
from ..baselines.compute_policy import policy, started
from ..instance import Instance
from ..joint_programme import JointProgramme
from ..participants import Participants
from ..recovered_schedule import recovered_schedule
from ..schedule import Schedule

# Rounds whose answers stay eligible.
_MEMORY = 20
# Of a start in the relaxation: less is no start.
_LEAST_SHARE = 0.02


class Recovery:
    """A master over the sites' answers: the joint programme without all starts that no site has answered.

    All else is open in it, so that what is cleared is repaired, too: jobs that two sites run, inference beyond demand,
    emissions beyond the budget.

    Parameters
    ----------
    instance : Instance
    agents : Participants
        Those of the instance.
    joint : JointProgramme
        Of these agents.
    relaxed : array of shape (n,)
        An optimum of its relaxation, whose starts count as answered first, beside those of the policy.

    Attributes
    ----------
    schedule : Schedule, or None
        The best so far.
    benefit_usd : float
        What it is worth; minus infinity without one.
    """

    def __init__(self, instance: Instance, agents: Participants, joint: JointProgramme, relaxed: FloatArray) -> None:
        self._instance, self._agents, self._joint = instance, agents, joint
        self._positions = [_position_of_starts(decided) for decided in joint.decisions]
        self._answered: deque[list[BoolArray]] = deque(maxlen=_MEMORY)
        compute = policy(instance)
        self._policy = [started(site, compute) > 0 for site in agents.sites]
        of_relaxation = [relaxed[joint.columns(decided.started)] > _LEAST_SHARE for decided in joint.decisions]
        self._best = [np.logical_or(*both) for both in zip(of_relaxation, self._policy, strict=True)]
        self._tried: list[BoolArray] | None = None
        self.schedule: Schedule | None = None
        self.benefit_usd = -inf

    def add(self, choices: Sequence[list[FloatArray]]) -> None:
        """Make eligible what sites have chosen, one list for each site, as it answered."""
        nothing = np.zeros(0)
        of_sites = zip(choices, self._positions, strict=True)
        self.add_starts([nothing if place is None else own[place] for own, place in of_sites])

    def add_starts(self, started: Sequence[FloatArray]) -> None:
        """Make eligible what is started by more than half, one array of shape (starts,) for each site."""
        self._answered.append([own > 1 / 2 for own in started])

    def improve(self, gap: float, seconds: float) -> None:
        """Look for a better schedule among eligible starts, unless they are those of the last time.

        Parameters
        ----------
        gap : float
            Relative, of the master.
        seconds : float
            Of wall-clock time.

        Raises
        ------
        IntegerInterrupted
            If the user interrupts it; what it had found by then is kept.
        """
        eligible = [
            np.any([best, *answers], axis=0) for best, *answers in zip(self._best, *self._answered, strict=True)
        ]
        if self._tried is not None and all(map(np.array_equal, eligible, self._tried)):
            return
        self._tried = eligible
        try:
            self._keep(self._master(eligible, gap, seconds))
        except IntegerInterrupted as interrupted:
            self._keep(interrupted.incumbent)
            raise

    def _keep(self, found: Incumbent | None) -> None:
        if found is None or found.x is None or -found.value <= self.benefit_usd:
            return
        self._joint.take(found.x)
        self.schedule = recovered_schedule(self._instance, self._agents.sites, self._joint.decisions)
        self.benefit_usd = -found.value
        self._best = [np.asarray(decided.started.value) > 1 / 2 for decided in self._joint.decisions]

    def _master(self, eligible: Sequence[BoolArray], gap: float, seconds: float) -> Incumbent | None:
        """The best joint plan with eligible starts alone; None if there is none."""
        both = list(zip(self._joint.decisions, eligible, strict=True))
        master = self._joint.within(Limit(decided.started, 0.0, own.astype(np.float64)) for decided, own in both)
        try:
            return master.solve(gap, seconds, None, self._start())
        except InfeasibleProgrammeError:
            return None

    def _start(self) -> FloatArray:
        """The best starts; without a schedule no start but the policy's, some of which a budget may rule out."""
        kept, chosen = (self._policy, np.nan) if self.schedule is None else (self._best, 1.0)
        both = zip(self._joint.decisions, kept, strict=True)
        return self._joint.point((decided.started, np.where(own, chosen, 0.0)) for decided, own in both if own.size)


def _position_of_starts(decided: SiteDecisions) -> int | None:
    """Where its starts stand among a site's choices; None where it has none."""
    if not decided.started.size:
        return None
    return [choice.id for choice in choices_of(decided.declaration)].index(decided.started.id)
