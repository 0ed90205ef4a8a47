"""The built-in case against the published numbers of the IEEE reliability test system."""

import numpy as np
import pytest

from walras.network import built_in_cases, read_case


@pytest.fixture(scope="module")
def case():
    return read_case("rts24")


def test_rts24_is_built_in():
    assert "rts24" in built_in_cases()


def test_it_has_24_buses_38_lines_and_its_hub_at_bus_13(case):
    assert case.grid.buses == tuple(range(1, 25))
    assert len(case.grid.line_ids) == 38
    assert case.grid.hub == 13


def test_its_17_loads_sum_to_2850_mw(case):
    assert len(case.load_mw) == 17
    assert sum(case.load_mw.values()) == 2850


def test_its_14_unit_groups_sum_to_3405_mw(case):
    assert len(case.unit_groups) == 14
    assert sum(group.capacity_mw for group in case.unit_groups) == 3405


def test_only_the_300_mw_of_hydro_at_bus_22_are_fixed(case):
    assert [(group.name, group.bus, group.capacity_mw) for group in case.unit_groups if group.fixed] == [
        ("HYDRO", 22, 300.0)
    ]


def test_capacities_by_type_are_those_of_the_published_units(case):
    by_type = {}
    for group in case.unit_groups:
        by_type[group.unit_type] = by_type.get(group.unit_type, 0) + group.capacity_mw
    units = {"U12": 5, "U20": 4, "U50": 6, "U76": 4, "U100": 3, "U155": 4, "U197": 3, "U350": 1, "U400": 2}
    assert by_type == {kind: count * int(kind[1:]) for kind, count in units.items()}


def test_continuous_ratings_are_175_400_and_500_mw(case):
    values, counts = np.unique(case.grid.limit_mw, return_counts=True)
    assert dict(zip(values, counts, strict=True)) == {175.0: 12, 400.0: 5, 500.0: 21}


def test_four_corridors_have_two_lines(case):
    ends = list(zip(case.grid.from_bus, case.grid.to_bus, strict=True))
    assert sorted({pair for pair in ends if ends.count(pair) == 2}) == [(15, 21), (18, 21), (19, 20), (20, 23)]


def test_every_bus_has_a_place_on_the_map(case):
    assert set(case.positions) == set(case.grid.buses)


def test_both_emission_tables_say_how_clean_nuclear_is(case):
    nuclear = next(group for group in case.unit_groups if group.name == "U400@18")
    assert nuclear.emission_rates_kg_per_mwh == {"rts96": 0.0, "surrogate": 145.0}
