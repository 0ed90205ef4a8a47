"""The welfare QP by several solvers, each called directly, at an accuracy that is asked of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import clarabel
import highspy
import numpy as np
import osqp
import piqp
import scipy.sparse as sp
import scs

from ....agents.arrays import FloatArray
from ....coordinator.programmes.silent_highs import SilentHighs
from ...errors import MeasurementError
from ...settlement.stacked_market import StackedMarket


@dataclass(frozen=True, eq=False)
class WelfareQP:
    """Minimise ``x P x / 2 + c x`` subject to ``E x = e``, ``G x <= h`` and bounds; clearing is the last part of E.

    Shapes as in `StackedMarket`.
    """

    P: sp.csc_array
    c: FloatArray
    E: sp.csc_array
    e: FloatArray
    G: sp.csc_array
    h: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True)
class Asked:
    """What is asked of a solver: the accuracy of all its criteria, and how long it may take."""

    accuracy: float
    budget_seconds: float


@dataclass(frozen=True, eq=False)
class Solved:
    """What a solver returned: variables, multipliers of E, iterations, and its own word on how it ended.

    Iterations are None where it does not count them.
    """

    x: FloatArray
    multipliers: FloatArray
    iterations: int | None
    status: str


def welfare_qp(stacked: StackedMarket) -> WelfareQP:
    """The matrices as all solvers take them: sorted, equalities together."""
    s = stacked
    E = sp.csc_array(sp.vstack([s.A, s.K], format="csc"))
    E.sort_indices()
    return WelfareQP(s.P, s.c, E, np.concatenate([s.b, -s.k]), s.G, s.h, s.lower, s.upper)


def by_piqp(qp: WelfareQP, asked: Asked) -> Solved:
    """Proximal interior point; Schwan, Jiang, Kuhn and Jones, "PIQP", 2023. It knows no limit of time."""
    solver = piqp.SparseSolver()
    solver.settings.eps_abs = solver.settings.eps_duality_gap_abs = asked.accuracy
    solver.settings.eps_rel = solver.settings.eps_duality_gap_rel = asked.accuracy
    solver.setup(qp.P, qp.c, qp.E, qp.e, qp.G, None, qp.h, qp.lower, qp.upper)
    status = solver.solve()
    result = solver.result
    return Solved(np.asarray(result.x), np.asarray(result.y), int(result.info.iter), str(status.name))


def by_clarabel(qp: WelfareQP, asked: Asked) -> Solved:
    """Interior point with a homogeneous embedding; Goulart and Chen, "Clarabel", 2024."""
    rows, rhs = _conic(qp)
    cones = [clarabel.ZeroConeT(len(qp.e)), clarabel.NonnegativeConeT(len(rhs) - len(qp.e))]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = asked.accuracy
    settings.time_limit = asked.budget_seconds
    solution = clarabel.DefaultSolver(sp.csc_matrix(sp.triu(qp.P)), qp.c, rows, rhs, cones, settings).solve()
    multipliers = np.asarray(solution.z)[: len(qp.e)]
    return Solved(np.asarray(solution.x), multipliers, int(solution.iterations), str(solution.status))


def by_osqp(qp: WelfareQP, asked: Asked) -> Solved:
    """Operator splitting; Stellato, Banjac, Goulart, Bemporad and Boyd, "OSQP", Math. Prog. Comp. 12, 2020."""
    rows = sp.vstack([qp.E, qp.G, sp.eye_array(len(qp.c))], format="csc")
    lower = np.concatenate([qp.e, np.full(len(qp.h), -np.inf), qp.lower])
    upper = np.concatenate([qp.e, qp.h, qp.upper])
    solver = osqp.OSQP()
    solver.setup(
        sp.csc_matrix(sp.triu(qp.P)),
        qp.c,
        sp.csc_matrix(rows),
        lower,
        upper,
        verbose=False,
        eps_abs=asked.accuracy,
        eps_rel=asked.accuracy,
        max_iter=10_000_000,
        time_limit=asked.budget_seconds,
    )
    result = solver.solve(raise_error=False)
    return Solved(np.asarray(result.x), np.asarray(result.y)[: len(qp.e)], int(result.info.iter), result.info.status)


def by_scs(qp: WelfareQP, asked: Asked) -> Solved:
    """Operator splitting with a homogeneous embedding; O'Donoghue, "SCS", SIAM J. Optim. 31(3), 2021."""
    rows, rhs = _conic(qp)
    solver = scs.SCS(
        {"P": sp.csc_matrix(sp.triu(qp.P)), "A": rows, "b": rhs, "c": qp.c},
        {"z": len(qp.e), "l": len(rhs) - len(qp.e)},
        verbose=False,
        eps_abs=asked.accuracy,
        eps_rel=asked.accuracy,
        max_iters=10_000_000,
        time_limit_secs=asked.budget_seconds,
    )
    result = solver.solve()
    info = result["info"]
    return Solved(np.asarray(result["x"]), np.asarray(result["y"])[: len(qp.e)], int(info["iter"]), str(info["status"]))


def by_highs(qp: WelfareQP, asked: Asked) -> Solved:
    """The QP solver that HiGHS picks by itself, an active-set method; Huangfu and Hall, 2018."""
    return _by_highs(qp, asked, "choose")


def by_hipo(qp: WelfareQP, asked: Asked) -> Solved:
    """The interior-point method of HiGHS; Zanetti and Gondzio, "HiPO", 2025. It takes `highspy[extras]`.

    Raises
    ------
    MeasurementError
        If these extras are not installed.
    """
    return _by_highs(qp, asked, "hipo")


def _by_highs(qp: WelfareQP, asked: Asked, method: str) -> Solved:
    solver = SilentHighs()
    if solver.setOptionValue("solver", method) != highspy.HighsStatus.kOk:
        raise MeasurementError(f"HiGHS has no {method} here: pip install 'highspy[extras]'")
    solver.setOptionValue("time_limit", asked.budget_seconds)
    solver.setOptionValue("primal_feasibility_tolerance", max(asked.accuracy, 1e-10))
    solver.setOptionValue("dual_feasibility_tolerance", max(asked.accuracy, 1e-10))
    solver.setOptionValue("ipm_optimality_tolerance", max(asked.accuracy, 1e-12))
    # A crossover would go on to a vertex, which a QP's solution need not be.
    solver.setOptionValue("run_crossover", "off")
    solver.passModel(_highs_model(qp))
    solver.run()
    solution, info = solver.getSolution(), solver.getInfo()
    status = solver.modelStatusToString(solver.getModelStatus())
    if method == "hipo" and info.ipm_iteration_count <= 0:
        # Where HiGHS falls back to its active-set method the row would be named after another solver.
        raise MeasurementError(f"HiGHS made no interior-point iteration and says {status}")
    iterations = max(info.qp_iteration_count, info.ipm_iteration_count)
    # HiGHS counts multipliers with the opposite sign.
    return Solved(np.asarray(solution.col_value), -np.asarray(solution.row_dual)[: len(qp.e)], int(iterations), status)


def _highs_model(qp: WelfareQP) -> highspy.HighsModel:
    rows = sp.csr_array(sp.vstack([qp.E, qp.G], format="csr"))
    triangle = sp.csc_array(sp.tril(qp.P, format="csc"))
    model = highspy.HighsModel()
    lp, hessian = model.lp_, model.hessian_
    lp.num_row_, lp.num_col_ = rows.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = qp.c, qp.lower, qp.upper
    lp.row_lower_ = np.concatenate([qp.e, np.full(len(qp.h), -np.inf)])
    lp.row_upper_ = np.concatenate([qp.e, qp.h])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    hessian.dim_ = len(qp.c)
    hessian.format_ = highspy.HessianFormat.kTriangular
    hessian.start_, hessian.index_, hessian.value_ = triangle.indptr, triangle.indices, triangle.data
    return model


def _conic(qp: WelfareQP) -> tuple[sp.csc_matrix, FloatArray]:
    """Equalities, then inequalities and finite bounds, as ``rows x + slack = rhs`` with slacks of at least zero."""
    identity = sp.eye_array(len(qp.c), format="csr")
    below, above = np.isfinite(qp.lower), np.isfinite(qp.upper)
    rows = sp.csc_matrix(sp.vstack([qp.E, qp.G, -identity[below], identity[above]], format="csc"))
    return rows, np.concatenate([qp.e, qp.h, -qp.lower[below], qp.upper[above]])


QP_SOLVERS: dict[str, Callable[[WelfareQP, Asked], Solved]] = {
    "piqp": by_piqp,
    "clarabel": by_clarabel,
    "osqp": by_osqp,
    "scs": by_scs,
    "highs": by_highs,
    "hipo": by_hipo,
}
