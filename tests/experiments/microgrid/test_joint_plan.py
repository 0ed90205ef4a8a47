"""The joint plan: against enumeration, another solver, and a checker that knows nothing of the model."""

from math import inf

import cvxpy as cp
import numpy as np
import pytest
from microgrids.checker import broken_rules
from microgrids.enumeration import greatest_benefit
from microgrids.one_site import one_site
from microgrids.small_microgrid import document, small_instance

from walras.agents.microgrid import Microgrid
from walras.experiments.microgrid.baselines.compute_policy import policy
from walras.experiments.microgrid.instance import Instance
from walras.experiments.microgrid.joint_plan import Effort, joint_plan
from walras.experiments.microgrid.joint_programme import JointProgramme
from walras.experiments.microgrid.microgrid_plan import PlanStatus
from walras.experiments.microgrid.participants import participants

EXACT = Effort(gap=0.0)
BUDGETS = (None, 4.0, 1.0)


def checked(instance, effort=EXACT):
    plan = joint_plan(instance, effort)
    assert plan.status == PlanStatus.OPTIMAL
    assert broken_rules(instance.model_dump(), plan.as_json()) == []
    assert plan.budget_excess_t <= 1e-9
    return plan


@pytest.mark.parametrize("seed", range(4))
def test_as_good_as_the_best_of_all_starts_and_commitments(seed):
    given = document(seed, jobs=2, carbon_budget_t=BUDGETS[seed % 3], carbon_price_usd_per_t=[0.0, 50.0][seed % 2])
    plan = checked(Instance.model_validate(given))
    assert plan.benefit_usd == pytest.approx(greatest_benefit(given), rel=1e-7, abs=1e-4)
    assert plan.bound_usd == pytest.approx(plan.benefit_usd, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_as_good_as_what_another_solver_finds(seed):
    instance = small_instance(seed, sites=3, slots=6, jobs=5, carbon_budget_t=BUDGETS[seed])
    joint = JointProgramme(participants(instance))
    ours = checked(instance).benefit_usd
    assert -joint.problem.solve(solver=cp.SCIP) == pytest.approx(ours, rel=1e-6)


def odd_prices(seed):
    """Prices below zero and exports dearer than imports in some slots, emissions or not."""
    random = np.random.default_rng(seed)
    given = document(seed, slots=5, carbon_price_usd_per_t=float(random.choice([0.0, 40.0])))
    for site in given["sites"].values():
        site["import_usd_per_mwh"] = random.uniform(-40, 60, 5).tolist()
        site["export_usd_per_mwh"] = random.uniform(-40, 70, 5).tolist()
        site["battery"]["wear_usd_per_mwh"] = 0.0
        site["export_mw"] = float(random.uniform(0, 14))
    return Instance.model_validate(given)


@pytest.mark.parametrize("seed", range(8))
def test_choices_that_are_left_out_change_nothing(seed, monkeypatch):
    instance = odd_prices(seed)
    fewer = JointProgramme(participants(instance)).programme.is_integer.sum()
    benefit = checked(instance).benefit_usd
    everywhere = property(lambda self: np.ones(self.slots, dtype=bool))
    monkeypatch.setattr(Microgrid, "must_choose_direction", everywhere)
    monkeypatch.setattr(Microgrid, "must_choose_charge", everywhere)
    assert JointProgramme(participants(instance)).programme.is_integer.sum() > fewer
    assert checked(instance).benefit_usd == pytest.approx(benefit, rel=1e-7, abs=1e-4)


def test_choices_are_made_where_they_matter():
    """A site that could buy at 10 and sell at 20 at once, or is paid to burn energy, needs them."""
    given = document(0)
    site = given["sites"]["s1"]
    site["import_usd_per_mwh"], site["export_usd_per_mwh"] = [10.0] * 4, [20.0] * 4
    assert participants(Instance.model_validate(given)).sites[1].microgrid.must_choose_direction.all()
    site["import_usd_per_mwh"], site["export_usd_per_mwh"] = [-10.0] * 4, [-20.0] * 4
    assert participants(Instance.model_validate(given)).sites[1].microgrid.must_choose_charge.all()
    checked(Instance.model_validate(given))


def test_a_job_of_one_site_by_hand():
    """One slot: a job of 2 MW worth 100 $ and 0.4 MW idle, of which 1.4 MW are sun's and 1 MW is bought at 30 $."""
    given = document(0, sites=1, slots=1, jobs=0)
    site = given["sites"]["s0"]
    site |= {"it_capacity_mw": 2.0, "idle_mw": 0.4, "pue": [1.0], "renewable_mw": [1.4], "import_mw": 5.0}
    site |= {"import_usd_per_mwh": [30.0], "export_usd_per_mwh": [0.0], "grid_t_per_mwh": [0.5]}
    site["dispatchable"] = {**site["dispatchable"], "max_mw": 0.0, "min_mw": 0.0, "start_usd": 0.0}
    given["jobs"]["j"] = {
        "it_mw": 2.0,
        "slots": 1,
        "release": 0,
        "deadline": 0,
        "value_usd": 100.0,
        "sites": ["s0"],
        "mandatory": False,
    }
    given["demand_mw"] = {"r0": {"chat": [0.0]}}
    plan = checked(Instance.model_validate(given))
    assert plan.benefit_usd == pytest.approx(100 - 30 * 1.0)
    assert plan.emissions_t == pytest.approx(0.5)


def test_a_plan_without_choices_is_its_own_bound_though_it_costs_more_than_it_earns():
    plan = checked(one_site([20, 100], idle_mw=1.0))
    assert (plan.benefit_usd, plan.bound_usd, plan.gap) == (pytest.approx(-120.0), pytest.approx(-120.0), 0.0)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"slots": 3, "release": 2, "deadline": 3}, "job j is mandatory, and takes 3 slots of a window of 2"),
        ({"it_mw": 99.0}, "job j is mandatory, and takes 99 MW of at most"),
        ({"sites": []}, "job j is mandatory, and may run on no site"),
    ],
)
def test_mandatory_jobs_that_fit_nowhere(changes, reason):
    given = document(0, jobs=0)
    job = {"it_mw": 1.0, "slots": 1, "release": 0, "deadline": 3, "value_usd": 1.0, "sites": ["s0"], "mandatory": True}
    given["jobs"]["j"] = {**job, **changes}
    plan = joint_plan(Instance.model_validate(given))
    assert plan.status == PlanStatus.INFEASIBLE
    assert plan.schedule is None
    assert reason in plan.reason
    given["jobs"]["j"]["mandatory"] = False
    assert checked(Instance.model_validate(given)).schedule.jobs == {"j": None}


def test_a_budget_below_what_mandatory_work_emits():
    given = document(0, carbon_budget_t=0.0)
    for site in given["sites"].values():
        site["renewable_mw"] = [0.0] * 4
    plan = joint_plan(Instance.model_validate(given))
    assert (plan.status, plan.benefit_usd, plan.gap) == (PlanStatus.INFEASIBLE, -inf, inf)
    assert "carbon budget" in plan.reason


def test_sites_without_capacity_battery_or_requests_in_reach():
    given = document(3, carbon_budget_t=9.0)
    given["sites"]["s1"]["it_capacity_mw"] = 0.0
    battery = given["sites"]["s0"]["battery"]
    battery |= {"max_mwh": 0.0, "min_mwh": 0.0, "initial_mwh": 0.0, "max_mw": 0.0}
    given["latency_ms"]["r1"] = {"s0": 300.0, "s1": 300.0}
    plan = checked(Instance.model_validate(given))
    np.testing.assert_allclose(plan.schedule.dropped_mw["r1"]["chat"], given["demand_mw"]["r1"]["chat"])
    assert plan.schedule.sites["s1"].it_mw.max() == 0


@pytest.mark.parametrize("seed", range(3))
def test_large_problems_begin_from_the_policys_jobs(seed, monkeypatch):
    monkeypatch.setattr("walras.experiments.microgrid.joint_plan._LARGE", 0)
    instance = small_instance(seed)
    # The first plan is within such a gap.
    assert joint_plan(instance, Effort(gap=1e9)).schedule.jobs == policy(instance).jobs
    best = joint_plan(instance, Effort(gap=0.0)).benefit_usd
    monkeypatch.undo()
    assert best == pytest.approx(joint_plan(instance, Effort(gap=0.0)).benefit_usd)
