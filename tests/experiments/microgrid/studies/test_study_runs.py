"""Runs of a study: the three plans at every value, spread over seeds, and what a budget costs."""

import pytest
from microgrids.small_microgrid import small_instance

from walras.experiments.microgrid.baselines.compute_only import compute_only_plan
from walras.experiments.microgrid.joint_plan import Effort
from walras.experiments.microgrid.studies.abatement import abatement
from walras.experiments.microgrid.studies.spread import spread
from walras.experiments.microgrid.studies.study_kinds import BUDGET_SHARES, VARIATIONS, StudyKind
from walras.experiments.microgrid.studies.study_runs import variation_points
from walras.experiments.microgrid.studies.three_plans import compute_alone, three_plans
from walras.experiments.microgrid.studies.variations import scaled_batteries, scaled_renewables, with_carbon_price

EXACT = Effort(gap=0.0)


def benefits(points, name="joint"):
    return [point.plans[name].benefit_usd for point in points]


@pytest.mark.parametrize("kind", [StudyKind.RADIUS, StudyKind.BATTERY])
def test_more_room_is_never_worse_for_joint_planning(kind):
    points = variation_points(kind, small_instance(0, slots=2, jobs=1), 0, EXACT)
    assert [point.value for point in points] == list(VARIATIONS[kind].values)
    joint = benefits(points)
    assert joint == sorted(joint)
    assert all(best >= other - 1e-6 for best, other in zip(joint, benefits(points, "energy_only"), strict=True))


def test_where_energy_alone_varies_compute_only_planning_is_what_it_is_by_itself():
    instance = small_instance(1, slots=3, jobs=2)
    changed = with_carbon_price(scaled_batteries(scaled_renewables(instance, 0.3), 2.0), 100.0)
    blind = compute_alone(instance, EXACT)
    beside = three_plans(changed, EXACT, blind)["compute_only"]
    assert beside.seconds == blind.seconds > 0
    assert beside.benefit_usd == pytest.approx(compute_only_plan(changed, EXACT).benefit_usd)


def test_budgets_are_shares_and_their_cost_rises():
    points = variation_points(StudyKind.BUDGET, small_instance(2, slots=3, jobs=2), 2, EXACT)
    assert [point.value for point in points] == list(BUDGET_SHARES)
    free = points[0].plans["joint"].emissions_t
    for point in points:
        joint = point.plans["joint"]
        assert joint.status == "infeasible" or joint.emissions_t <= point.value * free + 1e-6
    curve = abatement(points)
    assert (curve[0].avoided_t, curve[0].lost_usd, curve[0].average_usd_per_t) == (0.0, 0.0, None)
    lost = [step.lost_usd for step in curve]
    assert lost == sorted(lost)
    last = curve[-1]
    assert last.average_usd_per_t == pytest.approx(last.lost_usd / last.avoided_t)


def test_spread_leaves_out_what_is_unknown():
    found = spread([4.0, None, 1.0, 2.0, 3.0, 5.0])
    assert (found.min, found.lower_quartile, found.median, found.upper_quartile, found.max) == (1, 2, 3, 4, 5)
    assert found.count == 5
    assert spread([None]) is None
