"""Rolling plans: by hand, against the joint plan, and by a checker that knows nothing of the model."""

from dataclasses import replace

import numpy as np
import pytest
from microgrids.checker import broken_rules
from microgrids.one_site import NO_BATTERY, job, one_site
from microgrids.small_microgrid import NO_UNIT, small_instance

from walras.experiments.microgrid.joint_plan import Effort, joint_plan
from walras.experiments.microgrid.joint_programme import JointProgramme
from walras.experiments.microgrid.microgrid_plan import PlanStatus
from walras.experiments.microgrid.rolling.benefit_by_slot import benefit_by_slot
from walras.experiments.microgrid.rolling.forecasts import ForecastErrors
from walras.experiments.microgrid.rolling.look_ahead import first_slots
from walras.experiments.microgrid.rolling.rolling_plan import RollingInterrupted, rolling_plan
from walras.experiments.microgrid.rolling.slot_by_slot import Sight

EXACT = Effort(gap=0.0)
BATTERY = {**NO_BATTERY, "max_mwh": 4.0, "max_mw": 2.0, "charge_efficiency": 0.9, "discharge_efficiency": 0.9}


def checked(instance, sight, effort=EXACT):
    rolled = rolling_plan(instance, sight, effort)
    assert (rolled.plan.status, rolled.plan.reason, rolled.slots) == (PlanStatus.OPTIMAL, "", instance.slots)
    assert broken_rules(instance.model_dump(), rolled.plan.as_json()) == []
    assert rolled.plan.budget_excess_t <= 1e-9
    return rolled


@pytest.mark.parametrize("seed", range(4))
def test_with_all_in_sight_it_is_as_good_as_the_joint_plan(seed):
    budget, price = [None, 4.0][seed % 2], [0.0, 50.0][seed // 2]
    instance = small_instance(seed, slots=5, jobs=4, carbon_budget_t=budget, carbon_price_usd_per_t=price)
    rolled = checked(instance, Sight(5, notice_slots=5))
    assert rolled.plan.benefit_usd == pytest.approx(joint_plan(instance, EXACT).benefit_usd, rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_no_rolling_plan_is_better_than_foresight_can_be(seed):
    budget, every = [None, 6.0][seed % 2], 1 + seed % 3
    instance = small_instance(seed, slots=6, jobs=5, carbon_budget_t=budget)
    errors = ForecastErrors(0.4, 0.2, seed)
    rolled = checked(instance, Sight(4, every, errors=errors), Effort(1e-3))
    assert rolled.plan.benefit_usd <= joint_plan(instance, EXACT).bound_usd + 1e-6
    assert len(rolled.windows) == -(-6 // every)


def test_who_does_not_see_high_prices_stores_nothing_for_them():
    """1 MW idles. Two slots at 20 $, two at 100: storing 2 MWh and its losses in time saves the latter."""
    instance = one_site([20, 20, 100, 100], idle_mw=1.0, battery=BATTERY)
    assert checked(instance, Sight(1)).plan.benefit_usd == pytest.approx(-240.0)
    seeing = checked(instance, Sight(4))
    assert seeing.plan.benefit_usd == pytest.approx(-20 * (2 + 2 / 0.81))
    assert seeing.plan.schedule.sites["s"].discharge_mw == pytest.approx([0, 0, 1, 1])


def test_what_is_stored_when_the_horizon_ends_is_worth_something():
    """Full at the end of each plan but the last, since 20 $ now are less than the mean of the slots ahead."""
    instance = one_site([20, 60, 60, 60, 60], idle_mw=1.0, battery=BATTERY)
    contents = checked(instance, Sight(2)).plan.schedule.sites["s"].energy_mwh
    assert contents[1] == pytest.approx(1.8)
    assert contents[-1] == pytest.approx(0.0, abs=1e-9)


LESSER, LATER = job(8.0, 3, 0, 3, 10.0), job(8.0, 2, 1, 2, 100.0)


@pytest.mark.parametrize(("notice", "runs"), [(0, "lesser"), (1, "later")])
def test_a_job_that_is_not_known_of_finds_the_site_taken(notice, runs):
    instance = one_site([0, 0, 0, 0], jobs={"lesser": LESSER, "later": LATER})
    schedule = checked(instance, Sight(4, notice_slots=notice)).plan.schedule
    assert [name for name, run in schedule.jobs.items() if run is not None] == [runs]


def test_a_mandatory_job_waits_for_a_better_slot_beyond_the_horizon_but_not_beyond_its_deadline():
    jobs = {"must": job(1.0, 1, 0, 3, 0.0, mandatory=True)}
    schedule = checked(one_site([50, 40, 30, 90], jobs=jobs), Sight(2)).plan.schedule
    assert schedule.jobs["must"].start == 2


def test_a_mandatory_job_that_is_released_between_two_plans_may_come_too_late():
    jobs = {"must": job(1.0, 2, 1, 2, 0.0, mandatory=True)}
    rolled = rolling_plan(one_site([50] * 4, jobs=jobs), Sight(4, every_slots=2), EXACT)
    assert (rolled.plan.status, rolled.slots) == (PlanStatus.INFEASIBLE, 2)
    assert "job must is mandatory, and has not started by slot 2" in rolled.plan.reason
    checked(one_site([50] * 4, jobs=jobs), Sight(4, every_slots=2, notice_slots=1))


def test_a_mandatory_job_starts_before_the_next_plan_would_be_too_late_for_it():
    """The first plan stops within its window, and the second one begins after its last start."""
    jobs = {"must": job(1.0, 2, 0, 4, 0.0, mandatory=True)}
    assert checked(one_site([50] * 6, jobs=jobs), Sight(4, every_slots=4)).plan.schedule.jobs["must"] is not None


def test_a_mandatory_job_that_is_released_after_the_last_plan_is_missed():
    jobs = {"must": job(1.0, 1, 3, 3, 0.0, mandatory=True)}
    rolled = rolling_plan(one_site([50] * 4, jobs=jobs), Sight(4, every_slots=4), EXACT)
    assert rolled.plan.status == PlanStatus.INFEASIBLE
    assert "job must is mandatory, and has not started by slot 4" in rolled.plan.reason


def test_a_unit_that_is_on_is_not_started_again_and_ramps_from_where_it_is():
    """A start costs 100 $, and an hour of 3 MW saves 30; ramps of 1 MW reach 3 MW in the third slot."""
    unit = {**NO_UNIT, "max_mw": 3.0, "cost_usd_per_mwh": 10.0, "start_usd": 100.0, "ramp_mw_per_slot": 1.0}
    rolled = checked(one_site([20] * 8, idle_mw=3.0, dispatchable=unit), Sight(6))
    assert rolled.plan.schedule.sites["s"].dispatchable_mw == pytest.approx([1, 2, 3, 3, 3, 3, 3, 3])
    assert rolled.plan.parts_usd["starts"] == -100.0


def test_commitments_that_what_comes_leaves_no_power_for_are_made_anew():
    """The job takes more than the 5 MW that come, of which more is forecast; nothing can be bought."""
    jobs = {"j": job(5.2, 1, 0, 5, 100.0)}
    instance = one_site([10] * 6, jobs=jobs, renewable_mw=[5.0] * 6, import_mw=0.0)
    rolled = checked(instance, Sight(4, errors=ForecastErrors(0.5, 0.0, seed=1)))
    assert rolled.recommitted > 0
    assert rolled.plan.schedule.jobs == {"j": None}
    assert rolled.as_json()["slots_recommitted"] == rolled.recommitted


def test_commitments_stand_while_what_is_left_of_a_budget_feeds_them():
    """Idle power takes 0.8 t and 1.2 t in turn of 4 t, of which each slot has an even share; no wind is misjudged."""
    wind = [1.2, 0.8, 1.2, 0.8]
    instance = one_site([10] * 4, idle_mw=2.0, renewable_mw=wind, grid_t_per_mwh=[1.0] * 4)
    instance = instance.model_copy(update={"carbon_budget_t": 4.0})
    assert checked(instance, Sight(1, errors=ForecastErrors(0.0, 0.1))).recommitted == 0


def test_plans_that_are_adapted_too_late_are_told(monkeypatch):
    search, solved = JointProgramme.solve, []

    def solve(self, *args):
        solved.append(self)
        found = search(self, *args)
        return replace(found, status="time_limit") if len(solved) == 2 else found

    monkeypatch.setattr(JointProgramme, "solve", solve)
    rolled = rolling_plan(small_instance(1, jobs=0), Sight(3, errors=ForecastErrors(0.1)), EXACT)
    assert {window.status for window in rolled.windows} == {PlanStatus.OPTIMAL}
    assert rolled.plan.status == PlanStatus.TIME_LIMIT


def test_a_job_under_way_that_nothing_feeds_ends_the_plan_where_it_stands():
    """Two slots of sun for a job of three: forecasts say there is more."""
    jobs = {"j": job(5.0, 2, 0, 3, 100.0)}
    instance = one_site([10] * 4, jobs=jobs, renewable_mw=[9.0, 4.0, 4.0, 4.0], import_mw=0.0)
    rolled = rolling_plan(instance, Sight(3, errors=ForecastErrors(1.0, 0.0, seed=4)), EXACT)
    assert (rolled.plan.status, rolled.slots) == (PlanStatus.INFEASIBLE, 1)
    assert "from slot 1 on nothing feeds" in rolled.plan.reason
    assert len(rolled.plan.schedule.sites["s"].import_mw) == 1


def test_demand_beyond_what_was_forecast_is_served_all_the_same():
    instance = one_site([10] * 4, demand_mw=[1.0, 2.0, 3.0, 4.0])
    schedule = checked(instance, Sight(2, errors=ForecastErrors(0.0, 0.5))).plan.schedule
    np.testing.assert_allclose(schedule.routed_mw["r"]["chat"]["s"], [1, 2, 3, 4])


def test_broken_off_it_keeps_what_is_settled(monkeypatch):
    search, solved = JointProgramme.solve, []

    def solve(self, *args):
        solved.append(self)
        if len(solved) > 3:
            raise KeyboardInterrupt
        return search(self, *args)

    monkeypatch.setattr(JointProgramme, "solve", solve)
    instance = small_instance(1, slots=6, jobs=0)
    with pytest.raises(RollingInterrupted) as caught:
        rolling_plan(instance, Sight(3), EXACT)
    rolled = caught.value.rolled
    assert (rolled.plan.status, rolled.slots) == (PlanStatus.INTERRUPTED, 3)
    so_far = first_slots(instance, 3).model_dump()
    faults = broken_rules(so_far, rolled.plan.as_json())
    assert all("ends below its beginning" in fault for fault in faults)


@pytest.mark.parametrize("seed", range(3))
def test_slots_add_up_to_the_benefit(seed):
    instance = small_instance(seed, carbon_price_usd_per_t=30.0)
    plan = joint_plan(instance, EXACT)
    assert benefit_by_slot(instance, plan.schedule).sum() == pytest.approx(plan.benefit_usd)
