"""The optimal face: all solutions of a welfare problem, of which a solver returns one by accident."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, IntArray
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme
from .extreme_points import ExtremePoints, Polyhedron
from .minimiser import minimiser
from .presolve import presolved
from .stacked_market import StackedMarket

# Of the least norm, whose square is so far from the least: the first leaves contracts a millionth. Faces without
# interior leave the others.
_TOLERANCES = (1e-12, 1e-9, 1e-8)
# Costs of leaving a limit, in multiples of a price, that are no rounding.
_COSTS = 1e-8
# To which multiples of a row are told from other rows.
_DIGITS = 9
# A face has no interior: at the finest of these rounding may leave nothing of it. Rows have entries of thousands.
_SIMPLEX_TOLERANCES = (1e-9, 1e-8, 1e-7, 1e-6)


@dataclass(frozen=True, eq=False)
class AtLimits:
    """Variables that are at a bound in every solution, and inequalities that have no slack in any."""

    variables: IntArray
    inequalities: IntArray


@dataclass(frozen=True, eq=False)
class OptimalFace:
    """The feasible, clearing points that share with a solution what all solutions share.

    Parameters
    ----------
    stacked : StackedMarket
    rows, values : sparse array of shape (k, n), array of shape (k,)
        ``rows @ x = values`` beside the agents' inequalities and bounds.
    """

    stacked: StackedMarket
    rows: sp.csr_array
    values: FloatArray

    def cut(self, rows: sp.csr_array, values: FloatArray) -> OptimalFace:
        """The points of the face with ``rows @ x = values``."""
        both = sp.csr_array(sp.vstack([self.rows, rows], format="csr"))
        return replace(self, rows=both, values=np.concatenate([self.values, values]))

    def beside(self, count: int) -> OptimalFace:
        """The face with as many nonnegative variables more, the last ones, on which nothing depends."""
        s = self.stacked
        wider = replace(
            s,
            G=_with_columns(s.G, count),
            T=_with_columns(s.T, count),
            lower=np.append(s.lower, np.zeros(count)),
            upper=np.append(s.upper, np.full(count, np.inf)),
        )
        return replace(self, stacked=wider, rows=sp.csr_array(_with_columns(sp.csc_array(self.rows), count)))

    def least_norm(self, functions: sp.csr_array, offset: FloatArray) -> FloatArray | None:
        """The point at which affine functions ``functions @ x + offset`` have the least 2-norm.

        None if the face is empty up to rounding.
        """
        return minimiser(self._norm(functions, offset), _TOLERANCES)

    def _norm(self, functions: sp.csr_array, offset: FloatArray) -> QuadraticProgramme:
        s = self.stacked
        limiting = np.flatnonzero(np.isfinite(s.h))
        return QuadraticProgramme(
            P=sp.csc_array(functions.T @ functions),
            c=functions.T @ offset,
            A=sp.csc_array(self._weights @ self.rows),
            b=self._weights @ self.values,
            G=sp.csc_array(s.G[limiting]),
            h=s.h[limiting],
            lower=s.lower,
            upper=s.upper,
        )

    @property
    def _weights(self) -> sp.dia_array:
        """Rows range from single MWh to the costs of all agents: solvers get them with a norm of 1."""
        return sp.diags_array(1 / np.sqrt(np.maximum(self.rows.power(2).sum(axis=1), 1e-300)))

    def extremes(self, functions: FloatArray) -> tuple[list[FloatArray | None], list[FloatArray | None]]:
        """Points at which each linear function of the variables is least, and largest.

        The simplex method of HiGHS goes from one to the next. None where it finds no point.

        Parameters
        ----------
        functions : array of shape (k, n)
        """
        for tolerance in _SIMPLEX_TOLERANCES:
            found = self._extremes(functions, tolerance)
            if all(point is not None for points in found for point in points):
                break
        return found

    def _extremes(
        self, functions: FloatArray, tolerance: float
    ) -> tuple[list[FloatArray | None], list[FloatArray | None]]:
        s, count = self.stacked, functions.shape[1]
        whole = QuadraticProgramme(
            sp.csc_array((count, count)),
            np.zeros(count),
            sp.csc_array(self.rows),
            self.values,
            s.G,
            s.h,
            s.lower,
            s.upper,
        )
        substitution = presolved(whole)
        q = substitution.programme
        limits = sp.csr_array(sp.vstack([q.A, q.G], format="csr"))
        below, above = np.concatenate([q.b, np.full(len(q.h), -np.inf)]), np.concatenate([q.b, q.h])
        points = ExtremePoints(Polyhedron(limits, below, above, q.lower, q.upper), tolerance)

        def least(function: FloatArray) -> FloatArray | None:
            found = points.least(function)
            return None if found is None else substitution.all_variables(found)

        ends = [(least(function), least(-function)) for function in functions @ substitution.columns]
        return [low for low, _ in ends], [high for _, high in ends]


def at_limits(
    stacked: StackedMarket,
    solution: FloatArray,
    reduced_costs: FloatArray,
    inequality_multipliers: FloatArray,
    price_usd: float,
) -> AtLimits:
    """What stays at a limit in every solution: leaving it costs something.

    An interior point has room from every limit, or a multiplier; the smaller of the two is rounding (Goldman and
    Tucker, "Theory of linear programming", 1956, on strict complementarity).

    Parameters
    ----------
    stacked : StackedMarket
    solution, reduced_costs, inequality_multipliers : arrays of shape (n,), (n,), (inequalities,)
        Of an interior-point method.
    price_usd : float
        Typical size of a price.
    """
    s, r = stacked, reduced_costs
    distance = np.where(r > 0, solution - s.lower, s.upper - solution)
    cost = np.abs(r) / price_usd
    largest = abs(s.G).max(axis=1).toarray().ravel()
    slack = (s.h - s.G @ solution) / np.maximum(largest, 1e-300)
    multiplier = inequality_multipliers * largest / price_usd
    return AtLimits(
        np.flatnonzero((cost > _COSTS) & (cost > distance)),
        np.flatnonzero((multiplier > _COSTS) & (multiplier > slack)),
    )


def optimal_face(
    stacked: StackedMarket, solution: FloatArray, shared: sp.csr_array, at_limits: AtLimits | None = None
) -> OptimalFace:
    """The face of a solution.

    The solutions of a convex QP are the feasible points with the same ``P x`` and ``c @ x`` (Mangasarian, "A simple
    characterization of solution sets of convex programs", 1988). Where it is known what all of them have at a limit,
    this says the same as ``c @ x``, and leaves what remains an interior, as solvers need.

    Parameters
    ----------
    stacked : StackedMarket
    solution : array of shape (n,)
        It must satisfy the agents' constraints and clear.
    shared : sparse array of shape (k, n)
        Further linear functions that all solutions share, such as disclosed volumes, whose value is curved.
    at_limits : AtLimits, optional
        Variables and inequalities that all solutions have at a limit, and the face where the solution has them.
    """
    s = stacked
    quadratic = sp.csr_array(s.P)
    curved = _distinct(quadratic[np.flatnonzero(np.diff(quadratic.indptr))])
    optimal = sp.csr_array(s.c[None, :] if at_limits is None else s.G[at_limits.inequalities])
    same = sp.vstack([curved, shared, optimal], format="csr")
    if at_limits is not None:
        s = _held(s, at_limits, solution)
    rows = sp.csr_array(sp.vstack([s.A, s.K, same], format="csr"))
    return OptimalFace(s, rows, rows @ solution)


def _held(stacked: StackedMarket, at_limits: AtLimits, solution: FloatArray) -> StackedMarket:
    lower, upper, h = stacked.lower.copy(), stacked.upper.copy(), stacked.h.copy()
    lower[at_limits.variables] = upper[at_limits.variables] = solution[at_limits.variables]
    h[at_limits.inequalities] = np.inf
    return replace(stacked, lower=lower, upper=upper, h=h)


def _with_columns(matrix: sp.csc_array, count: int) -> sp.csc_array:
    """A matrix with as many columns of zeros more."""
    return sp.csc_array(sp.hstack([matrix, sp.csc_array((matrix.shape[0], count))], format="csc"))


def _distinct(rows: sp.csr_array) -> sp.csr_array:
    """Rows of which none is a multiple of another up to rounding: a unit's cost has one for each customer."""
    first: dict[tuple[bytes, bytes], int] = {}
    for row, (begin, end) in enumerate(pairwise(rows.indptr)):
        values = rows.data[begin:end] / rows.data[begin]
        first.setdefault((rows.indices[begin:end].tobytes(), np.round(values, _DIGITS).tobytes()), row)
    return sp.csr_array(rows[list(first.values())])
