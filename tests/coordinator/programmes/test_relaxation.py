"""Relaxations and searches side by side, on problems whose answers are known on paper."""

import time

import highspy
import numpy as np
import pytest
import scipy.sparse as sp

from walras.coordinator.programmes import relaxation
from walras.coordinator.programmes.integer_programme import IntegerInterrupted, IntegerProgramme, solve_integer
from walras.coordinator.programmes.integer_searches import Asked, Search, solve_side_by_side
from walras.coordinator.programmes.relaxation import RepeatedRelaxation, Row, solve_relaxation
from walras.coordinator.programmes.unsolved import InfeasibleProgrammeError, OutOfTimeError, UnsolvedProgrammeError


def knapsack(room, values=(10.0, 6.0, 4.0), sizes=(5.0, 4.0, 3.0)):
    """Most value within the room."""
    count = len(values)
    return IntegerProgramme(
        -np.array(values),
        0.0,
        sp.csc_array(np.array([sizes])),
        np.array([-np.inf]),
        np.array([room]),
        np.zeros(count),
        np.ones(count),
        np.ones(count, dtype=bool),
    )


@pytest.mark.parametrize("large", [1, 10**6])
def test_room_is_worth_the_value_density_of_what_fits_in_part(monkeypatch, large):
    monkeypatch.setattr(relaxation, "_LARGE", large)
    found = solve_relaxation(knapsack(7.0))
    assert found.value == pytest.approx(-13)
    assert found.x == pytest.approx([1, 0.5, 0], abs=1e-6)
    assert found.row_duals == pytest.approx([-1.5])


def test_a_relaxation_without_solution_is_told():
    nothing = knapsack(-1.0)
    with pytest.raises(InfeasibleProgrammeError):
        solve_relaxation(nothing)


def at_most(count):
    """No more than so many of the three."""
    return Row(np.arange(3), -np.ones(3), -float(count))


@pytest.mark.parametrize("large", [1, 10**6])
def test_a_relaxation_is_solved_again_under_other_bounds_and_with_other_rows(monkeypatch, large):
    monkeypatch.setattr(relaxation, "_LARGE", large)
    lower, upper = np.zeros(3), np.ones(3)
    again = RepeatedRelaxation(knapsack(7.0))
    first = again.solve(lower, upper)
    without_first = again.solve(lower, np.array([0.0, 1.0, 1.0]), near=first.basis)
    assert without_first.x == pytest.approx([0, 1, 1], abs=1e-6)
    rows = (at_most(1.0),)
    one = again.solve(lower, upper, rows, first.basis)
    assert one.x == pytest.approx([1, 0, 0], abs=1e-6)
    assert again.solve(lower, upper, (*rows, at_most(0.5)), one.basis).value == pytest.approx(-5)
    assert again.solve(lower, upper, near=first.basis).value == pytest.approx(first.value)


def test_from_a_basis_nothing_is_left_to_do():
    again = RepeatedRelaxation(_long())
    bounds = np.zeros(50), np.concatenate([np.ones(40), np.full(10, np.inf)])
    found = again.solve(*bounds)
    again.solve(bounds[0], np.concatenate([np.zeros(20), bounds[1][20:]]))
    assert again.solve(*bounds, near=found.basis).x == pytest.approx(found.x)
    assert again._highs.getInfo().simplex_iteration_count == 0


def test_where_a_basis_leads_nowhere_it_is_begun_anew(monkeypatch):
    again = RepeatedRelaxation(knapsack(7.0))
    near = again.solve(np.zeros(3), np.zeros(3)).basis
    ends, told = again._ended, []

    def ended(until):
        ends(until)
        told.append(again._highs.getModelStatus())
        return told[-1] if len(told) > 1 else highspy.HighsModelStatus.kUnknown

    monkeypatch.setattr(again, "_ended", ended)
    assert again.solve(np.zeros(3), np.ones(3), near=near).value == pytest.approx(-13)
    assert len(told) == 2


def test_a_relaxation_is_broken_off_when_its_time_is_over():
    random = np.random.default_rng(0)
    sizes = sp.csc_array(random.random((400, 4000)))
    large = IntegerProgramme(
        -random.random(4000), 0.0, sizes, np.full(400, -np.inf), np.ones(400), np.zeros(4000), np.ones(4000),
        np.ones(4000, dtype=bool),
    )  # fmt: skip
    again = RepeatedRelaxation(large)
    with pytest.raises(OutOfTimeError, match="broken off"):
        again.solve(large.lower, large.upper, until=time.perf_counter() + 0.02)


def test_where_no_time_is_left_nothing_is_begun():
    again = RepeatedRelaxation(knapsack(7.0))
    with pytest.raises(OutOfTimeError, match="no time is left"):
        again.solve(np.zeros(3), np.ones(3), until=time.perf_counter())


def test_a_row_that_is_refused_is_told():
    again = RepeatedRelaxation(knapsack(7.0))
    with pytest.raises(UnsolvedProgrammeError, match="refuses a row"):
        again.solve(np.zeros(3), np.ones(3), (Row(np.arange(3), np.full(3, 1e16), 0.0),))
    assert again.solve(np.zeros(3), np.ones(3)).value == pytest.approx(-13)


@pytest.mark.parametrize("is_short", [True, False])
def test_short_searches_prove_what_long_ones_do(is_short):
    found = solve_integer(knapsack(8.0), 0.0, is_short=is_short)
    assert (found.value, found.bound) == (pytest.approx(-14), pytest.approx(-14))


@pytest.mark.parametrize("at_a_time", [1, 2, 4])
def test_searches_side_by_side_find_what_each_alone_finds(at_a_time):
    rooms = [3.0, 5.0, 7.0, 8.0, 9.0, 12.0]
    asked = [Asked(f"with room for {room}", knapsack(room)) for room in rooms]
    found = solve_side_by_side(asked, Search(0.0, 10.0, at_a_time))
    assert [-one.value for one in found] == pytest.approx([4, 10, 10, 14, 16, 20])
    assert [-one.bound for one in found] == pytest.approx([4, 10, 10, 14, 16, 20])


def test_where_one_has_no_solution_the_others_end_too():
    asked = [Asked("no room", knapsack(-1.0)), Asked("one", _long()), Asked("another", _long())]
    with pytest.raises(InfeasibleProgrammeError, match="no room"):
        solve_side_by_side(asked, Search(0.0, 60.0, 2))


def test_a_search_is_broken_off_by_an_event():
    class SetAfterOneLook:
        looks = 0

        def is_set(self):
            self.looks += 1
            return self.looks > 1

    with pytest.raises(IntegerInterrupted):
        solve_integer(_long(), 0.0, 60.0, broken_off=SetAfterOneLook())


def _long():
    """A market split, which keeps branch and cut busy for minutes (Cornuejols and Dawande, 1998)."""
    random = np.random.default_rng(0)
    rows, columns = 5, 40
    sizes = random.integers(0, 100, (rows, columns)).astype(float)
    half = np.floor(sizes.sum(axis=1) / 2)
    slack = sp.eye_array(rows)
    return IntegerProgramme(
        np.concatenate([np.zeros(columns), np.ones(2 * rows)]),
        0.0,
        sp.csc_array(sp.hstack([sp.csr_array(sizes), slack, -slack])),
        half,
        half,
        np.zeros(columns + 2 * rows),
        np.concatenate([np.ones(columns), np.full(2 * rows, np.inf)]),
        np.arange(columns + 2 * rows) < columns,
    )
