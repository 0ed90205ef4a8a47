"""Small blocks of a quasidefinite matrix, held dense.

A block M with rows B of active inequalities, whose own diagonal is E, is factorised as::

    [ M   B' ]
    [ B   E  ]

after it has been scaled symmetrically to a diagonal of ones; LU with pivoting does not ask for definiteness.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dgetrf, dgetrs

from ...agents.arrays import BoolArray, FloatArray, IntArray, Positions

# Added to the diagonal of ones, with the signs that keep it quasidefinite: more than factors lose to rounding, which
# else decides how far a solution goes where it makes no difference. To an interior-point step it is a proximal term
# (Friedlander and Orban, "A primal-dual regularized interior-point method", Math. Prog. Comp. 4, 2012).
REGULARISATION = 1e-11


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
    """

    is_active: BoolArray
    diagonal: FloatArray
    unknowns: IntArray


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
        return DefiniteFactor(self.unknowns, *scaled(entries.reshape(*self.unknowns.shape, -1)))


class DefiniteFactor:
    """Blocks of one size, scaled; one by one they are too small to be worth a factorisation."""

    def __init__(self, unknowns: IntArray, matrices: FloatArray, scale: FloatArray) -> None:
        self._unknowns, self._matrices, self._scale = unknowns, matrices, scale[..., None]

    def solve(self, right: FloatArray, result: FloatArray) -> None:
        """Put the solution of the blocks' part of `right` into `result`, both of shape (unknowns, k)."""
        target = self._scale * right[self._unknowns]
        found = target / self._matrices if self._matrices.shape[1] == 1 else self._solution(target)
        result[self._unknowns] = self._scale * found

    def _solution(self, target: FloatArray) -> FloatArray:
        # Constraints of a block may be linearly dependent: their duals share their sum in any proportion.
        regular = self._matrices + REGULARISATION * np.eye(self._matrices.shape[1])
        found = np.linalg.solve(regular, target)
        found += np.linalg.solve(regular, target - self._matrices @ found)
        return np.asarray(found, dtype=np.float64)


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
        return DenseFactor(unknowns, matrix, scale, np.concatenate([self.signs, np.ones(len(own))]))


class DenseFactor:
    """LU factors of one block."""

    def __init__(self, unknowns: IntArray, matrix: FloatArray, scale: FloatArray, signs: FloatArray) -> None:
        self._unknowns, self._matrix, self._scale = unknowns, matrix, scale[:, None]
        # LAPACK itself: around matrices this small SciPy's checks take as long as the work.
        # Constraints may be dependent, as among definite blocks, and the Hessian may leave primal variables free.
        self._lu, self._pivots, _ = dgetrf(matrix + REGULARISATION * np.diag(signs))

    def solve(self, right: FloatArray, result: FloatArray) -> None:
        """Put the solution of the block's part of `right` into `result`, with one step of refinement."""
        target = self._scale * right[self._unknowns]
        found = lu_solved(self._lu, self._pivots, target)
        found += lu_solved(self._lu, self._pivots, target - self._matrix @ found)
        result[self._unknowns] = self._scale * found


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
