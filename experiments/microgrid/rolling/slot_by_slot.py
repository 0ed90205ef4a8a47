"""One slot after the other: plan ahead, see what comes, settle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ....coordinator.programmes.unsolved import InfeasibleProgrammeError
from ..instance import Instance
from ..joint_plan import Effort
from ..microgrid_plan import PlanStatus
from .forecasts import PERFECT, ForecastErrors, Forecasts
from .look_ahead import look_ahead, participants_ahead
from .settled_slots import SettledSlots
from .window_plan import WindowPlan, as_committed, plan_window


@dataclass(frozen=True)
class Sight:
    """How far a rolling plan looks ahead, and how clearly.

    Parameters
    ----------
    horizon_slots : int
        That a plan covers.
    every_slots : int
        From one plan to the next.
    notice_slots : int
        How long before its release a job is known of.
    errors : ForecastErrors
    """

    horizon_slots: int
    every_slots: int = 1
    notice_slots: int = 0
    errors: ForecastErrors = PERFECT


class NoWayOnError(Exception):
    """There is no plan that goes on from where things stand."""


class Rolling:
    """Where a rolling plan has come to.

    Attributes
    ----------
    settled : SettledSlots
    windows : list of WindowPlan
        All plans that were made ahead.
    recommitted : int
        In how many slots no commitments could stand, and new ones were made when what came was seen.
    is_in_time : bool
        Whether every plan so far, those that were adapted included, is within the gap.
    """

    def __init__(self, instance: Instance, sight: Sight, effort: Effort) -> None:
        self.instance, self.sight, self.effort = instance, sight, effort
        self.forecasts = Forecasts(instance, sight.errors)
        self.settled = SettledSlots(instance)
        self.windows: list[WindowPlan] = []
        self.recommitted = 0
        self.is_in_time = True
        self._plan: WindowPlan | None = None

    def next_slot(self) -> None:
        """Plan if it is time to, see what comes, and settle the slot."""
        self._refuse_late_jobs()
        slot, plan = self.settled.state.slot, self._plan
        if plan is None or slot % self.sight.every_slots == 0 or plan.stop == slot:
            plan = self._planned(*self._in_sight(slot), seen=slot)
            if plan is not None:
                self.windows.append(plan)
        carried_out = plan
        if not self.sight.errors.are_none:
            if plan is not None:
                carried_out = self._planned(plan.stop, plan.ahead.jobs, seen=slot + 1, kept=plan)
            if carried_out is None:
                carried_out = plan = self._planned(*self._in_sight(slot), seen=slot + 1)
                self.recommitted += 1
        if carried_out is None:
            within = " within the budget" if self._has_budget else ""
            raise NoWayOnError(
                f"from slot {slot} on nothing feeds idle power, jobs under way and those that are mandatory{within}"
            )
        self._plan = plan
        self.settled.settle(carried_out.schedule, slot - carried_out.begin)
        self._refuse_late_jobs()

    def _in_sight(self, slot: int) -> tuple[int, list[str]]:
        """Where a plan from a slot on stops, and the jobs that are known of by then."""
        known = [name for name, job in self.instance.jobs.items() if job.release - self.sight.notice_slots <= slot]
        return min(slot + self.sight.horizon_slots, self.instance.slots), known

    def _planned(
        self, stop: int, known: Iterable[str], *, seen: int, kept: WindowPlan | None = None
    ) -> WindowPlan | None:
        """The best plan within the share of budgets, or else within all that is left of them; None if there is none.

        Parameters
        ----------
        stop : int
        known : iterable of str
        seen : int
            How many slots forecasts know exactly.
        kept : WindowPlan, optional
            The plan whose commitments stand.
        """
        state, every = self.settled.state, self.sight.every_slots
        next_plan = min(stop, state.slot + every - state.slot % every)
        for spends_all in (False, True) if self._has_budget else (False,):
            ahead = look_ahead(
                self.instance,
                state,
                stop,
                known,
                self.forecasts,
                seen,
                next_plan=next_plan,
                spends_all=spends_all,
            )
            agents = participants_ahead(self.instance, ahead, state)
            restrict = None if kept is None else as_committed(kept, state.slot, agents)
            try:
                plan = plan_window(state.slot, ahead, agents, self.effort, restrict)
            except InfeasibleProgrammeError:
                continue
            self.is_in_time = self.is_in_time and plan.status == PlanStatus.OPTIMAL
            return plan
        return None

    @property
    def _has_budget(self) -> bool:
        budgets = [self.instance.carbon_budget_t, *(site.carbon_budget_t for site in self.instance.sites.values())]
        return any(budget is not None for budget in budgets)

    def _refuse_late_jobs(self) -> None:
        """Before the first slot as well as after each, for none may follow."""
        slot = self.settled.state.slot
        for name, job in self.instance.jobs.items():
            if job.mandatory and name not in self.settled.state.runs and job.deadline - job.slots + 1 < slot:
                raise NoWayOnError(f"job {name} is mandatory, and has not started by slot {slot}, when it is too late")
