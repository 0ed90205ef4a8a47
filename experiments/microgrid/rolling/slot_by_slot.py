"""One slot after the other: plan ahead, see what comes, settle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ....coordinator.programmes.unsolved import InfeasibleProgrammeError
from ..instance import Instance
from ..joint_plan import Effort
from ..participants import Participants
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
        In how many slots commitments could not stand, and were made anew when what came was seen.
    """

    def __init__(self, instance: Instance, sight: Sight, effort: Effort) -> None:
        self.instance, self.sight, self.effort = instance, sight, effort
        self.forecasts = Forecasts(instance, sight.errors)
        self.settled = SettledSlots(instance)
        self.windows: list[WindowPlan] = []
        self.recommitted = 0
        self._plan: WindowPlan | None = None

    def next_slot(self) -> None:
        """Plan if it is time to, see what comes, and settle the slot."""
        slot, plan = self.settled.state.slot, self._plan
        if plan is None or slot % self.sight.every_slots == 0 or plan.stop == slot:
            plan = self._plan_ahead(slot, [slot, slot + 1])
            self.windows.append(plan)
        carried_out = plan
        if not self.sight.errors.are_none:
            try:
                carried_out = self._adapted(plan, slot)
            except InfeasibleProgrammeError:
                self.recommitted += 1
                carried_out = plan = self._plan_ahead(slot, [slot + 1])
        self._plan = plan
        self.settled.settle(carried_out.schedule, slot - carried_out.begin)

    def _plan_ahead(self, slot: int, seen: Sequence[int]) -> WindowPlan:
        """The first that is feasible, by forecasts that have seen ever more, and with ever more of a budget."""
        self._refuse_late_jobs(slot)
        stop = min(slot + self.sight.horizon_slots, self.instance.slots)
        known = [name for name, job in self.instance.jobs.items() if job.release - self.sight.notice_slots <= slot]
        tries = [(slots, False) for slots in seen] + ([(seen[-1], True)] if self._has_budget else [])
        for slots, spends_all in tries:
            ahead, agents = self._problem(stop, known, slots, spends_all=spends_all)
            try:
                return plan_window(slot, ahead, agents, self.effort)
            except InfeasibleProgrammeError:
                continue
        within = " within the budget" if self._has_budget else ""
        raise NoWayOnError(
            f"from slot {slot} on nothing feeds idle power, jobs under way and those that are mandatory{within}"
        )

    def _adapted(self, plan: WindowPlan, slot: int) -> WindowPlan:
        """The rest of a plan with its commitments, once the slot is seen."""
        ahead, agents = self._problem(plan.stop, plan.ahead.jobs, slot + 1, spends_all=False)
        return plan_window(slot, ahead, agents, self.effort, as_committed(plan, slot, agents))

    def _problem(
        self, stop: int, known: Iterable[str], seen: int, *, spends_all: bool
    ) -> tuple[Instance, Participants]:
        state = self.settled.state
        ahead = look_ahead(self.instance, state, stop, known, self.forecasts, seen, spends_all=spends_all)
        return ahead, participants_ahead(self.instance, ahead, state)

    @property
    def _has_budget(self) -> bool:
        budgets = [self.instance.carbon_budget_t, *(site.carbon_budget_t for site in self.instance.sites.values())]
        return any(budget is not None for budget in budgets)

    def _refuse_late_jobs(self, slot: int) -> None:
        for name, job in self.instance.jobs.items():
            if job.mandatory and name not in self.settled.state.runs and job.deadline - job.slots + 1 < slot:
                raise NoWayOnError(f"job {name} is mandatory, and has not started by slot {slot}, when it is too late")
