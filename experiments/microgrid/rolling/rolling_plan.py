"""A horizon slot by slot: planned ahead by forecasts, settled by what comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from ....coordinator.programmes.unsolved import OutOfTimeError
from ..instance import Instance
from ..joint_plan import BEST_EFFORT, Effort
from ..microgrid_plan import Plan, PlanStatus, known, plan_of
from .look_ahead import first_slots
from .slot_by_slot import NoWayOnError, Rolling, Sight
from .window_plan import WindowPlan


@dataclass(eq=False)
class Rolled:
    """What came of a rolling plan.

    Parameters
    ----------
    plan : Plan
        Of the slots that are settled, without a bound.
    slots : int
        How many are settled.
    windows : list of WindowPlan
        All plans that were made ahead.
    recommitted : int
        In how many slots no commitments could stand, and new ones were made when what came was seen.
    """

    plan: Plan
    slots: int
    windows: list[WindowPlan] = field(default_factory=list)
    recommitted: int = 0

    def as_json(self) -> dict[str, Any]:
        """The plan by the keys of the interface, and how it was made."""
        return {
            **self.plan.as_json(),
            "slots_settled": self.slots,
            "slots_recommitted": self.recommitted,
            "windows": [
                {
                    "slot": one.begin,
                    "status": str(one.status),
                    "gap": known(one.gap),
                    "seconds": one.seconds,
                    "planned_energy_mwh": {name: s.energy_mwh.tolist() for name, s in one.schedule.sites.items()},
                }
                for one in self.windows
            ],
        }


class RollingInterrupted(KeyboardInterrupt):
    """The user broke it off; what was settled by then is attached."""

    def __init__(self, rolled: Rolled) -> None:
        super().__init__("interrupted")
        self.rolled = rolled


def rolling_plan(
    instance: Instance,
    sight: Sight,
    effort: Effort = BEST_EFFORT,
    on_slot: Callable[[int, float], None] | None = None,
) -> Rolled:
    """Settle all slots of an instance one after the other.

    Before a slot, a plan of the slots ahead is made from forecasts that have seen all slots before it, from the jobs
    that are known of, and from how things stand. It commits job starts and which units are on until the next plan. When
    the slot comes, its sun, wind and requests are seen, forecasts are made anew, and all but what is committed is
    planned once more; the slot is settled by that. A plan spends no more of a budget than the share of its slots, if it
    can. Where nothing that keeps the commitments is feasible even if all that is left of the budget is spent, they are
    made anew. Jobs that have started run on in any case.

    Parameters
    ----------
    instance : Instance
        What comes.
    sight : Sight
    effort : Effort
        For each plan.
    on_slot : callable, optional
        Called with the number of slots that are settled, and what they are worth [$].

    Raises
    ------
    RollingInterrupted
        If the user interrupts it.
    UnsolvedProgrammeError
        If HiGHS ends in another way.
    """
    begin = time.perf_counter()
    rolling = Rolling(instance, sight, effort)

    def rolled(status: PlanStatus, reason: str = "") -> Rolled:
        slots, schedule = rolling.settled.state.slot, rolling.settled.schedule()
        seconds = time.perf_counter() - begin
        plan = replace(plan_of(first_slots(instance, slots), schedule, status, inf, seconds), reason=reason)
        return Rolled(plan, slots, rolling.windows, rolling.recommitted)

    try:
        while not rolling.settled.is_whole:
            rolling.next_slot()
            if on_slot is not None:
                so_far = rolled(PlanStatus.OPTIMAL)
                on_slot(so_far.slots, so_far.plan.benefit_usd)
    except KeyboardInterrupt as interrupted:
        raise RollingInterrupted(rolled(PlanStatus.INTERRUPTED)) from interrupted
    except NoWayOnError as error:
        return rolled(PlanStatus.INFEASIBLE, str(error))
    except OutOfTimeError:
        return rolled(PlanStatus.TIME_LIMIT, f"no plan was found in time in slot {rolling.settled.state.slot}")
    return rolled(PlanStatus.OPTIMAL if rolling.is_in_time else PlanStatus.TIME_LIMIT)
