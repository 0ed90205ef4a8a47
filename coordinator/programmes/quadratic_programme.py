"""A convex quadratic programme by PIQP, and by Clarabel where PIQP fails."""

from __future__ import annotations

from dataclasses import dataclass

import clarabel
import numpy as np
import piqp
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from .unsolved import InfeasibleProgrammeError, UnsolvedProgrammeError

# Of Clarabel's criteria. It reaches fewer digits than PIQP.
_TOLERANCE = 1e-9
_INFEASIBLE = (clarabel.SolverStatus.PrimalInfeasible, clarabel.SolverStatus.AlmostPrimalInfeasible)


@dataclass(frozen=True, eq=False)
class QuadraticProgramme:
    """Minimise ``x P x / 2 + c @ x`` subject to ``A x = b``, ``G x <= h`` and ``lower <= x <= upper``.

    Parameters
    ----------
    P : sparse array of shape (n, n)
        Symmetric, positive semidefinite.
    c, lower, upper : arrays of shape (n,)
    A, b : sparse array of shape (equalities, n), array of shape (equalities,)
    G, h : sparse array of shape (inequalities, n), array of shape (inequalities,)
    """

    P: sp.csc_array
    c: FloatArray
    A: sp.csc_array
    b: FloatArray
    G: sp.csc_array
    h: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, eq=False)
class Ending:
    """How a solver ended.

    Parameters
    ----------
    x, y, z : arrays of shape (n,), (equalities,), (inequalities,)
        A solution and multipliers: ``P x + c + A.T y + G.T z`` is zero where no bound is reached.
    status : str
        The solver's name and its own word.
    is_solved, is_infeasible : bool
        What that says.
    largest_residual : float
        The largest of what is left of constraints, stationarity and the duality gap.
    """

    x: FloatArray
    y: FloatArray
    z: FloatArray
    status: str
    is_solved: bool
    is_infeasible: bool
    largest_residual: float


def solve_programme(programme: QuadraticProgramme, piqp_settings: dict[str, float]) -> Ending:
    """Solve by PIQP, else by Clarabel.

    Parameters
    ----------
    programme : QuadraticProgramme
    piqp_settings : dict of setting to value
        What is asked of PIQP beyond its defaults.

    Raises
    ------
    InfeasibleProgrammeError
        If neither solves it, and one says that there is no solution.
    UnsolvedProgrammeError
        If neither solves it, and none says why.
    """
    first = by_piqp(programme, piqp_settings)
    if first.is_solved:
        return first
    second = by_clarabel(programme)
    if second.is_solved:
        return second
    told = f"{first.status}, {second.status}"
    raise (InfeasibleProgrammeError if first.is_infeasible or second.is_infeasible else UnsolvedProgrammeError)(told)


def by_piqp(programme: QuadraticProgramme, settings: dict[str, float]) -> Ending:
    """Proximal interior point; Schwan, Jiang, Kuhn and Jones, "PIQP", 2023."""
    q = programme
    solver = piqp.SparseSolver()
    for name, value in settings.items():
        setattr(solver.settings, name, value)
    # PIQP takes unsorted indices for an infeasible problem.
    P, A, G = (matrix.sorted_indices() for matrix in (q.P, q.A, q.G))
    solver.setup(P, q.c, A, q.b, G, None, q.h, q.lower, q.upper)
    status = solver.solve()
    x, y, z = (np.asarray(part) for part in (solver.result.x, solver.result.y, solver.result.z_u))
    is_infeasible = status == piqp.PIQP_PRIMAL_INFEASIBLE
    info = solver.result.info
    residual = max(info.primal_res, info.dual_res, abs(info.duality_gap))
    return Ending(x, y, z, f"PIQP ends with {status.name}", status == piqp.PIQP_SOLVED, is_infeasible, residual)


def by_clarabel(programme: QuadraticProgramme) -> Ending:
    """Interior point with a homogeneous embedding, which needs no interior; Goulart and Chen, "Clarabel", 2024."""
    q = programme
    identity = sp.eye_array(len(q.c), format="csr")
    below, above = np.isfinite(q.lower), np.isfinite(q.upper)
    rows = sp.vstack([q.A, q.G, -identity[below], identity[above]], format="csc")
    sides = np.concatenate([q.b, q.h, -q.lower[below], q.upper[above]])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = _TOLERANCE
    cones = [clarabel.ZeroConeT(len(q.b)), clarabel.NonnegativeConeT(len(sides) - len(q.b))]
    solution = clarabel.DefaultSolver(
        sp.csc_matrix(sp.triu(q.P)), q.c, sp.csc_matrix(rows), sides, cones, settings
    ).solve()
    y, z, _ = np.split(np.asarray(solution.z), [len(q.b), len(q.b) + len(q.h)])
    is_solved, is_infeasible = solution.status == clarabel.SolverStatus.Solved, solution.status in _INFEASIBLE
    residual = max(solution.r_prim, solution.r_dual, abs(solution.obj_val - solution.obj_val_dual))
    status = f"Clarabel ends with {solution.status}"
    return Ending(np.asarray(solution.x), y, z, status, is_solved, is_infeasible, residual)
