"""Branch and price: branches have all plans between them, and prove what no prices prove for all at once."""

import numpy as np
import pytest
from microgrids.dual_value import dual_value_usd, proven_usd
from microgrids.enumeration import greatest_benefit
from microgrids.small_microgrid import document, small_instance

from walras.coordinator.announcement import Prices
from walras.coordinator.executors.mixed_integer import MixedInteger
from walras.coordinator.price_rules.dual_bound import DualBound
from walras.coordinator.programmes.integer_searches import Search
from walras.coordinator.programmes.relaxation import solve_relaxation
from walras.experiments.microgrid.decomposition.branch_bounds import BranchBounds
from walras.experiments.microgrid.decomposition.branch_relaxations import BranchRelaxations
from walras.experiments.microgrid.decomposition.branch_search import BranchSearch
from walras.experiments.microgrid.decomposition.decomposed_plan import decomposed_plan
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
    """What bounds its branches, the root, the dual's value at the prices that it knows, and what sites chose since."""
    agents = participants(instance)
    joint, market, heard = JointProgramme(agents), priced_market(instance, agents), []
    respond = MixedInteger(Search(1e-9)).compile(market)
    prices = np.zeros(len(market.goods))
    prices[market.positions(joint.goods)] = solve_relaxation(joint.programme).row_duals[: len(joint.goods)]
    bound = DualBound(market, respond)
    bound(Prices(prices))
    relaxations = BranchRelaxations(instance, agents, market, prices, np.inf)
    bounds = BranchBounds(relaxations, market, respond, Search(1e-9, is_short=True), heard.append)
    return bounds, bounds.whole(bound.best_prices, bound.best_responses), bound.best_usd, heard


def within(given, jobs):
    changed = {name: job for name, job in {**given["jobs"], **jobs}.items() if job is not None}
    return {**given, "jobs": changed}


@pytest.mark.parametrize("seed", range(4))
def test_what_sites_have_proven_makes_the_relaxation_prove_as_much_as_their_prices(seed):
    given = document(seed, carbon_budget_t=2.0)
    instance = Instance.model_validate(given)
    _, root, dual_usd, _ = bounds_of(instance)
    relaxed_usd = -solve_relaxation(JointProgramme(participants(instance)).programme).value
    assert root.proven.bound_usd <= dual_usd + 1e-6 * abs(dual_usd)
    assert dual_usd <= relaxed_usd + 1e-6 * abs(relaxed_usd)
    at_its_prices_usd = dual_value_usd(given, root.proven.as_json()["prices"])
    assert at_its_prices_usd <= root.proven.bound_usd + 1e-6 * abs(dual_usd)
    assert root.proven.bound_usd >= greatest_benefit(given) - 1e-6 * abs(dual_usd)


@pytest.mark.parametrize("seed", range(4))
def test_a_branch_is_bounded_as_the_instance_that_it_is(seed):
    given = document(seed, carbon_budget_t=2.0)
    instance = Instance.model_validate(given)
    bounds, root, _, heard = bounds_of(instance)
    branch = {
        "j0": None,
        "j1": instance.jobs["j1"].model_copy(update={"mandatory": True}),
        "j2": instance.jobs["j2"].model_copy(update={"sites": ["s1"]}),
    }
    relaxed = bounds.half(root, branch)
    (answered,) = bounds.answered([relaxed])
    assert len(heard) == 1
    told = answered.proven.as_json()
    own = within(given, told["jobs"])
    little = 1e-6 * abs(told["bound_usd"])
    assert told["bound_usd"] <= relaxed.proven.bound_usd + little
    assert told["bound_usd"] <= dual_value_usd(own, relaxed.proven.as_json()["prices"]) + little
    assert told["bound_usd"] >= dual_value_usd(own, told["prices"]) - little
    assert told["bound_usd"] >= joint_plan(Instance.model_validate(own), Effort(1e-7)).benefit_usd - 1e-2


def test_a_branch_without_a_plan_is_proven_to_be_worth_less_than_any():
    instance = small_instance(1, carbon_budget_t=2.0)
    too_large = instance.jobs["j0"].model_copy(update={"it_mw": 1e3})
    instance = instance.model_copy(update={"jobs": {**instance.jobs, "j0": too_large}})
    bounds, root, _, _ = bounds_of(instance)
    branch = {"j0": too_large.model_copy(update={"mandatory": True})}
    assert bounds.half(root, branch).proven.bound_usd < -1e5


def test_sites_are_asked_in_branches_that_can_be_better_than_a_known_plan_alone():
    bounds, root, _, heard = bounds_of(small_instance(2, carbon_budget_t=2.0))
    assert BranchSearch(bounds, root).split(1e9)
    assert not heard
    assert BranchSearch(bounds, root).split(-np.inf)
    assert len(heard) == 2


def test_leaves_share_what_their_parent_has():
    given = document(2, carbon_budget_t=2.0)
    bounds, root, _, _ = bounds_of(Instance.model_validate(given))
    tree = BranchSearch(bounds, root)
    before = tree.bound_usd
    assert before == root.proven.bound_usd
    assert tree.split(greatest_benefit(given))
    assert [len(leaf.jobs) for leaf in tree.leaves] == [1, 1]
    assert tree.bound_usd == max(leaf.bound_usd for leaf in tree.leaves) < before
