"""The plan that a decomposition ends with: its schedule, its bound, and the prices that prove it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ....agents.agent import AgentError
from ....coordinator.mechanism import Mechanism
from ....coordinator.mechanisms.subgradient import Subgradient
from ....coordinator.price_rules.hull_prices import BUNDLE
from ....coordinator.programmes.integer_searches import SideBySide, solve_side_by_side
from ....coordinator.programmes.unsolved import InfeasibleProgrammeError, OutOfTimeError, UnsolvedProgrammeError
from ..instance import Instance
from ..joint_plan import BEST_EFFORT, Effort, PlanInterrupted
from ..microgrid_plan import DECOMPOSED, Plan, PlanStatus, plan_of, without_schedule
from ..why_infeasible import why_infeasible
from .decomposed_rounds import DecomposedRound, Decomposition, Pace
from .priced_bound import BoundedRound, PricedBound

# By the names of the catalogue; steps are as small as the box.
DECOMPOSING: dict[str, Mechanism[Any]] = {
    "level-bundle": BUNDLE,
    "subgradient": Subgradient(drop=1e-3, path=0.01),
}
MAX_ROUNDS = 300


def decomposed_plan(
    instance: Instance,
    effort: Effort = BEST_EFFORT,
    mechanism: Mechanism[Any] = BUNDLE,
    max_rounds: int = MAX_ROUNDS,
    side_by_side: SideBySide = solve_side_by_side,
) -> Plan:
    """Announce prices until bound and schedule are within the gap, no more can be proven, or time or rounds are spent.

    Parameters
    ----------
    instance : Instance
    effort : Effort
        Its seconds are those of the whole decomposition.
    mechanism : Mechanism
        One that announces prices alone.
    max_rounds : int
        Announcements of prices to all, and splits of branches.
    side_by_side : callable
        What solves sites' programmes: threads of this process, or as `searches_on_ray` yields it.

    Raises
    ------
    PlanInterrupted
        If the user interrupts it; what there was by then is attached.
    AgentError
        If a site finds no response to the first prices.
    """
    rounds: list[DecomposedRound] = []
    pace = Pace(effort.gap, effort.seconds, len(os.sched_getaffinity(0)), side_by_side)
    try:
        decomposition = Decomposition(instance, pace)
        status = _followed(decomposition.rounds(mechanism), effort, max_rounds, rounds)
    except KeyboardInterrupt as interrupted:
        raise PlanInterrupted(_plan(instance, rounds, PlanStatus.INTERRUPTED)) from interrupted
    except OutOfTimeError:
        status = PlanStatus.TIME_LIMIT
    except (AgentError, UnsolvedProgrammeError) as error:
        if rounds:
            # Once something is known it is kept: no more is proven.
            return replace(_plan(instance, rounds, PlanStatus.AT_REST), reason=str(error))
        if isinstance(error, InfeasibleProgrammeError):
            return without_schedule(PlanStatus.INFEASIBLE, 0.0, why_infeasible(instance))
        raise
    return _plan(instance, rounds, status)


def _followed(
    rounds: Iterable[DecomposedRound], effort: Effort, max_rounds: int, kept: list[DecomposedRound]
) -> PlanStatus:
    """Keep rounds until one is the last, and say what made it so."""
    told = effort.telling(DECOMPOSED)
    for current in rounds:
        kept.append(current)
        told(current.seconds, -current.benefit_usd, -current.bound_usd)
        if current.gap <= effort.gap:
            return PlanStatus.OPTIMAL
        if current.seconds >= effort.seconds:
            return PlanStatus.TIME_LIMIT
        if current.number >= max_rounds:
            return PlanStatus.MAX_ROUNDS
    return PlanStatus.AT_REST


def _plan(instance: Instance, rounds: list[DecomposedRound], status: PlanStatus) -> Plan:
    if not rounds:
        return without_schedule(status, 0.0, "no round came to its end in time")
    last = rounds[-1]
    if last.schedule is None:
        plan = without_schedule(status, last.seconds, "no schedule was recovered", last.bound_usd)
    else:
        plan = plan_of(instance, last.schedule, status, last.bound_usd, last.seconds)
    history = tuple(
        BoundedRound(
            one.number,
            one.dual_usd,
            one.bound_usd,
            None if one.schedule is None else one.benefit_usd,
            one.seconds,
        )
        for one in rounds
    )
    return replace(plan, priced=PricedBound(last.goods, last.prices, last.relaxed_usd, history, last.branches))
