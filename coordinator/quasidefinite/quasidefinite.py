"""Quasidefinite matrices: Newton's equations of interior-point methods, put together and factorised block by block.

With slacks eliminated, a step of variables v and x and of the duals y of their constraints solves the KKT system
(Nocedal and Wright, "Numerical Optimization", 2006, section 16.6)::

    [ U     0      R' ]
    [ 0   H + D    Q' ]
    [ R     Q     -E  ]

where U is the diagonal Hessian of the separable variables v with their bounds, H that of the others, x, and D and
E are diagonal: ``dual / slack`` of bounds and ``slack / dual`` of constraints, zero for equalities. The Schur
complement of U is what is factorised here, with ``A = [R, I]``, ``W = diag(1 / U, E)`` and ``F = -Q``::

    [ A W A'         F            0  ]   y
    [   F'   -(H + D + L' V L)   -B' ]   x
    [   0           -B            E  ]   z

Inequalities over x alone, L, are eliminated too, with V their ``dual / slack``. Where that is large, they are
active: beside it the other entries would be lost to rounding. Such rows, B, keep their duals z, and have a zero in V.

The matrix is symmetric quasidefinite, positive definite in (y, z) and negative definite in x, so that it has
factors in any order of its unknowns (Vanderbei, "Symmetric quasidefinite matrices", SIAM J. Optim. 5(1), 1995).
Where it is only semidefinite, a small diagonal regularises it.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ...agents.arrays import BoolArray, FloatArray, IntArray, Positions, one_if_equal
from ..sparse import columns_of, rows_of
from .bordered import BorderedBlock
from .dense import EXACT_FIRST, ActiveInequalities, DefiniteBlocks, DenseBlock
from .gram import Terms, gram, joined_terms

Block = DefiniteBlocks | DenseBlock | BorderedBlock

# Inequalities with this many times the weight of a slack one (the lower quartile) count as active.
_ACTIVE = 1e4
# Larger blocks are taken apart, up to this size they are dense.
SMALL = 300
# Up to this size definite blocks are solved many at once; for larger ones NumPy's solver wakes threads, which on a busy
# machine takes a thousand times as long as the arithmetic.
STACKED = 50
# Up to this size of all blocks they are solved as one: a call for each takes longer than its arithmetic.
TOGETHER = 100


class Assembly:
    """What never changes in a quasidefinite matrix: where its entries stand, and how they follow from weights.

    Its blocks do not touch, such as those of agents or of hours. All entries are linear in the weights of an
    iteration: one sparse product for those above the diagonal, one for the diagonal.

    Parameters
    ----------
    constraints : sparse array A of shape (duals, weights)
    coupling : sparse array F of shape (duals, primals)
    hessian : sparse array H of shape (primals, primals)
    inequalities : sparse array L of shape (inequalities, primals)
    shares : tuple of float, optional
        Regularisation of dense blocks: shares of the diagonal, in the order in which they are tried.
    parties : array of int, shape (inequalities,), optional
        Whose each inequality is, ascending, where the matrix is that of several parties, such as agents: each of them
        is solved as if it were alone, to the last bit. Default: all are of one.
    """

    def __init__(
        self,
        constraints: sp.csc_array,
        coupling: sp.csr_array,
        hessian: sp.csr_array,
        inequalities: sp.csr_array,
        shares: tuple[float, ...] = EXACT_FIRST,
        parties: IntArray | None = None,
    ) -> None:
        self._shares, self._are_apart = shares, parties is not None
        self._party = np.zeros(inequalities.shape[0], dtype=np.int64) if parties is None else parties
        A, L = constraints, inequalities
        self._duals, self._primals = coupling.shape
        size = self._duals + self._primals
        # With the signs and the columns that they have as rows of the whole matrix.
        self._inequality_rows = sp.csr_array((-L.data, L.indices + self._duals, L.indptr), shape=(L.shape[0], size))
        self._squares = sp.csc_array((one_if_equal(A.data**2), A.indices, A.indptr), shape=A.shape)
        self._inequality_squares = sp.csc_array((L.data**2, L.indices, L.indptr), shape=L.shape[::-1])
        self._hessian_diagonal = hessian.diagonal()
        # Weights are those of constraints, of inequalities, and a one for what never changes.
        self._weights = A.shape[1] + L.shape[0] + 1
        self._lay_out(self._terms(A, coupling, hessian))

    def _terms(self, constraints: sp.csc_array, coupling: sp.csr_array, hessian: sp.csr_array) -> Terms:
        dual, row = _rows_of_entries(coupling), _rows_of_entries(hessian)
        above = row < hessian.indices
        outer = gram(self._inequality_rows.T)
        shifted = Terms(outer.row, outer.column, outer.weight + np.int32(constraints.shape[1]), outer.value)
        unchanging = (
            (dual, coupling.indices + self._duals, coupling.data),
            (row[above] + self._duals, hessian.indices[above] + self._duals, -hessian.data[above]),
        )
        return joined_terms(
            [
                gram(constraints),
                shifted,
                *(Terms(row, column, np.full(len(row), self._weights - 1), value) for row, column, value in unchanging),
            ]
        )

    def _lay_out(self, terms: Terms) -> None:
        """All blocks one after the other in one buffer: first the small definite ones by size, then the others."""
        size = self._duals + self._primals
        groups = [np.arange(size)[None]] if 0 < size <= TOGETHER and not self._are_apart else self._groups(terms)
        group_of_unknown, position = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
        for number, unknowns in enumerate(groups):
            group_of_unknown[unknowns.ravel()] = number
            position[unknowns.ravel()] = np.arange(unknowns.size)
        order, ends = _sorted_by(group_of_unknown[terms.row], len(groups))
        # All variables of an inequality are in one block.
        first = self._inequality_rows.indices[self._inequality_rows.indptr[:-1]]
        by_group, inequality_ends = _sorted_by(group_of_unknown[first], len(groups))
        self._blocks: list[Block] = []
        self._diagonal = np.empty(size, dtype=np.int64)
        above, below = np.empty(len(terms.row), dtype=np.int64), np.empty(len(terms.row), dtype=np.int64)
        length = 0
        for number, unknowns in enumerate(groups):
            own = order[ends[number] : ends[number + 1]]
            inequalities = by_group[inequality_ends[number] : inequality_ends[number + 1]]
            row, column = position[terms.row[own]], position[terms.column[own]]
            block = self._block(unknowns, length, row, column, inequalities)
            above[own], below[own] = block.places(row, column), block.places(column, row)
            every = np.arange(unknowns.size)
            self._diagonal[unknowns.ravel()] = block.places(every, every)
            self._blocks.append(block)
            length += block.length
        place, own = np.concatenate([above, below]), np.tile(np.arange(len(above), dtype=np.int32), 2)
        del above, below, order
        kept = np.flatnonzero(place >= 0)
        # Sorted by weights, the entries are columns already.
        kept = kept[np.argsort(terms.weight[own[kept]], kind="stable")]
        own, place = own[kept], place[kept].astype(np.int32)
        begins = np.searchsorted(terms.weight[own], np.arange(self._weights + 1)).astype(np.int32)
        self._entries = sp.csc_array((terms.value[own], place, begins), shape=(length, self._weights))

    def _groups(self, terms: Terms) -> list[IntArray]:
        """Unknowns of blocks that are stored together, (blocks, size): definite ones of one size, or a single one."""
        shape = (self._duals + self._primals, self._duals + self._primals)
        pattern = sp.csr_array((np.ones(len(terms.row), dtype=np.int8), (terms.row, terms.column)), shape=shape)
        label = np.asarray(connected_components(pattern, directed=False)[1], dtype=np.int64)
        count = int(label.max(initial=-1)) + 1
        size = np.bincount(label, minlength=count)
        members = np.split(np.argsort(label, kind="stable"), np.cumsum(size)[:-1])
        # Duals alone: a block of A W A'.
        is_definite = (np.bincount(label[self._duals :], minlength=count) == 0) & (size <= min(STACKED, SMALL))
        same = [np.flatnonzero(is_definite & (size == s)) for s in np.unique(size[is_definite])]
        return [
            *(np.array([members[block] for block in blocks]) for blocks in same),
            *(members[block][None] for block in np.flatnonzero(~is_definite)),
        ]

    def _block(
        self, unknowns: IntArray, start: int, row: Positions, column: Positions, inequalities: IntArray
    ) -> Block:
        """A block with entries at positions above the diagonal."""
        signs = np.where(unknowns[0] < self._duals, 1.0, -1.0)
        if unknowns.size > SMALL * len(unknowns):
            rows = columns_of(rows_of(self._inequality_rows, inequalities), unknowns[0])
            return BorderedBlock(unknowns[0], start, row, column, inequalities, rows, signs)
        if unknowns.shape[1] <= STACKED and (unknowns < self._duals).all():
            return DefiniteBlocks(unknowns, start)
        rows = rows_of(self._inequality_rows, inequalities)
        # Not by way of all columns: a year has thousands of blocks.
        dense_rows = np.zeros((len(inequalities), unknowns.size))
        dense_rows[_rows_of_entries(rows), np.searchsorted(unknowns[0], rows.indices)] = rows.data
        return DenseBlock(unknowns[0], start, inequalities, dense_rows, signs)

    def factorise(self, weights: FloatArray, diagonal: FloatArray, inequality_weights: FloatArray) -> Factor:
        """Factorise for one iteration.

        Parameters
        ----------
        weights : array of shape (weights,)
            The diagonal of W.
        diagonal : array of shape (primals,)
            The diagonal D.
        inequality_weights : array of shape (inequalities,)
            ``dual / slack`` of each inequality.
        """
        is_active = _active(inequality_weights, self._party)
        eliminated = np.where(is_active, 0.0, inequality_weights)
        entries = self._entries @ np.concatenate([weights, -eliminated, [1.0]])
        hessian = self._inequality_squares @ eliminated + diagonal + self._hessian_diagonal
        entries[self._diagonal] += np.concatenate([self._squares @ weights, -hessian])
        unknowns = self._duals + self._primals + np.cumsum(is_active) - 1
        active = ActiveInequalities(is_active, 1 / inequality_weights, unknowns, self._shares)
        return Factor(self._blocks, entries, active, self._duals + self._primals + int(is_active.sum()))


def _active(inequality_weights: FloatArray, party: IntArray) -> BoolArray:
    """Which inequalities are so close to active, beside others of their party, that their duals stay unknowns."""
    begins = np.flatnonzero(np.diff(party, prepend=-1))
    count = np.diff(begins, append=len(party))
    quartiles = inequality_weights[np.lexsort((inequality_weights, party))][begins + (count - 1) // 4]
    return np.asarray(inequality_weights > _ACTIVE * np.repeat(quartiles, count))


def _rows_of_entries(matrix: sp.csr_array) -> Positions:
    return np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))


def _sorted_by(group: Positions, groups: int) -> tuple[IntArray, IntArray]:
    """Positions sorted by group, and where each group ends."""
    ends = np.cumsum([0, *np.bincount(group, minlength=groups)])
    return np.argsort(group, kind="stable"), ends


class Factor:
    """A factorised matrix; the duals of active inequalities come last among its unknowns."""

    def __init__(self, blocks: list[Block], entries: FloatArray, active: ActiveInequalities, size: int) -> None:
        self.size, self.is_active = size, active.is_active
        self._blocks = [block.factorise(entries[block.start : block.start + block.length], active) for block in blocks]

    def solve(self, right: FloatArray) -> FloatArray:
        """Solve for right-hand sides of shape (unknowns, k); indefinite and large blocks refine their solution once."""
        result = np.zeros_like(right)
        for block in self._blocks:
            block.solve(right, result)
        return result
