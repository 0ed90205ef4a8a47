"""Branch and price: branches have all plans between them, and prove what no prices prove for all at once."""

import numpy as np
import pytest
from microgrids.dual_value import dual_value_usd, proven_usd
from microgrids.enumeration import greatest_benefit
from microgrids.small_microgrid import document, small_instance

from walras.coordinator.executors.mixed_integer import MixedInteger
from walras.coordinator.programmes.integer_searches import Search
from walras.experiments.microgrid.decomposition.branch_bounds import BranchBounds
from walras.experiments.microgrid.decomposition.decomposed_plan import decomposed_plan
from walras.experiments.microgrid.decomposition.priced_bound import BoundedBranch
from walras.experiments.microgrid.decomposition.priced_market import priced_market
from walras.experiments.microgrid.instance import Instance
from walras.experiments.microgrid.joint_plan import Effort, joint_plan
from walras.experiments.microgrid.joint_programme import JointProgramme
from walras.experiments.microgrid.microgrid_plan import PlanStatus
from walras.experiments.microgrid.participants import participants


@pytest.mark.parametrize("seed", [1, 2, 4, 5])
def test_branches_close_what_prices_leave_open(seed):
    given = document(seed, carbon_budget_t=2.0)
    plan = decomposed_plan(Instance.model_validate(given), Effort(1e-6, 20.0))
    assert plan.status == PlanStatus.OPTIMAL
    assert len(plan.priced.branches) > 1
    assert plan.bound_usd == pytest.approx(greatest_benefit(given), rel=2e-6)
    assert plan.bound_usd == pytest.approx(max(branch.bound_usd for branch in plan.priced.branches), rel=1e-9)
    assert proven_usd(given, plan.as_json()) <= plan.bound_usd + 1e-6 * abs(plan.bound_usd)


def test_splits_lower_the_bound_that_prices_have_reached():
    plan = decomposed_plan(small_instance(2, carbon_budget_t=2.0), Effort(1e-6, 20.0))
    bounds = [one.bound_usd for one in plan.priced.rounds]
    assert bounds == sorted(bounds, reverse=True)
    whole = dual_value_usd(document(2, carbon_budget_t=2.0), plan.as_json()["prices"])
    assert whole in [pytest.approx(bound, rel=1e-7) for bound in bounds]
    assert bounds[-1] < whole - 5.0


def test_a_checker_sees_what_branches_leave_out():
    given = document(2, carbon_budget_t=2.0)
    plan = decomposed_plan(Instance.model_validate(given), Effort(1e-6, 20.0)).as_json()
    for left_out in range(len(plan["branches"])):
        others = [branch for number, branch in enumerate(plan["branches"]) if number != left_out]
        with pytest.raises(AssertionError, match="in no branch"):
            proven_usd(given, {**plan, "branches": others})


def bounds_of(instance):
    agents = participants(instance)
    joint, market, heard = JointProgramme(agents), priced_market(instance, agents), []
    respond = MixedInteger(Search(1e-9)).compile(market)
    whole = BoundedBranch({}, np.inf, market.goods, np.zeros(len(market.goods)))
    return BranchBounds(instance, agents, joint, market, respond, heard.append), whole, heard


@pytest.mark.parametrize("seed", range(4))
def test_a_branch_is_bounded_as_the_instance_that_it_is(seed):
    instance = small_instance(seed, carbon_budget_t=2.0)
    bounds, whole, heard = bounds_of(instance)
    branch = {
        "j0": None,
        "j1": instance.jobs["j1"].model_copy(update={"mandatory": True}),
        "j2": instance.jobs["j2"].model_copy(update={"sites": ["s1"]}),
    }
    proven = bounds.halves(whole, [branch], -np.inf)[0].proven
    told = proven.as_json()
    within = document(seed, carbon_budget_t=2.0)
    within["jobs"] = {name: job for name, job in {**within["jobs"], **told["jobs"]}.items() if job is not None}
    assert proven.bound_usd == pytest.approx(dual_value_usd(within, told["prices"]), rel=1e-7)
    assert proven.bound_usd >= joint_plan(Instance.model_validate(within), Effort(1e-7)).benefit_usd - 1e-2
    assert len(heard) == 1


def test_a_branch_without_a_plan_is_proven_to_be_worth_less_than_any():
    instance = small_instance(1, carbon_budget_t=2.0)
    too_large = instance.jobs["j0"].model_copy(update={"it_mw": 1e3})
    instance = instance.model_copy(update={"jobs": {**instance.jobs, "j0": too_large}})
    bounds, whole, _ = bounds_of(instance)
    branch = {"j0": too_large.model_copy(update={"mandatory": True})}
    assert bounds.halves(whole, [branch], -np.inf)[0].proven.bound_usd < -1e5


def test_where_prices_of_the_parent_prove_more_they_are_kept():
    bounds, whole, _ = bounds_of(small_instance(2, carbon_budget_t=2.0))
    parent = BoundedBranch({}, 1.0, whole.goods, whole.prices)
    proven = bounds.halves(parent, [{"j0": None}], -np.inf)[0].proven
    assert proven.bound_usd == 1.0
    assert proven.prices is parent.prices


def test_branches_that_cannot_be_better_than_a_known_plan_are_bounded_without_asking():
    instance = small_instance(2, carbon_budget_t=2.0)
    bounds, whole, heard = bounds_of(instance)
    branches = [{"j0": None}, {"j0": instance.jobs["j0"].model_copy(update={"mandatory": True})}]
    asked = [node.proven for node in bounds.halves(whole, branches, -np.inf)]
    assert len(heard) == 2
    known = [node.proven for node in bounds.halves(whole, branches, 1e9)]
    assert len(heard) == 2
    for one, other in zip(asked, known, strict=True):
        assert other.bound_usd >= one.bound_usd - 1e-6
        np.testing.assert_allclose(other.prices, one.prices)
