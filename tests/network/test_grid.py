"""A grid refuses data that describe no network, and says which bus or line is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from walras.network import Grid, GridError


@pytest.fixture
def triangle():
    return Grid(
        buses=(5, 7, 9),
        hub=7,
        line_ids=("a", "b", "c"),
        from_bus=(5, 7, 9),
        to_bus=(7, 9, 5),
        reactance_pu=np.array([0.1, 0.2, 0.3]),
        limit_mw=np.array([10.0, 20.0, np.inf]),
    )


def test_a_bus_is_found_by_its_number_not_by_its_position(triangle):
    assert triangle.bus_index == {5: 0, 7: 1, 9: 2}
    assert triangle.hub_index == 1


def test_incidence_is_plus_one_where_a_line_begins_and_minus_one_where_it_ends(triangle):
    assert triangle.incidence.toarray().tolist() == [[1, -1, 0], [0, 1, -1], [-1, 0, 1]]


def test_a_line_may_have_no_limit_or_a_limit_of_zero(triangle):
    grid = replace(triangle, limit_mw=np.array([0.0, np.inf, np.inf]))
    assert grid.limit_mw.tolist() == [0.0, np.inf, np.inf]


def test_negative_reactance_of_a_series_capacitor_is_legal(triangle):
    assert replace(triangle, reactance_pu=np.array([0.1, -0.02, 0.3])).reactance_pu[1] == -0.02


def test_parallel_lines_are_legal(triangle):
    grid = replace(triangle, from_bus=(5, 5, 9), to_bus=(7, 7, 5))
    assert np.linalg.matrix_rank(grid.incidence.toarray()) == 2


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"buses": (5, 7, 9, 7)}, ["bus 7", "twice"]),
        ({"line_ids": ("a", "b", "b")}, ["line b", "twice"]),
        ({"hub": 8}, ["hub bus 8", "unknown", "5, 7, 9"]),
        ({"to_bus": (7, 11, 5)}, ["line b", "unknown bus 11", "5, 7, 9"]),
        ({"from_bus": (5, 7, 0)}, ["line c", "unknown bus 0"]),
        ({"to_bus": (7, 9, 9)}, ["line c", "bus 9", "itself"]),
        ({"reactance_pu": np.array([0.1, np.nan, 0.3])}, ["line b", "reactance_pu", "nan"]),
        ({"reactance_pu": np.array([np.inf, 0.2, 0.3])}, ["line a", "reactance_pu", "inf"]),
        ({"reactance_pu": np.array([0.1, 0.2, 0.0])}, ["line c", "reactance_pu", "0.0"]),
        ({"limit_mw": np.array([10.0, np.nan, 1.0])}, ["line b", "limit_mw", "nan"]),
        ({"limit_mw": np.array([10.0, 20.0, -5.0])}, ["line c", "limit_mw", "-5.0"]),
    ],
)
def test_bad_data_are_refused_with_the_name_the_field_and_the_value(triangle, changes, parts):
    with pytest.raises(GridError) as error:
        replace(triangle, **changes)
    for part in parts:
        assert part in str(error.value)


def test_islands_are_refused_with_the_buses_that_are_cut_off(triangle):
    with pytest.raises(GridError) as error:
        replace(triangle, buses=(5, 7, 9, 20, 21), from_bus=(5, 7, 20), to_bus=(7, 9, 21))
    assert "2 islands" in str(error.value)
    assert "hub bus 7" in str(error.value)
    assert "20, 21" in str(error.value)


def test_a_bus_without_a_line_is_an_island(triangle):
    with pytest.raises(GridError, match=r"2 islands.*bus 30"):
        replace(triangle, buses=(5, 7, 9, 30))


def test_two_lines_in_opposite_directions_connect_their_buses(triangle):
    grid = replace(triangle, from_bus=(5, 7, 7), to_bus=(7, 9, 5))
    assert grid.incidence.toarray().tolist() == [[1, -1, 0], [0, 1, -1], [-1, 1, 0]]


def test_a_grid_without_buses_is_refused():
    with pytest.raises(GridError, match="no buses"):
        Grid((), 1, (), (), (), np.zeros(0), np.zeros(0))


def test_one_bus_without_lines_is_a_grid():
    assert Grid((4,), 4, (), (), (), np.zeros(0), np.zeros(0)).incidence.shape == (0, 1)
