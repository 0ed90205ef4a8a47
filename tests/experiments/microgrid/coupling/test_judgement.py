"""The market judges its sites: claims and what becomes of them, on a market on paper.

In the first hour coal is at its limit of 60 MW and a clean unit sets the price, 40 + 0.1 g; in the second, with half
the load, coal does, 10 + 0.1 q. A job of 10 MW runs in either.
"""

import pytest
from microgrids.coupled_market import standing
from microgrids.one_site import job, one_site

from walras.experiments.errors import ScenarioError
from walras.experiments.microgrid.coupling import judged_seeds
from walras.experiments.microgrid.coupling.judged_seeds import JudgingInterrupted, judge_seeds
from walras.experiments.microgrid.coupling.judgement import judge
from walras.experiments.microgrid.coupling.scheduling_rules import Rule
from walras.experiments.microgrid.joint_plan import Effort

UNITS = "C,1,steam,coal,market,60,10,0.1,900\nN,1,steam,gas,market,100,40,0.1,0\n"
# Consumers give up 35 / 67.5 MW for each $/MWh in the second hour, 70 / 205 in the first.
BY_COAL_T = 0.9 / (1 + 0.1 * 35 / 67.5)
CLEAN_MW = (70 * 206 / 205 + 10 - 60) / (1 + 0.1 * 70 / 205)
AVERAGE_T = 0.9 * 60 / (60 + CLEAN_MW)


@pytest.fixture
def instance():
    found = one_site([0.0, 0.0], {"j": job(10.0, 1, 0, 1, 5000.0)})
    return found.model_copy(update={"carbon_price_usd_per_t": 50.0})


@pytest.fixture
def stands(instance, tmp_path):
    return standing(tmp_path, instance, profile=[1.0, 0.5], units=UNITS)


def test_claims_by_average_miss_what_marginal_emissions_tell(instance, stands):
    found = judge(instance, stands, effort=Effort(1e-9))
    assert found.base.claimed_t == pytest.approx(10 * AVERAGE_T)
    # The policy starts the job at once, in the hour of the clean unit; prices and average intensity draw it to coal.
    for rule in (Rule.AVERAGE, Rule.PRICE):
        assert found.changes[rule].claimed_t == pytest.approx(10 * (0.9 - AVERAGE_T))
        assert found.changes[rule].by_marginal_t == pytest.approx(10 * BY_COAL_T)
        assert found.changes[rule].actual_t == pytest.approx(10 * BY_COAL_T)
        assert found.changes[rule].it_mwh == pytest.approx(0.0)
    still = found.changes[Rule.MARGINAL]
    assert (still.claimed_t, still.actual_t, still.price_usd_per_mwh) == pytest.approx((0.0, 0.0, 0.0), abs=1e-6)


def test_prices_of_all_and_of_the_site_move_as_on_paper(instance, stands):
    change = judge(instance, stands, effort=Effort(1e-9), rules=[Rule.PRICE]).changes[Rule.PRICE]
    first, second = -0.1 * 10 / (1 + 0.1 * 70 / 205), 0.1 * 10 / (1 + 0.1 * 35 / 67.5)
    assert change.site_price_usd_per_mwh == pytest.approx((first + second) / 2)
    in_first, in_second = 50 + CLEAN_MW, 35.0
    weighted = (in_first * first + in_second * second) / (in_first + in_second)
    assert change.price_usd_per_mwh == pytest.approx(weighted)
    assert change.congestion_rent_usd == pytest.approx(0.0, abs=1e-6)


def test_who_has_no_price_or_a_budget_on_carbon_is_refused(instance, stands):
    free = instance.model_copy(update={"carbon_price_usd_per_t": 0.0, "carbon_budget_t": 1.0})
    with pytest.raises(ScenarioError) as caught:
        judge_seeds({None: free}, stands)
    assert "carbon_price_usd_per_t: is 0" in str(caught.value)
    assert "carbon_budget_t: is 1" in str(caught.value)


def test_seeds_that_were_judged_are_kept_and_spread(instance, stands, monkeypatch):
    one = judge(instance, stands, rules=[Rule.PRICE])
    answers = iter([one, one])
    monkeypatch.setattr(judged_seeds, "judge", lambda *_: next(answers))
    found = judge_seeds({0: instance, 1: instance}, stands)
    spread = found.as_json()["spread"]["price_alone"]["actual_t"]
    assert (spread["count"], spread["median"]) == (2, pytest.approx(10 * BY_COAL_T, rel=1e-4))
    assert found.is_whole

    def broken_off(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(judged_seeds, "judge", broken_off)
    with pytest.raises(JudgingInterrupted) as caught:
        judge_seeds({0: instance}, stands)
    assert not caught.value.judged.is_whole
