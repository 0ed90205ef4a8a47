"""Shapley values: the axioms, and the split of small instances."""

from itertools import permutations

import numpy as np
import pytest
from microgrids.checker import broken_rules
from microgrids.small_microgrid import small_instance

from walras.experiments.microgrid.baselines.compute_policy import policy
from walras.experiments.microgrid.baselines.energy_only import energy_only_plan
from walras.experiments.microgrid.joint_plan import Effort, joint_plan
from walras.experiments.microgrid.participants import participants
from walras.experiments.microgrid.studies.coalition_plans import ALL, ENERGY, PLAYERS, coalition_plans, limits, split_of
from walras.experiments.microgrid.studies.shapley import coalitions, shapley_values
from walras.experiments.microgrid.studies.variations import scaled_renewables

EXACT = Effort(gap=0.0)


@pytest.fixture(scope="module")
def solved():
    instance = small_instance(3, slots=3, jobs=2)
    return instance, coalition_plans(instance, EXACT)


def game(seed, players):
    random = np.random.default_rng(seed)
    return {members: float(random.normal()) for members in coalitions(players)}


def test_values_are_averages_over_all_orders():
    players = "abcd"
    worth = game(0, players)
    added = dict.fromkeys(players, 0.0)
    orders = list(permutations(players))
    for order in orders:
        for place, player in enumerate(order):
            before = frozenset(order[:place])
            added[player] += (worth[before | {player}] - worth[before]) / len(orders)
    assert shapley_values(players, worth) == pytest.approx(added)


def test_values_add_up_and_equals_are_treated_equally():
    worth = {members: float(len(members & {"a", "b"}) ** 2 + 3 * ("c" in members)) for members in coalitions("abcd")}
    values = shapley_values("abcd", worth)
    assert sum(values.values()) == pytest.approx(worth[frozenset("abcd")] - worth[frozenset()])
    assert values == pytest.approx({"a": 2.0, "b": 2.0, "c": 3.0, "d": 0.0})


def test_the_split_adds_up_to_what_joint_planning_has_beyond_nothing(solved):
    instance, plans = solved
    split = split_of(plans)
    assert len(plans) == 32
    joint, empty = split.benefits_usd[ALL], split.benefits_usd[frozenset()]
    assert sum(split.shapley_usd.values()) == pytest.approx(joint - empty, abs=1e-6)
    assert joint == pytest.approx(joint_plan(instance, EXACT).benefit_usd)
    energy_only = energy_only_plan(instance, EXACT).benefit_usd
    assert split.benefits_usd[ENERGY] == pytest.approx(energy_only)
    assert sum(split.gain_over_energy_only_usd.values()) == pytest.approx(joint - energy_only, abs=1e-6)


def test_who_may_decide_more_has_no_less(solved):
    _, plans = solved
    for members, plan in plans.items():
        for player in set(PLAYERS) - members:
            assert plans[members | {player}].benefit_usd >= plan.benefit_usd - 1e-6


def test_schedules_of_coalitions_keep_all_rules_and_their_own(solved):
    instance, plans = solved
    for members, plan in plans.items():
        assert broken_rules(instance.model_dump(), plan.as_json()) == []
        for site in plan.schedule.sites.values():
            for player, power in (
                ("battery", site.charge_mw + site.discharge_mw),
                ("generation", site.dispatchable_mw),
                ("export", site.export_mw),
            ):
                assert player in members or power.max() < 1e-6
        if "job_timing" not in members:
            assert plan.schedule.jobs == plans[frozenset()].schedule.jobs


def test_a_coalition_plans_as_if_its_problem_were_stated_by_itself(solved):
    instance, plans = solved
    sites, compute = participants(instance).sites, policy(instance)
    for members, plan in plans.items():

        def restrict(declared, members=members):
            tight = limits(sites, declared.decisions, compute, members)
            return [rule for one in tight for rule in (one.variable >= one.least, one.variable <= one.most)]

        assert plan.benefit_usd == pytest.approx(joint_plan(instance, EXACT, restrict).benefit_usd)


def test_without_a_schedule_there_is_no_split():
    given = small_instance(3, jobs=0, carbon_budget_t=0.0)
    dark = given.model_copy(update={"sites": scaled_renewables(given, 0.0).sites})
    plans = coalition_plans(dark, EXACT)
    assert all(plan.schedule is None for plan in plans.values())
    assert split_of(plans) is None
