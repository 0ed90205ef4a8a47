"""A convex quadratic programme and two solvers for it: where one fails the other is tried."""

from __future__ import annotations

from dataclasses import dataclass

import clarabel
import numpy as np
import piqp
import scipy.sparse as sp

from ...agents.arrays import FloatArray

# PIQP's regularisation, below its default, which stops short on sets without interior.
_REGULARISATION = 1e-12


@dataclass(frozen=True, eq=False)
class QuadraticProgramme:
    """Minimise ``x @ P @ x / 2 + q @ x`` subject to ``A x = b``, ``G x <= h``, ``lower <= x <= upper``."""

    P: sp.csc_array
    q: FloatArray
    A: sp.csc_array
    b: FloatArray
    G: sp.csc_array
    h: FloatArray
    lower: FloatArray
    upper: FloatArray

    def solution(self, tolerance: float) -> FloatArray | None:
        """A minimiser by the first solver that finds one within the tolerance, shape (n,); None if none does.

        PIQP is the more exact, but where it cannot do without an interior, Clarabel takes over: its
        homogeneous embedding needs none (Goulart and Chen, "Clarabel", 2024).
        """
        point = self._by_piqp(tolerance)
        return self._by_clarabel(tolerance) if point is None else point

    def _by_piqp(self, tolerance: float) -> FloatArray | None:
        solver = piqp.SparseSolver()
        solver.settings.eps_abs = tolerance
        solver.settings.eps_rel = tolerance / 100
        solver.settings.reg_lower_limit = _REGULARISATION
        P, A, G = (_sorted(matrix) for matrix in (self.P, self.A, self.G))
        solver.setup(P, self.q, A, self.b, G, None, self.h, self.lower, self.upper)
        return np.asarray(solver.result.x) if solver.solve() == piqp.PIQP_SOLVED else None

    def _by_clarabel(self, tolerance: float) -> FloatArray | None:
        identity = sp.eye_array(len(self.q), format="csr")
        below, above = np.isfinite(self.lower), np.isfinite(self.upper)
        rows = [self.A, self.G, -identity[below], identity[above]]
        sides = [self.b, self.h, -self.lower[below], self.upper[above]]
        inequalities = sum(len(side) for side in sides[1:])
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.max_threads = 1
        settings.tol_feas = tolerance
        solution = clarabel.DefaultSolver(
            sp.csc_matrix(sp.triu(self.P)),
            self.q,
            sp.csc_matrix(sp.vstack(rows)),
            np.concatenate(sides),
            [clarabel.ZeroConeT(len(self.b)), clarabel.NonnegativeConeT(inequalities)],
            settings,
        ).solve()
        return np.asarray(solution.x) if solution.status == clarabel.SolverStatus.Solved else None


def _sorted(matrix: sp.sparray) -> sp.csc_array:
    """CSC with sorted indices, which PIQP needs."""
    result = sp.csc_array(matrix)
    result.sort_indices()
    return result
