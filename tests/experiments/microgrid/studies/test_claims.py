"""What claims are judged by: equal service, gains of sites, verdicts over runs."""

from dataclasses import replace

import numpy as np
import pytest
from microgrids.checker import broken_rules
from microgrids.small_microgrid import small_instance

from walras.experiments.microgrid.baselines.energy_only import energy_only_plan
from walras.experiments.microgrid.instance import Instance
from walras.experiments.microgrid.joint_plan import Effort, joint_plan
from walras.experiments.microgrid.studies.abstract_claims import CLAIMS, verdicts
from walras.experiments.microgrid.studies.claim_runs import (
    BUDGET,
    ENERGY_ONLY_WITHOUT_OWN,
    JOINT_WITHOUT_OWN,
    NO_PRICE,
    ClaimRun,
    claim_run,
)
from walras.experiments.microgrid.studies.coalition_plans import ALL, BATTERY, ROUTING, Split
from walras.experiments.microgrid.studies.equal_service import equal_service_plan
from walras.experiments.microgrid.studies.shapley import coalitions
from walras.experiments.microgrid.studies.site_gains import (
    gain_of_the_richest_usd,
    richest_site,
    site_benefits_usd,
    site_gains_usd,
)
from walras.experiments.microgrid.studies.study_document import StudyDone
from walras.experiments.microgrid.studies.three_plans import PlanFigures

EXACT = Effort(gap=0.0)


@pytest.mark.parametrize("seed", range(3))
def test_at_equal_service_the_same_jobs_run_and_the_same_requests_are_dropped(seed):
    instance = small_instance(seed, carbon_budget_t=6.0)
    energy_only = energy_only_plan(instance, EXACT)
    plan = equal_service_plan(instance, energy_only.schedule, EXACT)
    assert broken_rules(instance.model_dump(), plan.as_json()) == []
    runs = {job: run is not None for job, run in energy_only.schedule.jobs.items()}
    assert {job: run is not None for job, run in plan.schedule.jobs.items()} == runs
    for region, classes in energy_only.schedule.dropped_mw.items():
        for kind, lost in classes.items():
            np.testing.assert_allclose(plan.schedule.dropped_mw[region][kind], lost, atol=1e-6)
    joint = joint_plan(instance, EXACT).benefit_usd
    assert energy_only.benefit_usd - 1e-6 <= plan.benefit_usd <= joint + 1e-6


def test_what_sites_earn_adds_up_to_the_benefit_but_for_drops():
    instance = small_instance(4)
    plan = joint_plan(instance, EXACT)
    earned = sum(site_benefits_usd(instance, plan.schedule).values())
    assert earned + plan.parts_usd["drops"] == pytest.approx(plan.benefit_usd)


def test_the_richest_site_is_that_of_most_sun_and_wind_by_capacity():
    instance = small_instance(4)
    joint, energy_only = joint_plan(instance, EXACT), energy_only_plan(instance, EXACT)
    after, before = (site_benefits_usd(instance, plan.schedule) for plan in (joint, energy_only))
    gains = {site: after[site] - before[site] for site in ("s0", "s1")}
    rich = {site: sum(own.renewable_mw) / own.it_capacity_mw for site, own in instance.sites.items()}
    first, other = sorted(rich, key=rich.get, reverse=True)
    assert richest_site(instance) == first
    assert site_gains_usd(instance, joint, energy_only) == pytest.approx(gains)
    assert gain_of_the_richest_usd(instance, gains) == pytest.approx(gains[first] - gains[other])


def test_what_a_site_gains_without_its_sun_and_wind_is_that_of_an_instance_without_them():
    instance = small_instance(4, slots=2, jobs=1)
    first = richest_site(instance)
    given = instance.model_dump()
    given["sites"][first]["renewable_mw"] = [0.0] * instance.slots
    bare = Instance.model_validate(given)
    plans = joint, energy_only = joint_plan(bare, EXACT), energy_only_plan(bare, EXACT)
    (one,) = claim_run(NO_PRICE, instance, 4, EXACT)
    assert one.richest_without_usd == pytest.approx(site_gains_usd(bare, joint, energy_only)[first])
    counted = [one.plans[name].benefit_usd for name in (JOINT_WITHOUT_OWN, ENERGY_ONLY_WITHOUT_OWN)]
    assert counted == pytest.approx([plan.benefit_usd for plan in plans])


def run(benefit, emissions=10.0, setting=NO_PRICE, split=None, seed=0):
    plans = {
        name: PlanFigures("optimal", usd, 0.0, tonnes, 0.0, 1.0)
        for name, usd, tonnes in (("joint", benefit, emissions), ("energy_only", 100.0, 10.0))
    }
    return ClaimRun(setting, seed, plans, split, None, 0)


def told(runs, words, setting=NO_PRICE):
    return next(v for v in verdicts(runs) if v.claim.words == words and v.setting == setting)


def test_a_claim_holds_for_all_runs_for_some_or_for_none():
    words = "joint beats energy-only"
    assert told([run(104.0), run(102.0, seed=1)], words).word == "holds"
    mixed = told([run(104.0), run(100.0, seed=1), run(None, seed=2)], words)
    assert (mixed.word, mixed.held, mixed.failing) == ("mixed", 1, [1])
    assert told([run(100.05)], words).word == "fails"
    assert told([run(104.0), run(102.0, seed=1)], words).spread.median == pytest.approx(3.0)
    assert told([run(None)], words).word == "unknown"


def test_a_claim_that_fails_with_a_budget_is_told_there_alone():
    runs = [run(104.0, 8.0), run(104.0, 10.0, BUDGET)]
    words = "joint emits less than energy-only"
    assert told(runs, words).spread.median == pytest.approx(20.0)
    assert (told(runs, words).word, told(runs, words, BUDGET).word) == ("holds", "fails")


def test_routing_and_storage_are_judged_by_the_split():
    worth = {c: 100.0 + 30.0 * (ROUTING in c) + 10.0 * (BATTERY in c) for c in coalitions(sorted(ALL))}
    runs = [run(140.0, split=Split(worth))]
    assert told(runs, "routing is a major source of value").spread.median == pytest.approx(75.0)
    assert told(runs, "storage is useful").spread.median == pytest.approx(100 * 10 / 140)


def test_local_generation_is_judged_by_what_the_richest_site_loses_without_it():
    words = "most of its gain is lost without its sun and wind"
    lost = replace(run(104.0), richest_own_usd=50.0, richest_without_usd=20.0)
    kept = replace(run(104.0, seed=1), richest_own_usd=50.0, richest_without_usd=45.0)
    loses = replace(run(104.0, seed=2), richest_own_usd=-5.0, richest_without_usd=-9.0)
    found = told([lost, kept, loses], words)
    assert found.numbers == pytest.approx({0: 60.0, 1: 10.0})
    assert found.failing == [1]


def test_one_run_judges_every_claim():
    (one,) = claim_run(BUDGET, small_instance(1, slots=2, jobs=1), 1, EXACT)
    found = verdicts([one])
    assert [verdict.claim for verdict in found] == list(CLAIMS)
    # Its richest site gains nothing that could be lost.
    assert one.richest_own_usd < 0
    assert [verdict.word in ("holds", "fails") for verdict in found] == [True] * (len(CLAIMS) - 1) + [False]


def test_plans_that_ran_out_of_time_are_counted_those_of_the_split_too():
    late = PlanFigures("time_limit", 1.0, 0.1, 1.0, 0.0, 9.0)
    done = StudyDone("some", [0], [], [ClaimRun(NO_PRICE, 0, {"joint": late}, None, None, 3)])
    assert done.out_of_time == 4


def test_the_share_of_instances_is_wilsons_interval():
    found = told([run(104.0 if seed else 100.0, seed=seed) for seed in range(10)], "joint beats energy-only")
    share, z = 0.9, 1.959964
    middle, half = share + z**2 / 20, z * (share * (1 - share) / 10 + z**2 / 400) ** 0.5
    assert found.held_share == pytest.approx([(middle - half) / (1 + z**2 / 10), (middle + half) / (1 + z**2 / 10)])
    assert told([run(None)], "joint beats energy-only").held_share is None
