"""Rows of monoliths: the welfare QP by several solvers, and the complementarity problem by Newton's method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from ...coordinator.market import FloatArray
from ..monolith.complementarity import complementarity
from ..monolith.footprints import footprints
from ..monolith.mlcp import assemble
from ..monolith.newton import solve_complementarity
from .memory import peak_memory
from .problems import Problem
from .qp_solvers import QP_SOLVERS, Asked, Solved, welfare_qp
from .row import Row, Subject
from .stopwatch import median_of_repeats, timed
from .verdict import Verdict, infeasibility, verdict

# The accuracies asked of a solver, as shares of the tolerance.
_ACCURACIES = (1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
# Newton's method factorises normal equations and knows no limit of time; with more unknowns it takes minutes.
MAX_UNKNOWNS = 4000


def qp_rows(subject: Subject, tolerances: tuple[float, ...], budget_seconds: float) -> list[Row]:
    """One row for each tolerance, the loosest first, up to the first that is not reached.

    The method of the subject is a name in `QP_SOLVERS`. Set-up is stacking the matrices; a solve begins with
    setting up the solver.
    """
    build = timed(lambda: welfare_qp(subject.problem.stacked))
    solve = QP_SOLVERS[subject.method]
    return _rows(
        subject,
        lambda accuracy: solve(build.result, Asked(accuracy, budget_seconds)),
        build.wall_seconds,
        tolerances,
        budget_seconds,
    )


def newton_rows(subject: Subject, tolerances: tuple[float, ...], budget_seconds: float) -> list[Row]:
    """The mixed linear complementarity problem by semismooth Newton, from zero; rows as in `qp_rows`."""
    problem = subject.problem
    build = timed(lambda: assemble(problem.stacked))
    mlcp = build.result
    if len(mlcp.q) > MAX_UNKNOWNS:
        why = f"not tried: {len(mlcp.q):,} unknowns are more than {MAX_UNKNOWNS:,}"
        return [subject.row(tolerances[0], Verdict(), why)]
    general = complementarity(problem.market, problem.stacked, mlcp, footprints(problem.market, problem.stacked))

    def solve(accuracy: float) -> Solved:
        u = solve_complementarity(general, np.zeros(len(mlcp.q)), accuracy)
        x, equalities, _, prices = mlcp.split(u)
        status = f"natural residual {general.residual(u):.1e}"
        return Solved(x, np.concatenate([equalities, -prices]), None, status)

    return _rows(subject, solve, build.wall_seconds, tolerances, budget_seconds)


def _rows(
    subject: Subject,
    solve: Callable[[float], Solved],
    build_seconds: float,
    tolerances: tuple[float, ...],
    budget_seconds: float,
) -> list[Row]:
    """A solver's accuracy is not the certificate's: it is asked for the tolerance, a tenth of it, and so on.

    This ends when the result is certified; only the last solve counts, so every solver is shown at its best.
    """
    rows: list[Row] = []
    for tolerance in tolerances:
        for share in _ACCURACIES:
            with peak_memory() as peak:
                measured = median_of_repeats(partial(solve, share * tolerance))
            judged = _judged(subject.problem, measured.result)
            if judged.reaches(tolerance) or measured.wall_seconds > budget_seconds:
                break
        outcome = f"the solver says {measured.result.status}, asked for {share * tolerance:g}"
        rows.append(
            replace(
                subject.row(tolerance, judged, outcome),
                rounds=measured.result.iterations,
                compile_seconds=build_seconds,
                iterate_seconds=measured.wall_seconds,
                cpu_seconds=measured.cpu_seconds,
                peak_memory_mib=peak.mib,
            )
        )
        if not rows[-1].reached:
            break
    return rows


def _judged(problem: Problem, solved: Solved) -> Verdict:
    """The verdict on a solver's variables and prices; none on what is not finite or not there."""
    x, stacked, market = solved.x, problem.stacked, problem.market
    if len(x) != len(stacked.c) or not (np.isfinite(x).all() and np.isfinite(solved.multipliers).all()):
        return Verdict()
    per_mwh: FloatArray = -solved.multipliers[len(stacked.b) :]
    prices = per_mwh * np.array([good.mwh_per_unit for good in market.goods])
    return verdict(market, prices, stacked.allocation(x), problem.judge, infeasibility(stacked, x))
