"""The plan of a window: solved as the joint problem is, and carried on where what comes is not what was forecast."""

from __future__ import annotations

from dataclasses import dataclass

import cvxpy as cp

from ....coordinator.programmes.unsolved import OutOfTimeError
from ..baselines.compute_policy import started
from ..instance import Instance
from ..joint_plan import Effort
from ..joint_programme import Declared, JointProgramme, Restriction
from ..microgrid_plan import PlanStatus
from ..participants import Participants
from ..recovered_schedule import recovered_schedule
from ..schedule import Compute, Run, Schedule


@dataclass(frozen=True, eq=False)
class WindowPlan:
    """What is planned for some slots.

    Parameters
    ----------
    begin : int
        The first of them, in slots of the whole horizon.
    ahead : Instance
        Of these slots alone.
    schedule : Schedule
        In slots from `begin` on.
    status : PlanStatus
    gap : float
        Relative, of the solver's objective, in which stored energy has a value; infinite if no bound is known.
    seconds : float
    """

    begin: int
    ahead: Instance
    schedule: Schedule
    status: PlanStatus
    gap: float
    seconds: float

    @property
    def stop(self) -> int:
        """The first slot that is not planned."""
        return self.begin + self.ahead.slots


def plan_window(
    begin: int, ahead: Instance, agents: Participants, effort: Effort, restrict: Restriction | None = None
) -> WindowPlan:
    """The best plan of a window.

    Parameters
    ----------
    begin : int
    ahead : Instance
    agents : Participants
        Of `ahead`, with what it does not say: units that are on, and what is stored is worth.
    effort : Effort
    restrict : callable, optional
        As of `JointProgramme`.

    Raises
    ------
    InfeasibleProgrammeError
    OutOfTimeError
        If time was up before any schedule was found.
    UnsolvedProgrammeError
        If HiGHS ends in another way.
    KeyboardInterrupt
    """
    joint = JointProgramme(agents, restrict)
    found = joint.solve(effort.gap, effort.seconds)
    if found.x is None:
        raise OutOfTimeError("no schedule was found in time")
    joint.take(found.x)
    schedule = recovered_schedule(ahead, agents.sites, joint.decisions)
    gap = (found.value - found.bound) / max(1.0, abs(found.value))
    return WindowPlan(begin, ahead, schedule, PlanStatus(found.status), max(gap, 0.0), found.seconds)


def as_committed(plan: WindowPlan, begin: int, agents: Participants) -> Restriction:
    """Jobs start and units are on as planned, from a slot within the plan on; all else is free.

    Parameters
    ----------
    plan : WindowPlan
    begin : int
        Jobs that have started before it are under way, and start with the slots ahead.
    agents : Participants
        Of the slots from `begin` to the end of the plan.
    """
    since = begin - plan.begin
    runs = {
        name: None if run is None else Run(run.site, max(run.start - since, 0))
        for name, run in plan.schedule.jobs.items()
    }
    compute = Compute(runs, {})

    def restrict(declared: Declared) -> list[cp.Constraint]:
        rules: list[cp.Constraint] = []
        for site, decided in zip(agents.sites, declared.decisions, strict=True):
            if len(site.starts[0]):
                rules.append(decided.started == started(site, compute))
            if decided.energy.on is not None:
                rules.append(decided.energy.on == plan.schedule.sites[site.name].on[since:])
        return rules

    return restrict
