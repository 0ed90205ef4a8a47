"""Solver workspaces for prices alone: best responses of linear and of quadratic agents."""

from __future__ import annotations

import clarabel
import highspy
import numpy as np
import piqp
import scipy.sparse as sp

from ..agents import AgentError, CanonicalProblem
from .market import FloatArray

# Gap between primal and dual objective of a response, relative to the objective: aimed at, and accepted.
_RELATIVE_ACCURACY = 1e-9
_ACCEPTED_ACCURACY = 1e-6


def pure_workspace(agent_name: str, problem: CanonicalProblem) -> Simplex | InteriorPoint:
    """The workspace that suits an agent's cost."""
    if problem.P.count_nonzero():
        return InteriorPoint(agent_name, problem, problem.P)
    return Simplex(agent_name, problem)


class Simplex:
    """Linear agents by the simplex method of HiGHS, which starts from the last vertex.

    Huangfu and Hall, "Parallelizing the dual revised simplex method", Math. Prog. Comp. 10(1), 2018.
    """

    def __init__(self, agent_name: str, problem: CanonicalProblem) -> None:
        self._agent_name = agent_name
        self._columns = np.arange(len(problem.c), dtype=np.int32)
        rows = sp.csr_array(sp.vstack([problem.A, problem.G], format="csr"))
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = rows.shape
        model.col_cost_, model.col_lower_, model.col_upper_ = problem.c, problem.lower, problem.upper
        model.row_lower_ = np.concatenate([problem.b, np.full(len(problem.h), -np.inf)])
        model.row_upper_ = np.concatenate([problem.b, problem.h])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = rows.indptr, rows.indices
        model.a_matrix_.value_ = rows.data
        self._highs = highspy.Highs()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)
        self._highs.passModel(model)

    def solve(self, linear: FloatArray) -> FloatArray:
        """Variables that minimise the agent's cost with this linear term, shape (n,).

        Raises
        ------
        AgentError
            If the problem is infeasible or unbounded.
        """
        self._highs.changeColsCost(len(self._columns), self._columns, linear)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise AgentError(
                f"agent {self._agent_name} has no best response: HiGHS says {self._highs.modelStatusToString(status)}; "
                "are its trades bounded and its constraints feasible?"
            )
        return np.asarray(self._highs.getSolution().col_value)


class InteriorPoint:
    """Quadratic agents by interior-point solvers.

    PIQP answers first. At degenerate vertices it may creep without meeting its tolerances; there
    Clarabel, slower and more robust, takes over.
    """

    def __init__(self, agent_name: str, problem: CanonicalProblem, hessian: sp.csc_array) -> None:
        self._agent_name = agent_name
        self._problem = problem
        self._hessian = hessian
        hessian.sort_indices()
        self._piqp = piqp.SparseSolver()
        settings = self._piqp.settings
        settings.eps_abs = settings.eps_rel = _RELATIVE_ACCURACY
        settings.eps_duality_gap_abs = settings.eps_duality_gap_rel = _RELATIVE_ACCURACY
        settings.max_iter = 100
        settings.iterative_refinement_always_enabled = True
        self._piqp.setup(
            hessian, problem.c, problem.A, problem.b, problem.G, None, problem.h, problem.lower, problem.upper
        )

    def solve(self, linear: FloatArray) -> FloatArray:
        """Variables that minimise the agent's cost with this linear term, shape (n,).

        Raises
        ------
        AgentError
            If the problem is infeasible or unbounded, or no solver finds its solution.
        """
        self._piqp.update(c=linear)
        if self._piqp.solve() == piqp.PIQP_SOLVED:
            return np.asarray(self._piqp.result.x)
        return self._by_clarabel(linear)

    def _by_clarabel(self, linear: FloatArray) -> FloatArray:
        p = self._problem
        identity = sp.eye_array(len(p.c), format="csr")
        below, above = np.isfinite(p.lower), np.isfinite(p.upper)
        rows = sp.vstack([p.A, p.G, -identity[below], identity[above]], format="csc")
        bounds = np.concatenate([p.b, p.h, -p.lower[below], p.upper[above]])
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.max_threads = 1
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = _RELATIVE_ACCURACY
        cones = [clarabel.ZeroConeT(len(p.b)), clarabel.NonnegativeConeT(len(bounds) - len(p.b))]
        solution = clarabel.DefaultSolver(
            sp.csc_matrix(sp.triu(self._hessian)), linear, sp.csc_matrix(rows), bounds, cones, settings
        ).solve()
        gap = abs(solution.obj_val - solution.obj_val_dual)
        if not gap <= _ACCEPTED_ACCURACY * max(1.0, abs(solution.obj_val)):
            raise AgentError(
                f"agent {self._agent_name} has no best response: Clarabel ends with {solution.status}; "
                "are its trades bounded and its constraints feasible?"
            )
        return np.asarray(solution.x)
