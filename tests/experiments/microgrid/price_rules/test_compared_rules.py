"""Price rules of small instances: what all lose against column generation, and what each loses against its own best."""

import pytest
from microgrids.hull_by_columns import least_dual_value
from microgrids.one_site import job, one_site
from microgrids.small_microgrid import document, small_instance

from walras.experiments.microgrid.instance import Instance
from walras.experiments.microgrid.joint_plan import Effort
from walras.experiments.microgrid.microgrid_plan import PlanStatus
from walras.experiments.microgrid.price_rules import compared_rules
from walras.experiments.microgrid.price_rules.compared_rules import RulesInterrupted, compare_rules
from walras.experiments.microgrid.price_rules.priced_rule import Rule, Side, by_participant

EXACT = Effort(gap=0.0)
LUMPY = {"max_mw": 12.0, "min_mw": 9.0, "cost_usd_per_mwh": 40.0, "start_usd": 300.0, "e_t_per_mwh": 0.2}


def lumpy(seed, **changes):
    """Little can be bought, and the unit gives much or nothing."""
    given = document(seed, **changes)
    for site in given["sites"].values():
        site["dispatchable"], site["import_mw"], site["renewable_mw"] = LUMPY, 6.0, [0.0] * given["slots"]
    return Instance.model_validate(given)


INSTANCES = {
    "no budget": small_instance(0),
    "a budget": small_instance(0, carbon_budget_t=5.0),
    "another seed": small_instance(1, carbon_budget_t=5.0),
    "a tight budget": small_instance(1, carbon_budget_t=2.0),
    "a third seed": small_instance(2, carbon_budget_t=2.0),
    "lumpy units": lumpy(3),
    "lumpy units and a budget": lumpy(4, carbon_budget_t=8.0),
}


@pytest.mark.parametrize("name", INSTANCES)
def test_at_hull_prices_all_lose_what_bound_and_benefit_are_apart(name):
    instance = INSTANCES[name]
    found = compare_rules(instance, EXACT)
    assert found.is_whole
    benefit = found.plan.benefit_usd
    hull, marginal = found.rules[Rule.CONVEX_HULL], found.rules[Rule.MARGINAL]
    assert hull.lost.total_usd == pytest.approx(least_dual_value(instance) - benefit, abs=1e-6 * benefit)
    assert hull.lost.lost_usd.min() >= -1e-6 * benefit
    assert marginal.lost.total_usd >= hull.lost.total_usd - 1e-6 * benefit
    for rule in found.rules.values():
        assert rule.lost.paid_usd.sum() == pytest.approx(0.0, abs=1e-9 * benefit)
        assert (rule.penalty.usd_per_unit > 0) == bool(rule.deviates(found.participants))


def test_by_hand_a_site_that_runs_a_job_is_paid_what_the_relaxation_leaves_open():
    # 4 MW for one slot at 10 $/MWh cost 40 $; the job is worth 100 $, and any price between supports the plan.
    found = compare_rules(one_site([10.0], jobs={"j": job(4.0, 1, 0, 0, 100.0)}), EXACT)
    assert found.plan.benefit_usd == pytest.approx(60.0)
    for rule in found.rules.values():
        price = float(rule.lost.prices[0 if len(rule.lost.prices) == 1 else -1])
        assert 40.0 - 1e-6 <= price <= 100.0 + 1e-6
        assert rule.lost.total_usd == pytest.approx(0.0, abs=1e-6)
        assert rule.penalty.usd_per_unit == 0.0


def test_by_hand_a_job_that_leaves_requests_no_room():
    # 10 MW of IT for one slot, power free of charge. A job of 6 MW is worth 1000 $, one of 8 MW 1200 $; requests of
    # 5 MW are worth 600 $/MWh each: the first job and 4 MW of requests make 3400 $ less 200 $ for what is dropped.
    # The hull: requests first, all 5 MW, and five sixths of the first job, 3000 + 833.33 $.
    jobs = {"small": job(6.0, 1, 0, 0, 1000.0), "large": job(8.0, 1, 0, 0, 1200.0)}
    found = compare_rules(one_site([0.0], jobs=jobs, demand_mw=[5.0]), EXACT)
    assert found.plan.benefit_usd == pytest.approx(1000.0 + 4 * 400.0 - 200.0)
    lost = found.rules[Rule.CONVEX_HULL].lost
    assert lost.total_usd == pytest.approx(3000.0 + 5 / 6 * 1000.0 - 3400.0, abs=1e-6)
    by = by_participant(lost.lost_usd, found.participants)
    assert sum(by.values()) == pytest.approx(lost.total_usd)
    assert {side for side, _ in by} == {Side.SITES, Side.REGIONS, Side.JOB_OWNERS}


def test_sites_that_sell_nothing_and_instances_without_goods_are_priced():
    given = document(1)
    for one in given["jobs"].values():
        one["sites"] = ["s0"]
    given["latency_ms"] = {region: {"s0": 1.0, "s1": 900.0} for region in given["latency_ms"]}
    assert compare_rules(Instance.model_validate(given), EXACT).is_whole
    nothing = {**given, "jobs": {}, "demand_mw": {region: {} for region in given["demand_mw"]}}
    found = compare_rules(Instance.model_validate(nothing), EXACT)
    assert found.is_whole
    assert all(rule.lost.total_usd == pytest.approx(0.0, abs=1e-6) for rule in found.rules.values())


def test_broken_off_between_rounds_what_there_is_is_kept(monkeypatch):
    rounds = compared_rules.hull_rounds

    def broken(*given):
        for current in rounds(*given):
            yield current
            raise KeyboardInterrupt

    monkeypatch.setattr(compared_rules, "hull_rounds", broken)
    with pytest.raises(RulesInterrupted) as raised:
        compare_rules(INSTANCES["a budget"], EXACT)
    kept = raised.value.comparison
    assert not kept.is_whole
    assert [kept.rules[name].status for name in (Rule.MARGINAL, Rule.CONVEX_HULL)] == [
        PlanStatus.OPTIMAL,
        PlanStatus.INTERRUPTED,
    ]
    assert kept.rules[Rule.MARGINAL].penalty is not None
    assert kept.as_json()["rules"]["convex_hull"]["penalty_usd_per_unit"] is None


def test_an_instance_without_a_plan_has_no_prices():
    given = document(0)
    given["jobs"]["j"] = {**job(99.0, 1, 0, 3, 1.0, mandatory=True), "sites": ["s0"]}
    found = compare_rules(Instance.model_validate(given), EXACT)
    assert (found.plan.status, found.rules, found.is_whole) == (PlanStatus.INFEASIBLE, {}, False)
