"""Rows of monoliths: the welfare QP by several solvers, and the complementarity problem by Newton's method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from ....agents.arrays import FloatArray
from ...errors import MeasurementError
from ...monolith.complementarity import Complementarity, complementarity
from ...monolith.mlcp import assemble
from ...monolith.semismooth_newton import solve_complementarity
from ...settlement.footprints import footprints
from ..problems.problems import Problem
from .apart import Measured, apart, here
from .qp_solvers import QP_SOLVERS, Asked, Solved, welfare_qp
from .row import Row, Subject
from .stopwatch import timed
from .verdict import Verdict, infeasibility, verdict

# The accuracies asked of a solver, as shares of the tolerance.
_ACCURACIES = (1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
# Newton's method factorises normal equations and knows no limit of time; with more unknowns it takes minutes.
QUICK_UNKNOWNS = 4000
# With more unknowns their factors may fill the memory.
MOST_UNKNOWNS = 100_000


def qp_rows(subject: Subject, tolerances: tuple[float, ...], budget_seconds: float) -> list[Row]:
    """One row for each tolerance, the loosest first, up to the first that is not reached.

    The method of the subject is a name in `QP_SOLVERS`. Set-up is stacking the matrices; a solve begins with
    setting up the solver.
    """
    build = timed(lambda: welfare_qp(subject.problem.stacked))
    solve = QP_SOLVERS[subject.method]

    def measure(accuracy: float) -> Measured[Solved]:
        call = partial(solve, build.result, Asked(accuracy, budget_seconds))
        return apart(call, budget_seconds) if subject.problem.is_large else here(call)

    return _rows(subject, measure, build.wall_seconds, tolerances, budget_seconds)


def newton_rows(subject: Subject, tolerances: tuple[float, ...], budget_seconds: float) -> list[Row]:
    """The mixed linear complementarity problem by semismooth Newton, from zero; rows as in `qp_rows`."""
    problem = subject.problem
    build = timed(lambda: assemble(problem.stacked))
    unknowns = len(build.result.q)
    if unknowns > MOST_UNKNOWNS:
        why = f"not tried: {unknowns:,} unknowns are more than {MOST_UNKNOWNS:,}"
        return [subject.row(tolerances[0], Verdict(), why)]
    leases = footprints(problem.market, problem.stacked)
    general = complementarity(problem.market, problem.stacked, build.result, leases)

    def measure(accuracy: float) -> Measured[Solved]:
        call = partial(_by_newton, general, accuracy)
        return apart(call, budget_seconds) if unknowns > QUICK_UNKNOWNS else here(call)

    return _rows(subject, measure, build.wall_seconds, tolerances, budget_seconds)


def _by_newton(problem: Complementarity, accuracy: float) -> Solved:
    u = solve_complementarity(problem, np.zeros(len(problem.mlcp.q)), accuracy)
    x, equalities, _, prices = problem.mlcp.split(u)
    status = f"natural residual {problem.residual(u):.1e}"
    return Solved(x, np.concatenate([equalities, -prices]), None, status)


def _rows(
    subject: Subject,
    measure: Callable[[float], Measured[Solved]],
    build_seconds: float,
    tolerances: tuple[float, ...],
    budget_seconds: float,
) -> list[Row]:
    """One row for each tolerance, up to the first that is not reached or not measured."""
    rows: list[Row] = []
    for tolerance in tolerances:
        try:
            row = _certified_row(subject, measure, tolerance, budget_seconds)
        except MeasurementError as error:
            row = subject.row(tolerance, Verdict(), str(error))
        rows.append(replace(row, compile_seconds=build_seconds))
        if not row.reached:
            break
    return rows


def _certified_row(
    subject: Subject, measure: Callable[[float], Measured[Solved]], tolerance: float, budget_seconds: float
) -> Row:
    """A solver's accuracy is not the certificate's: it is asked for the tolerance, a tenth of it, and so on.

    This ends when the result is certified or the budget spent; only the last solve counts, so every solver is
    shown at its best.
    """
    spent_seconds = 0.0
    for share in _ACCURACIES:
        measured = measure(share * tolerance)
        solved, seconds = measured.timed.result, measured.timed.wall_seconds
        spent_seconds += seconds
        found = judged(subject.problem, solved)
        if found.reaches(tolerance) or spent_seconds > budget_seconds:
            break
    return replace(
        subject.row(tolerance, found, f"the solver says {solved.status}, asked for {share * tolerance:g}"),
        rounds=solved.iterations,
        iterate_seconds=seconds,
        cpu_seconds=measured.timed.cpu_seconds,
        peak_memory_mib=measured.peak_mib,
    )


def judged(problem: Problem, solved: Solved) -> Verdict:
    """The verdict on a solver's variables and prices; none on what is not finite or not there."""
    x, stacked, market = solved.x, problem.stacked, problem.market
    if len(x) != len(stacked.c) or not (np.isfinite(x).all() and np.isfinite(solved.multipliers).all()):
        return Verdict()
    per_mwh: FloatArray = -solved.multipliers[len(stacked.b) :]
    prices = per_mwh * np.array([good.mwh_per_unit for good in market.goods])
    return verdict(market, prices, stacked.allocation(x), problem.judge, infeasibility(stacked, x))
