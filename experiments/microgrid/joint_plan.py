"""The joint plan: compute and energy scheduled together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from ...agents.arrays import FloatArray
from ...coordinator.programmes.integer_programme import Incumbent, IntegerInterrupted
from ...coordinator.programmes.unsolved import InfeasibleProgrammeError
from .baselines.compute_policy import policy, started
from .instance import Instance
from .joint_programme import JointProgramme, Restriction
from .microgrid_plan import JOINT, Plan, PlanStatus, plan_of, without_schedule
from .participants import Participants, participants
from .recovered_schedule import recovered_schedule
from .why_infeasible import why_infeasible

# Whole variables: smaller problems find a first plan at once, and better ones than that of the policy's jobs.
_LARGE = 5000


@dataclass(frozen=True)
class Effort:
    """How far to search.

    Parameters
    ----------
    gap : float
        Relative, of benefit and bound.
    seconds : float
        Of wall-clock time, for each plan.
    on_progress : callable, optional
        Called with the plan's name, seconds, and benefit and bound, which are infinite as long as unknown.
    """

    gap: float = 1e-3
    seconds: float = inf
    on_progress: Callable[[str, float, float, float], None] | None = None

    def telling(self, name: str) -> Callable[[float, float, float], None]:
        """What a solver tells of the costs of a plan."""

        def told(seconds: float, value: float, bound: float) -> None:
            if self.on_progress is not None:
                self.on_progress(name, seconds, -value, -bound)

        return told


BEST_EFFORT = Effort()


class PlanInterrupted(KeyboardInterrupt):
    """The user broke a plan off; what there was by then is attached."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("interrupted")
        self.plan = plan


def joint_plan(
    instance: Instance, effort: Effort = BEST_EFFORT, restrict: Restriction | None = None, name: str = JOINT
) -> Plan:
    """The plan of greatest benefit.

    Parameters
    ----------
    instance : Instance
    effort : Effort
    restrict : callable, optional
        Further constraints, as a baseline has.
    name : str
        What progress calls it.

    Raises
    ------
    PlanInterrupted
        If the user interrupts it.
    UnsolvedProgrammeError
        If HiGHS ends in another way.
    """
    begin = time.perf_counter()
    agents = participants(instance)
    return plan_by(instance, agents, JointProgramme(agents, restrict), effort, name, begin)


def plan_by(
    instance: Instance, agents: Participants, joint: JointProgramme, effort: Effort, name: str, begin: float
) -> Plan:
    """The plan of greatest benefit by a programme that is stated; all else as `joint_plan`.

    Parameters
    ----------
    instance : Instance
    agents : Participants
        Those of the instance.
    joint : JointProgramme
        Of these agents.
    effort : Effort
    name : str
    begin : float
        When it was begun, by `time.perf_counter`.
    """

    def plan(found: Incumbent) -> Plan:
        status = PlanStatus(found.status)
        if found.x is None:
            return without_schedule(status, time.perf_counter() - begin, "no schedule was found in time", -found.bound)
        joint.take(found.x)
        schedule = recovered_schedule(instance, agents.sites, joint.decisions)
        return plan_of(instance, schedule, status, -found.bound, time.perf_counter() - begin)

    try:
        start = _start(instance, agents, joint)
        return plan(joint.solve(effort.gap, effort.seconds, effort.telling(name), start))
    except IntegerInterrupted as interrupted:
        raise PlanInterrupted(plan(interrupted.incumbent)) from interrupted
    except InfeasibleProgrammeError:
        return without_schedule(PlanStatus.INFEASIBLE, time.perf_counter() - begin, why_infeasible(instance))


def _start(instance: Instance, agents: Participants, joint: JointProgramme) -> FloatArray | None:
    """The policy's jobs, from which there is a plan long before the relaxation of a large problem is solved."""
    if joint.choices < _LARGE:
        return None
    compute, both = policy(instance), zip(agents.sites, joint.decisions, strict=True)
    return joint.point((decided.started, started(site, compute)) for site, decided in both if len(site.starts[0]))
