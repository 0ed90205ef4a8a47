"""Problems whose trades tell all variables, within linear limits: the grid operator, recognised from its matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, cast

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from ....agents.arrays import FloatArray, IntArray
from ....agents.canonical.canonical_problem import CanonicalProblem

# A map whose pivots lie further apart is taken to be singular.
_SMALLEST_PIVOT = 1e-11


class Factors(Protocol):
    """SciPy's SuperLU, whose stubs do not know that it solves for the transpose too."""

    def solve(self, rhs: FloatArray, trans: Literal["N", "T"] = "N") -> FloatArray:
        """Solve for one or several right-hand sides."""
        ...


@dataclass(frozen=True, eq=False)
class Polytope:
    """A problem without curvature whose trades are an invertible sparse map of its variables.

    Memory grows like the factors of the map, which for a grid in angle form grow about like its buses:
    the distribution factors of all lines at all buses are never formed.

    Parameters
    ----------
    problem : CanonicalProblem
    map : Factors
        Of T, from variables to trades without their offset.
    rows : sparse array of shape (limits, variables)
    limit : array of shape (limits,)
        Variables x keep ``rows @ x <= limit``.
    row_size : array of shape (limits,)
        Sum of the absolute values of each row.
    block_of_variable, block_of_trade, block_of_row : arrays of int
        Blocks have no variable in common, as the hours of a grid.
    """

    problem: CanonicalProblem
    map: Factors
    rows: sp.csr_array
    limit: FloatArray
    row_size: FloatArray
    block_of_variable: IntArray
    block_of_trade: IntArray
    block_of_row: IntArray


def polytope(problem: CanonicalProblem) -> Polytope | None:
    """Recognise a problem whose trades tell its variables; None if it is another one."""
    goods, variables = problem.T.shape
    if goods != variables or not variables or len(problem.b) or problem.P.count_nonzero():
        return None
    try:
        # A grid's map is symmetric, and diagonally dominant but for odd reactances: pivots stay on the diagonal.
        factors = splu(problem.T, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.01, options={"SymmetricMode": True})
    except RuntimeError:
        return None
    pivots = np.abs(factors.U.diagonal())
    if pivots.min() <= _SMALLEST_PIVOT * pivots.max():
        return None
    below, above = np.isfinite(problem.lower), np.isfinite(problem.upper)
    identity = sp.eye_array(variables, format="csr")
    rows = sp.csr_array(sp.vstack([problem.G, identity[above], -identity[below]], format="csr"))
    rows.eliminate_zeros()
    row_size = np.asarray(abs(rows).sum(axis=1), dtype=np.float64)
    if not (row_size > 0).all():
        return None
    trades = sp.csr_array(problem.T)
    together = abs(sp.vstack([trades, rows], format="csr"))
    _, components = connected_components(together.T @ together, directed=False)
    block = np.asarray(components, dtype=np.int64)
    return Polytope(
        problem=problem,
        map=cast(Factors, factors),
        rows=rows,
        limit=np.concatenate([problem.h, problem.upper[above], -problem.lower[below]]),
        row_size=row_size,
        block_of_variable=block,
        block_of_trade=_blocks_of_rows(trades, block),
        block_of_row=_blocks_of_rows(rows, block),
    )


def _blocks_of_rows(rows: sp.csr_array, block_of_column: IntArray) -> IntArray:
    """The block that all columns of each row are in."""
    return np.asarray(block_of_column[rows.indices[rows.indptr[:-1]]], dtype=np.int64)
