"""Solvers of the welfare QP, each against the exact solution."""

import os
import time
from functools import partial
from importlib.metadata import PackageNotFoundError, version

import highspy
import numpy as np
import pytest

from walras.experiments.bench.rows import monoliths
from walras.experiments.bench.rows.apart import apart
from walras.experiments.bench.rows.monoliths import newton_rows, qp_rows
from walras.experiments.bench.rows.qp_solvers import QP_SOLVERS, Asked, welfare_qp
from walras.experiments.bench.rows.row import Kind, Subject
from walras.experiments.bench.rows.verdict import infeasibility
from walras.experiments.errors import MeasurementError


def has_hipo() -> bool:
    """HiPO needs libraries that only an extra brings, and of the very release of HiGHS."""
    try:
        return version("highspy-extras") == version("highspy")
    except PackageNotFoundError:
        return False


SOLVERS = [
    pytest.param(name, marks=pytest.mark.skipif(name == "hipo" and not has_hipo(), reason="extra"))
    for name in QP_SOLVERS
]


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_solver_finds_price_and_welfare(small, solver):
    qp = welfare_qp(small.stacked)
    solved = QP_SOLVERS[solver](qp, Asked(1e-9, 30.0))
    price = small.exchange.price_usd_per_mwh
    assert -solved.multipliers[len(small.stacked.b) :] == pytest.approx(np.full(9, price), rel=1e-4)
    sold, bought = small.exchange.supply_mwh(price), small.exchange.demand_mwh(price)
    quantities = np.outer(sold, bought) / bought.sum()
    exact_usd = small.exchange.allocation(quantities, quantities).costs.sum()
    assert small.stacked.allocation(solved.x).costs.sum() == pytest.approx(exact_usd, rel=1e-6)


@pytest.mark.parametrize("solver", SOLVERS)
def test_rows_of_a_solver_are_certified(small, solver):
    rows = qp_rows(Subject(small, Kind.QP, solver), (1e-3, 1e-6), 30.0)
    assert [row.tolerance for row in rows] == [1e-3, 1e-6]
    assert all(row.reached and row.rounds > 0 and row.iterate_seconds > 0 for row in rows)


def test_newton_solves_the_complementarity_problem(small):
    (row,) = newton_rows(Subject(small, Kind.COMPLEMENTARITY, "newton"), (1e-6,), 30.0)
    assert row.reached
    assert row.rounds is None


def test_newton_leaves_large_problems_alone_and_says_so(small, monkeypatch):
    monkeypatch.setattr(monoliths, "MOST_UNKNOWNS", 5)
    (row,) = newton_rows(Subject(small, Kind.COMPLEMENTARITY, "newton"), (1e-3, 1e-6), 30.0)
    assert not row.reached
    assert "not tried" in row.outcome


def test_newton_gets_a_process_of_its_own_where_it_may_not_end(small, monkeypatch):
    monkeypatch.setattr(monoliths, "QUICK_UNKNOWNS", 5)
    (row,) = newton_rows(Subject(small, Kind.COMPLEMENTARITY, "newton"), (1e-6,), 60.0)
    assert row.reached
    assert row.iterate_seconds > 0


def test_solvers_get_processes_of_their_own_in_large_markets(small, monkeypatch):
    monkeypatch.setattr("walras.experiments.bench.problems.problems.LARGE_GOODS", 5)
    rows = qp_rows(Subject(small, Kind.QP, "piqp"), (1e-3, 1e-6), 60.0)
    assert [row.reached for row in rows] == [True, True]


def test_what_does_not_end_is_ended_and_says_so():
    begin = time.perf_counter()
    with pytest.raises(MeasurementError, match=r"ended after 0\.5 s"):
        apart(partial(time.sleep, 600.0), 0.5)
    assert time.perf_counter() - begin < 300


def test_a_process_that_dies_says_so():
    with pytest.raises(MeasurementError, match=r"ended without an answer \(exit code 3\)"):
        apart(partial(os._exit, 3), 60.0)


def test_a_solver_that_is_not_installed_is_a_row_that_says_how_to_get_it(small, monkeypatch):
    monkeypatch.setattr(highspy.Highs, "setOptionValue", lambda *_: highspy.HighsStatus.kError)
    (row,) = qp_rows(Subject(small, Kind.QP, "hipo"), (1e-3, 1e-6), 30.0)
    assert not row.reached
    assert row.outcome == "HiGHS has no hipo here: pip install 'highspy[extras]'"


def test_a_solver_that_gives_up_has_not_reached_anything(small, monkeypatch):
    def gives_up(qp, asked):
        return monoliths.Solved(np.full(len(qp.c), np.nan), np.zeros(len(qp.e)), 3, "gave up")

    monkeypatch.setitem(QP_SOLVERS, "piqp", gives_up)
    (row,) = qp_rows(Subject(small, Kind.QP, "piqp"), (1e-3, 1e-6), 30.0)
    assert not row.reached
    assert row.outcome == "the solver says gave up, asked for 1e-08"


def test_infeasibility_counts_every_kind_of_violation(small):
    stacked = small.stacked
    feasible = np.zeros(len(stacked.c))
    assert infeasibility(stacked, feasible) == 0
    below = feasible.copy()
    below[np.flatnonzero(np.isfinite(stacked.lower))[0]] = -2.0
    # A purchase below its bound, and a demand that does not follow it: both by as much as is traded.
    assert infeasibility(stacked, below) == pytest.approx(np.sqrt(2))
