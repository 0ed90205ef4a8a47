"""Convex quadratic programmes in their own units: solved by an interior point, then exactly on active limits."""

import warnings
from dataclasses import dataclass

import clarabel
import cvxpy as cp
import numpy as np
import scipy.sparse as sp

ACCURACY = 1e-12
# Residuals up to which limits are those that bind, and from which on costs that differ by more are told apart: one
# of 1e-13 hides which of two datacenters of 100 W is cheaper by 1e-5 $/MWh beside loads of 100 MW.
SOLVED, DECIDED = 1e-10, 1e-14


class UnsolvableError(Exception):
    """No point satisfies the constraints, or none is found."""


@dataclass(frozen=True)
class Quadratic:
    """Minimise ``curvature @ x**2 / 2 + linear @ x`` with ``equal @ x = value``, ``above @ x <= limit``.

    `size` says what a variable is usually of; `worth` what an objective is.
    """

    curvature: np.ndarray
    linear: np.ndarray
    equal: np.ndarray
    value: np.ndarray
    above: np.ndarray
    limit: np.ndarray
    size: np.ndarray
    worth: float

    def scaled(self):
        """The same with variables, rows and objective of size one, and the sizes of the rows."""
        rows = []
        for matrix, side in ((self.equal, self.value), (self.above, self.limit)):
            matrix = matrix * self.size
            weight = np.maximum(np.abs(matrix).max(axis=1, initial=0.0), 1e-300)
            rows.append((matrix / weight[:, None], side / weight, weight))
        return self.curvature * self.size**2 / self.worth, self.linear * self.size / self.worth, *rows

    def objective(self, x) -> float:
        return float(self.curvature @ x**2 / 2 + self.linear @ x)


@dataclass(frozen=True)
class Solution:
    """Variables, and what one more unit of each right-hand side would cost less."""

    x: np.ndarray
    of_equal: np.ndarray
    of_above: np.ndarray
    is_exact: bool


def solve(problem: Quadratic) -> Solution:
    """The solution on its active limits if these are found, else the interior point's.

    Where costs differ by little they are told without what they have in common, and magnified, after a first
    solution (Gleixner, Steffy and Wolter, "Iterative refinement for linear programming", 2016).
    """
    curvature, linear, (A, b, a_weight), (G, h, g_weight) = problem.scaled()
    x, y, w, exact, least = np.zeros(len(linear)), np.zeros(len(b)), np.zeros(len(h)), None, SOLVED
    for magnified in (1.0, 1e4, 1e8):
        gradient = linear + curvature * x + A.T @ y
        try:
            step, dual, w = _interior_point(curvature * magnified, gradient * magnified, A, b - A @ x, G, h - G @ x)
        except UnsolvableError:
            if magnified == 1:
                raise
            break
        x, y, w = x + step, y + dual / magnified, w / magnified
        *found, residual = _on_active_limits(curvature, linear, A, b, G, h, x, w, magnified)
        if residual <= least:
            exact, least = found, residual
        if least <= DECIDED:
            break
    if exact is not None:
        x, y, w = exact
    return Solution(x * problem.size, y * problem.worth / a_weight, w * problem.worth / g_weight, exact is not None)


def _interior_point(curvature, linear, A, b, G, h):
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = ACCURACY
    cones = [clarabel.ZeroConeT(len(b)), clarabel.NonnegativeConeT(len(h))]
    rows = sp.csc_matrix(np.vstack([A, G]))
    found = clarabel.DefaultSolver(
        sp.csc_matrix(np.diag(curvature)), linear, rows, np.concatenate([b, h]), cones, settings
    ).solve()
    infeasible = {clarabel.SolverStatus.PrimalInfeasible, clarabel.SolverStatus.AlmostPrimalInfeasible}
    if found.status in infeasible or not np.isfinite(found.x).all():
        raise UnsolvableError(str(found.status))
    x, duals = np.array(found.x), np.array(found.z)
    residual = max(np.abs(A @ x - b).max(initial=0), (G @ x - h).max(initial=0))
    if residual > 1e-7:
        raise UnsolvableError(f"{found.status}, residual {residual:.1e}")
    return x, duals[: len(b)], duals[len(b) :]


def _on_active_limits(curvature, linear, A, b, G, h, x, w, magnified):
    """The solution if limits bind whose slack is below their multiplier, and its residual, infinite if there is none.

    Limits change sides until signs are right.
    """
    binds = h - G @ x < w * magnified
    for _ in range(20):
        rows = np.vstack([A, G[binds]])
        count = len(linear)
        system = np.block([[np.diag(curvature), rows.T], [rows, np.zeros((len(rows), len(rows)))]])
        sides = np.concatenate([-linear, b, h[binds]])
        point = np.concatenate([x, np.zeros(len(rows))])
        # Nearest to the interior point's solution where there are several, and once more for rounding.
        for _ in range(2):
            point = point + np.linalg.lstsq(system, sides - system @ point, rcond=1e-14)[0]
        residual = np.abs(system @ point - sides).max(initial=0.0)
        if residual > SOLVED:
            break
        multipliers = np.zeros(len(h))
        multipliers[binds] = point[count + len(b) :]
        slack = h - G @ point[:count]
        wrong = np.where(binds, multipliers < -1e-11, slack < -1e-11)
        if not wrong.any():
            return point[:count], point[count : count + len(b)], multipliers, residual
        binds = binds ^ wrong
    return x, None, w, np.inf


class NearlyBest:
    """Points and multipliers of a programme that are within a margin of its best value."""

    def __init__(self, problem: Quadratic, best: float, margin: float) -> None:
        self.problem = problem
        curvature, linear, (A, b, self._a_weight), (G, h, self._g_weight) = problem.scaled()
        root = np.sqrt(curvature)
        bends = curvature > 0
        best, margin = best / problem.worth, margin / problem.worth
        self._z = cp.Variable(len(linear))
        value = cp.sum_squares(cp.multiply(root[bends], self._z[bends])) / 2
        self._points = [A @ self._z == b, G @ self._z <= h, value + linear @ self._z <= best + margin]
        self._y, self._w, self._bent = cp.Variable(len(b)), cp.Variable(len(h), nonneg=True), cp.Variable(len(linear))
        loss = cp.sum_squares(cp.multiply(root[bends], self._bent[bends])) / 2
        self._prices = [
            cp.multiply(curvature, self._bent) + linear + A.T @ self._y + G.T @ self._w == 0,
            loss + b @ self._y + h @ self._w <= margin - best,
        ]

    def of_points(self, function) -> tuple[float, float]:
        """Least and largest value of a linear function of the variables."""
        return _ends(cp.sum(cp.multiply(function * self.problem.size, self._z)), self._points)

    def of_prices(self, of_equal, of_above) -> tuple[float, float]:
        """Least and largest value of a linear function of the multipliers."""
        worth = self.problem.worth
        weighed = of_equal / self._a_weight * worth, of_above / self._g_weight * worth
        return _ends(weighed[0] @ self._y + weighed[1] @ self._w, self._prices)


def _ends(expression, constraints) -> tuple[float, float]:
    ends = []
    for problem in (cp.Problem(cp.Minimize(expression), constraints), cp.Problem(cp.Maximize(expression), constraints)):
        try:
            with warnings.catch_warnings():
                # Inaccurate ends still tell a figure that may move from one that may not.
                warnings.simplefilter("ignore", UserWarning)
                problem.solve(solver=cp.CLARABEL)
            unbounded = problem.status in (cp.UNBOUNDED, cp.UNBOUNDED_INACCURATE)
            ends.append(problem.value if unbounded or problem.status in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE) else None)
        except cp.SolverError:
            ends.append(None)
    low, high = ends
    return (-np.inf if low is None else float(low)), (np.inf if high is None else float(high))
