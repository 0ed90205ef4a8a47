"""Variations of an instance: one thing changes, and what is given stays as it is."""

import pytest
from microgrids.small_microgrid import small_instance

from walras.experiments.microgrid.instance_reading import parse_instance, read_instance
from walras.experiments.microgrid.participants import routes_to
from walras.experiments.microgrid.studies.study_kinds import SIZES, VARIATIONS
from walras.experiments.microgrid.studies.variations import scaled_batteries, scaled_renewables, within_radius


def reached(instance):
    return {(site, route.region) for site in instance.sites for route in routes_to(instance, site)}


@pytest.mark.parametrize("kind", VARIATIONS)
def test_what_is_made_is_an_instance_and_what_was_given_stays(kind):
    instance = small_instance(0)
    before = instance.model_dump()
    for value in VARIATIONS[kind].values:
        changed = VARIATIONS[kind].change(instance, value)
        parse_instance(changed.model_dump())
    assert instance.model_dump() == before


def test_a_radius_of_nothing_leaves_the_nearest_sites():
    instance = small_instance(0)
    home = {("s0", "r0"), ("s1", "r1")}
    assert reached(within_radius(instance, 0.0)) == home
    assert reached(within_radius(instance, 77.0)) == home
    assert len(reached(within_radius(instance, 78.0))) == 4


def test_equally_near_sites_are_all_near():
    given = small_instance(0)
    instance = given.model_copy(update={"latency_ms": {region: {"s0": 9.0, "s1": 9.0} for region in ("r0", "r1")}})
    assert len(reached(within_radius(instance, 0.0))) == 4


def test_a_factor_of_one_changes_nothing():
    instance = small_instance(0)
    assert scaled_batteries(instance, 1.0) == scaled_renewables(instance, 1.0) == instance


def test_sizes_are_days_of_what_fits():
    instance = read_instance("microgrid4", SIZES[0].overrides, 3)
    assert (len(instance.sites), len(instance.jobs), instance.slots * instance.slot_hours) == (2, 10, 24)
    assert len(instance.demand_mw) == 2
