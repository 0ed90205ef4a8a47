"""Small blocks of a quasidefinite matrix, held dense.

A block M with rows B of active inequalities, whose own diagonal is E, is factorised as::

    [ M   B' ]
    [ B   E  ]

after it has been scaled symmetrically to a diagonal of ones; LU with pivoting does not ask for definiteness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dgetrf, dgetrs

from ...agents.arrays import BoolArray, FloatArray, IntArray, Positions

# Regularises the diagonal of ones of what is singular, with the signs that keep it quasidefinite.
REGULARISATION = 1e-13
# Shares of the diagonal in the order in which they are tried, where solutions are to be exact.
EXACT_FIRST = (0.0, REGULARISATION, 1e-11)
# A solution that leaves less than this share of every right-hand side is one; steps are repeated in any case.
_ENOUGH = 0.1
# Share of a row's terms that rounding may leave.
_ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class ActiveInequalities:
    """The inequalities whose duals are unknowns in an iteration.

    Parameters
    ----------
    is_active : array of bool, shape (inequalities,)
    diagonal : array of shape (inequalities,)
        ``slack / dual``, the diagonal E of active ones.
    unknowns : array of int, shape (inequalities,)
        Which unknown the dual of each is, if it is one.
    shares : tuple of float
        Of the diagonal, with which blocks are regularised, in the order in which they are tried.
    """

    is_active: BoolArray
    diagonal: FloatArray
    unknowns: IntArray
    shares: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class DefiniteBlocks:
    """Positive definite blocks of one size, of duals alone; all are solved at once.

    Parameters
    ----------
    unknowns : array of int, shape (blocks, size)
    start : int
        Where their entries start in the buffer of all blocks.
    """

    unknowns: IntArray
    start: int

    @property
    def length(self) -> int:
        """How many entries they have."""
        return int(self.unknowns.size * self.unknowns.shape[1])

    def places(self, row: Positions, column: Positions) -> Positions:
        """Where entries stand in the buffer, from positions in the order of `unknowns`."""
        size = self.unknowns.shape[1]
        return np.asarray(self.start + row * size + column % size)

    def factorise(self, entries: FloatArray, active: ActiveInequalities) -> DefiniteFactor:
        """Factorise; inequalities are over primal variables, and none is among the unknowns."""
        return DefiniteFactor(self.unknowns, *scaled(entries.reshape(*self.unknowns.shape, -1)), active.shares)


class DefiniteFactor:
    """Blocks of one size, scaled; one by one they are too small to be worth a factorisation."""

    def __init__(self, unknowns: IntArray, matrices: FloatArray, scale: FloatArray, shares: tuple[float, ...]) -> None:
        self._unknowns, self._matrices, self._scale, self._shares = unknowns, matrices, scale[..., None], shares

    def solve(self, right: FloatArray, result: FloatArray) -> None:
        """Put the solution of the blocks' part of `right` into `result`, both of shape (unknowns, k)."""
        target = self._scale * right[self._unknowns]
        single = self._matrices.shape[1] == 1
        found = (
            target / self._matrices if single else best_solution(self._solution, self._shares, self._matrices, target)
        )
        result[self._unknowns] = self._scale * found

    def _solution(self, share: float, target: FloatArray) -> FloatArray:
        # Constraints of a block may be linearly dependent: their duals share their sum in any proportion.
        matrices = self._matrices + share * np.eye(self._matrices.shape[1]) if share else self._matrices
        try:
            return np.asarray(np.linalg.solve(matrices, target), dtype=np.float64)
        except np.linalg.LinAlgError:
            is_regular = np.linalg.slogdet(matrices)[0] != 0
            result = np.full_like(target, np.nan)
            result[is_regular] = np.linalg.solve(matrices[is_regular], target[is_regular])
            return result


@dataclass(frozen=True, eq=False)
class DenseBlock:
    """One block, or several of them as one, with the active inequalities over their primal variables.

    Parameters
    ----------
    unknowns : array of int, shape (size,)
    start : int
        Where its entries start in the buffer of all blocks.
    inequalities : array of int
        Those over its primal variables.
    inequality_rows : array of shape (inequalities, size)
    signs : array of shape (size,)
        Signs of the diagonal: 1 for duals and -1 for primal variables.
    """

    unknowns: IntArray
    start: int
    inequalities: IntArray
    inequality_rows: FloatArray
    signs: FloatArray

    @property
    def length(self) -> int:
        """How many entries it has."""
        return len(self.unknowns) ** 2

    def places(self, row: Positions, column: Positions) -> Positions:
        """Where entries stand in the buffer, from positions in `unknowns`."""
        return self.start + row * len(self.unknowns) + column

    def factorise(self, entries: FloatArray, active: ActiveInequalities) -> DenseFactor:
        """Factorise with the active inequalities; the entries are used up."""
        size = len(self.unknowns)
        is_active = active.is_active[self.inequalities]
        own = self.inequalities[is_active]
        matrix = entries.reshape(size, size)
        if len(own):
            rows, matrix = self.inequality_rows[is_active], np.zeros((size + len(own), size + len(own)))
            matrix[:size, :size] = entries.reshape(size, size)
            matrix[size:, :size] = rows
            matrix[:size, size:] = rows.T
            every = np.arange(size, len(matrix))
            matrix[every, every] = active.diagonal[own]
        (matrix,), (scale,) = scaled(matrix[None])
        unknowns = np.concatenate([self.unknowns, active.unknowns[own]])
        signs = np.concatenate([self.signs, np.ones(len(own))])
        return DenseFactor(unknowns, matrix, scale, signs, active.shares)


class DenseFactor:
    """LU factors of one block, regularised as far as what they are to solve asks for."""

    def __init__(
        self, unknowns: IntArray, matrix: FloatArray, scale: FloatArray, signs: FloatArray, shares: tuple[float, ...]
    ) -> None:
        self._unknowns, self._matrix, self._scale, self._signs = unknowns, matrix, scale[:, None], signs
        self._shares = shares
        self._factors: dict[float, tuple[FloatArray, Positions] | None] = {}

    def solve(self, right: FloatArray, result: FloatArray) -> None:
        """Put the solution of the block's part of `right` into `result`, with one step of refinement."""
        target = self._scale * right[self._unknowns]
        (found,) = best_solution(self._solution, self._shares, self._matrix[None], target[None])
        result[self._unknowns] = self._scale * found

    def _solution(self, share: float, target: FloatArray) -> FloatArray:
        if share not in self._factors:
            # LAPACK itself: around matrices this small SciPy's checks take as long as the work.
            # The matrix is symmetric, and its transpose stands as LAPACK wants it.
            matrix = (self._matrix + share * np.diag(self._signs)).T
            lu, pivots, singular = dgetrf(matrix, overwrite_a=True)
            self._factors[share] = None if singular else (lu, pivots)
        factors = self._factors[share]
        return np.full_like(target, np.nan) if factors is None else lu_solved(*factors, target[0])[None]


def best_solution(
    solution: Callable[[float, FloatArray], FloatArray],
    shares: tuple[float, ...],
    matrices: FloatArray,
    target: FloatArray,
) -> FloatArray:
    """Solutions by factors of regularised matrices, with a step of refinement, by as much as still solves.

    Where prices or duals make hardly a difference, factors are only rounding there and send them anywhere. A share of
    the diagonal keeps them where they are, like a proximal term (Friedlander and Orban, "A primal-dual regularized
    interior-point method for convex quadratic programs", Math. Prog. Comp. 4, 2012); but if it is too large, it holds
    back what should move. Each block is solved as if it were alone.

    Parameters
    ----------
    solution : callable
        Solves for the right-hand sides of all blocks with a share of the diagonal; NaN for blocks without factors.
    matrices, target : arrays of shape (blocks, size, size) and (blocks, size, k)
    """
    best, least, size = np.zeros_like(target), np.full(len(target), np.inf), np.full_like(target, np.nan)
    is_left = np.ones(len(target), dtype=bool)
    for share in shares:
        found = solution(share, target)
        found += solution(share, target - matrices @ found)
        lack = np.abs(target - matrices @ found)
        if share == shares[0] and (lack <= _ENOUGH * np.abs(target)).all():
            # As mostly: what follows would say the same.
            return found
        of_terms = np.abs(target) + _ROUNDING * (np.abs(matrices) @ np.abs(found))
        of_terms[of_terms == 0] = 1.0
        size = np.where(np.isnan(size), of_terms, size)
        of_blocks = (lack / size).max(axis=(1, 2), initial=0.0)
        is_better = is_left & (of_blocks < least)
        best[is_better], least[is_better] = found[is_better], of_blocks[is_better]
        is_left &= ~(lack <= _ENOUGH * size).all(axis=(1, 2))
        if not is_left.any():
            break
    return best


def lu_solved(lu: FloatArray, pivots: Positions, right: FloatArray) -> FloatArray:
    """Solve for right-hand sides of shape (n, k), one after the other, from what LAPACK's ``getrf`` returned."""
    result = np.empty_like(right)
    # For several at once OpenBLAS wakes threads, however few there are, and waits for them on a busy machine.
    for column, solution in zip(right.T, result.T, strict=True):
        solution[:] = dgetrs(lu, pivots, column)[0]
    return result


def scaled(matrices: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Scale matrices of shape (blocks, n, n) symmetrically, in place, to diagonals of size one; zero rows get a one."""
    size = np.abs(matrices.diagonal(axis1=1, axis2=2))
    all_nonzero = bool(size.all())
    if not all_nonzero:
        blocks, rows = np.nonzero(size == 0)
        size[blocks, rows] = np.abs(matrices[blocks, rows]).max(axis=1, initial=0.0)
    scale = 1 / np.sqrt(size) if all_nonzero else scale_of(size)
    matrices *= scale[:, :, None]
    matrices *= scale[:, None, :]
    if not all_nonzero:
        blocks, rows = np.nonzero(scale == 0)
        matrices[blocks, rows, rows] = 1.0
    return matrices, scale


def scale_of(size: FloatArray) -> FloatArray:
    """What brings a diagonal of these sizes to one; zero where there is nothing to scale."""
    return np.where(size == 0, 0.0, 1 / np.sqrt(np.where(size == 0, 1.0, size)))
