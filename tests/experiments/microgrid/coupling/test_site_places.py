"""Where sites stand, and which market has the hours of an instance."""

import pytest
from microgrids.coupled_market import write_market
from microgrids.one_site import one_site

from walras.experiments.errors import ScenarioError
from walras.experiments.microgrid.coupling.day_market import WINTER_WEEKDAY, read_day_market
from walras.experiments.microgrid.coupling.site_places import site_places
from walras.experiments.microgrid.instance_reading import read_instance
from walras.experiments.scenario.reading import read_scenario


@pytest.fixture(scope="module")
def four():
    return read_instance("microgrid4")


@pytest.fixture(scope="module")
def rts24():
    return read_scenario("rts24").case


def test_who_is_not_told_stands_at_the_largest_loads(four, rts24):
    assert site_places(four, rts24) == {"site1": 18, "site2": 15, "site3": 13, "site4": 10}
    assert site_places(four, rts24, ["site3=18", "site1=3"]) == {"site1": 3, "site2": 15, "site3": 18, "site4": 13}


def test_every_word_that_leads_nowhere_is_told(four, rts24):
    with pytest.raises(ScenarioError) as caught:
        site_places(four, rts24, ["site9=1", "site1=99", "site2", "site3=1", "site3=2"])
    told = str(caught.value)
    assert "--at: site9=1: 'site9' is no site; allowed: site1, site2" in told
    assert "--at: site1=99: '99' is no bus of the market; allowed: 1, 2, 3" in told
    assert "--at: 'site2': site=bus is needed" in told
    assert "--at: site3=2: 'site3' stands at bus 1 already" in told


def test_one_hour_becomes_a_winter_weekday_in_a_pool(four):
    scenario = read_day_market("rts24", [], four).scenario
    assert (scenario.periods, scenario.trade) == (24, "pooled")
    assert scenario.load_profile == list(WINTER_WEEKDAY)
    assert max(WINTER_WEEKDAY) == 1.0
    flat = read_day_market("rts24", ["periods=24"], four).scenario
    assert flat.load_profile is None


def test_a_market_of_other_hours_is_refused(tmp_path, four):
    with pytest.raises(ScenarioError, match=r"periods: is 3, and the instance has 24 slots; as many are needed"):
        read_day_market(write_market(tmp_path, 3), [], four)
    quarters = one_site([0.0, 0.0]).model_copy(update={"slot_hours": 0.25})
    with pytest.raises(ScenarioError, match=r"slot_hours: is 0\.25; .* slots of 1 hour are needed"):
        read_day_market("rts24", [], quarters)


def test_leases_disclosed_before_they_are_made_are_refused(four):
    with pytest.raises(ScenarioError, match=r"disclosure: is ex_ante"):
        read_day_market("rts24", ["disclosure=ex_ante"], four)
