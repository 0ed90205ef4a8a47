"""Baselines: feasible for the joint problem where they should be, blind where they must be, ties as documented."""

from dataclasses import replace

import numpy as np
import pytest
from microgrids.checker import broken_rules
from microgrids.small_microgrid import document, small_instance

from walras.experiments.microgrid.baselines.compute_only import compute_only_plan
from walras.experiments.microgrid.baselines.compute_policy import policy
from walras.experiments.microgrid.baselines.compute_stage import Pricing
from walras.experiments.microgrid.baselines.energy_only import energy_only_plan
from walras.experiments.microgrid.instance import Instance
from walras.experiments.microgrid.joint_plan import Effort, joint_plan
from walras.experiments.microgrid.joint_programme import JointProgramme
from walras.experiments.microgrid.microgrid_plan import PlanStatus
from walras.experiments.microgrid.schedule import Run

EXACT = Effort(gap=0.0)


@pytest.mark.parametrize("seed", range(3))
def test_energy_only_keeps_all_rules_and_the_policy(seed):
    instance = small_instance(seed, sites=3, slots=6, jobs=4, carbon_budget_t=(None, 6.0, 2.0)[seed])
    plan, compute = energy_only_plan(instance, EXACT), policy(instance)
    assert broken_rules(instance.model_dump(), plan.as_json()) == []
    assert plan.budget_excess_t <= 1e-9
    assert plan.schedule.jobs == compute.jobs
    for region, classes in plan.schedule.routed_mw.items():
        for kind, sites in classes.items():
            for site, power in sites.items():
                assert (power <= compute.routed_mw[region][kind][site] + 1e-9).all()
    assert plan.benefit_usd <= joint_plan(instance, EXACT).benefit_usd + 1e-6


@pytest.mark.parametrize("pricing", Pricing)
@pytest.mark.parametrize("seed", range(2))
def test_compute_only_leaves_energy_alone(seed, pricing):
    instance = small_instance(seed, sites=3, slots=6, jobs=4, carbon_budget_t=0.5)
    plan = compute_only_plan(instance, EXACT, pricing)
    assert broken_rules(instance.model_dump(), plan.as_json()) == []
    for name, site in plan.schedule.sites.items():
        idle = (site.export_mw, site.dispatchable_mw, site.charge_mw, site.discharge_mw, np.minimum(site.on, 1))
        assert all((power == 0).all() for power in idle)
        np.testing.assert_allclose(site.renewable_mw, np.minimum(site.load_mw, instance.sites[name].renewable_mw))
    # The budget is not its affair.
    assert plan.budget_excess_t == pytest.approx(plan.emissions_t - 0.5)


@pytest.mark.parametrize("seed", range(3))
def test_what_compute_cannot_see_does_not_move_it(seed):
    given = document(seed)
    plan = compute_only_plan(Instance.model_validate(given), EXACT)
    for site in given["sites"].values():
        site["import_usd_per_mwh"] = site["import_usd_per_mwh"][::-1]
        site["grid_t_per_mwh"] = [0.0] * 4
        site["battery"]["wear_usd_per_mwh"] = 0.0
    given["carbon_price_usd_per_t"] = 80.0
    other = compute_only_plan(Instance.model_validate(given), EXACT)
    assert other.schedule.jobs == plan.schedule.jobs
    assert other.emissions_t == 0


def tied(**changes):
    """Two equal sites and one job that may start in slots 1 to 3 on either; the region is nearer to the second one."""
    given = document(0, jobs=0)
    given["sites"]["s1"] = given["sites"]["s0"]
    job = {"it_mw": 2.0, "slots": 1, "release": 1, "deadline": 3, "value_usd": 50.0, "mandatory": False}
    given["jobs"]["j"] = {**job, "sites": ["s0", "s1"], **changes}
    given["demand_mw"] = {"r0": {"chat": [1.0] * 4}}
    given["latency_ms"] = {"r0": {"s0": 20.0, "s1": 10.0}}
    given["network_usd_per_mwh"] = {"r0": {"s0": 1.0, "s1": 1.0}}
    return Instance.model_validate(given)


def test_ties_go_to_the_earliest_start_the_nearest_site_and_the_first_site():
    plan = compute_only_plan(tied(), EXACT)
    assert plan.schedule.jobs["j"] == Run("s0", 1)
    np.testing.assert_allclose(plan.schedule.routed_mw["r0"]["chat"]["s1"], 1.0, atol=1e-5)
    least, most = plan.tied_usd
    assert least < plan.benefit_usd < most


def test_the_interval_holds_every_tied_plan_and_its_ends_are_reached():
    """Without requests the six places of a job are all there is: each is tried by hand."""
    instance = tied()
    nothing = {"r0": {"chat": [0.0] * 4}}
    benefits = []
    for site in instance.sites:
        for start in (1, 2, 3):
            held = tied(sites=[site], release=start, deadline=start).model_copy(update={"demand_mw": nothing})
            benefits.append(compute_only_plan(held, EXACT).benefit_usd)
    plan = compute_only_plan(instance.model_copy(update={"demand_mw": nothing}), EXACT)
    assert plan.tied_usd == pytest.approx((min(benefits), max(benefits)), rel=1e-6)


def test_with_prices_in_sight_the_job_waits_for_the_cheapest_slot():
    given = tied().model_dump()
    given["sites"]["s1"]["import_usd_per_mwh"] = [90.0, 90.0, 10.0, 90.0]
    given["sites"]["s0"]["import_usd_per_mwh"] = [90.0] * 4
    instance = Instance.model_validate(given)
    assert compute_only_plan(instance, EXACT, Pricing.TIME_OF_USE).schedule.jobs["j"] == Run("s1", 2)
    assert compute_only_plan(instance, EXACT, Pricing.FLAT).schedule.jobs["j"] is None


def test_beyond_the_import_limit_requests_are_dropped_and_jobs_are_not():
    given = document(1, jobs=0)
    for site in given["sites"].values():
        site |= {"renewable_mw": [0.0] * 4, "import_mw": 3.0, "idle_mw": 0.1, "pue": [1.0] * 4}
    instance = Instance.model_validate(given)
    plan = compute_only_plan(instance, EXACT)
    assert broken_rules(given, plan.as_json()) == []
    assert sum(power.sum() for lost in plan.schedule.dropped_mw.values() for power in lost.values()) > 1
    job = {"it_mw": 4.0, "slots": 1, "release": 0, "deadline": 0, "value_usd": 1.0, "sites": ["s0"], "mandatory": True}
    given["jobs"]["j"] = job
    refused = compute_only_plan(Instance.model_validate(given), EXACT)
    assert (refused.status, refused.schedule) == (PlanStatus.INFEASIBLE, None)
    assert "import" in refused.reason


def test_the_policy_runs_jobs_by_deadline_and_serves_the_nearest_site_first():
    given = document(0, jobs=0)
    for site in given["sites"].values():
        site["it_capacity_mw"] = 3.0
    job = {"it_mw": 2.0, "slots": 2, "release": 0, "value_usd": 1.0, "sites": ["s0"], "mandatory": False}
    given["jobs"] = {"late": {**job, "deadline": 3}, "urgent": {**job, "deadline": 1}}
    given["demand_mw"] = {"r1": {"batch": [4.0] * 4}}
    given["latency_ms"], given["network_usd_per_mwh"] = {"r1": {"s0": 78.0, "s1": 8.0}}, {"r1": {"s0": 3.9, "s1": 0.4}}
    compute = policy(Instance.model_validate(given))
    assert compute.jobs == {"late": Run("s0", 2), "urgent": Run("s0", 0)}
    np.testing.assert_allclose(compute.routed_mw["r1"]["batch"]["s1"], 3.0)
    np.testing.assert_allclose(compute.routed_mw["r1"]["batch"]["s0"], 1.0)


@pytest.mark.parametrize("late", [0, 2])
def test_a_stage_that_ran_out_of_time_is_not_called_optimal(monkeypatch, late):
    """Whether the first stage or the breaking of ties: what it found is a plan, and no tie is claimed."""
    solved = []

    def solve(self, *args):
        solved.append(search(self, *args))
        return replace(solved[-1], status="time_limit") if len(solved) == late + 1 else solved[-1]

    search = JointProgramme.solve
    monkeypatch.setattr(JointProgramme, "solve", solve)
    plan = compute_only_plan(small_instance(0), EXACT)
    assert plan.status == PlanStatus.TIME_LIMIT
    assert plan.schedule is not None
    # What ties with a plan that may not be the best is not known; ties that are broken in part tie all the same.
    assert (plan.tied_usd is None) == (late == 0)
