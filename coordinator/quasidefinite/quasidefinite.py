"""Quasidefinite systems of totals and coupled variables: put together and factorised block by block."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ...agents.arrays import FloatArray, IntArray, Positions, one_if_equal
from ..bids import Slope, SlopeShape
from ..sparse import columns_of, rows_of
from .bordered import BorderedBlock
from .dense import Binding, DenseBlock, PlainBlocks
from .gram import Terms, gram, joined_terms

Block = PlainBlocks | DenseBlock | BorderedBlock

# Limits this many times stiffer than a soft one (the lower quartile) stay unknowns of their own:
# added to the network matrix they would erase its soft entries.
_BINDING = 1e4
# Larger blocks are taken apart, up to this size they are dense.
SMALL = 300
# Up to this size of all blocks they are solved as one: a call for each takes longer than its arithmetic.
TOGETHER = 100


class Assembly:
    """The matrix ``[[A w A', F], [F', -K]]``, with K the stiffness of coupled variables.

    It is quasidefinite (Vanderbei, "Symmetric quasidefinite matrices", SIAM J. Optim. 5(1), 1995) and
    falls into blocks that do not touch, such as agents or hours. All its entries are linear in the
    weights of a round: one sparse product for those above the diagonal, one for the diagonal.

    Parameters
    ----------
    totals : sparse array A of shape (rows, weights)
    border : sparse array F of shape (rows, coupled)
    shape : SlopeShape
        For the curvature and the limits of coupled variables.
    """

    def __init__(self, totals: sp.csc_array, border: sp.csr_array, shape: SlopeShape) -> None:
        self.rows, self.coupled = border.shape
        limits = shape.coupled_limits
        size = self.rows + self.coupled
        self._limit_rows = sp.csr_array(
            (-limits.data, limits.indices + self.rows, limits.indptr), shape=(limits.shape[0], size)
        )
        self._squares = sp.csc_array((one_if_equal(totals.data**2), totals.indices, totals.indptr), shape=totals.shape)
        self._limit_squares = sp.csc_array((limits.data**2, limits.indices, limits.indptr), shape=limits.shape[::-1])
        self._curvature = shape.coupled_curvature.diagonal()
        # Weights are those of totals, of limits, and a one for what never changes.
        self._weights = totals.shape[1] + limits.shape[0] + 1
        self._lay_out(self._terms(totals, border, shape.coupled_curvature))

    def _terms(self, totals: sp.csc_array, border: sp.csr_array, curvature: sp.csr_array) -> Terms:
        edge_row, row = _rows_of_entries(border), _rows_of_entries(curvature)
        above = row < curvature.indices
        of_limits = gram(self._limit_rows.T)
        shifted = Terms(of_limits.row, of_limits.column, of_limits.weight + np.int32(totals.shape[1]), of_limits.value)
        unchanging = (
            (edge_row, border.indices + self.rows, border.data),
            (row[above] + self.rows, curvature.indices[above] + self.rows, -curvature.data[above]),
        )
        return joined_terms(
            [
                gram(totals),
                shifted,
                *(Terms(row, column, np.full(len(row), self._weights - 1), value) for row, column, value in unchanging),
            ]
        )

    def _lay_out(self, terms: Terms) -> None:
        """All blocks one after the other in one buffer: first the plain ones by size, then the others."""
        size = self.rows + self.coupled
        groups = [np.arange(size)[None]] if 0 < size <= TOGETHER else self._groups(terms)
        group_of_unknown, position = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
        for number, unknowns in enumerate(groups):
            group_of_unknown[unknowns.ravel()] = number
            position[unknowns.ravel()] = np.arange(unknowns.size)
        order, ends = _sorted_by(group_of_unknown[terms.row], len(groups))
        # All variables of a limit are in one block.
        of_limits, limit_ends = _sorted_by(
            group_of_unknown[self._limit_rows.indices[self._limit_rows.indptr[:-1]]], len(groups)
        )
        self._blocks: list[Block] = []
        self._diagonal = np.empty(size, dtype=np.int64)
        above, below = np.empty(len(terms.row), dtype=np.int64), np.empty(len(terms.row), dtype=np.int64)
        length = 0
        for number, unknowns in enumerate(groups):
            own = order[ends[number] : ends[number + 1]]
            limits = of_limits[limit_ends[number] : limit_ends[number + 1]]
            row, column = position[terms.row[own]], position[terms.column[own]]
            block = self._block(unknowns, length, row, column, limits)
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
        """Unknowns of blocks that are stored together, (blocks, size): plain ones of one size, or a single one."""
        shape = (self.rows + self.coupled, self.rows + self.coupled)
        pattern = sp.csr_array((np.ones(len(terms.row), dtype=np.int8), (terms.row, terms.column)), shape=shape)
        label = np.asarray(connected_components(pattern, directed=False)[1], dtype=np.int64)
        count = int(label.max(initial=-1)) + 1
        size = np.bincount(label, minlength=count)
        members = np.split(np.argsort(label, kind="stable"), np.cumsum(size)[:-1])
        is_plain = (np.bincount(label[self.rows :], minlength=count) == 0) & (size <= SMALL)
        same = [np.flatnonzero(is_plain & (size == s)) for s in np.unique(size[is_plain])]
        return [
            *(np.array([members[block] for block in blocks]) for blocks in same),
            *(members[block][None] for block in np.flatnonzero(~is_plain)),
        ]

    def _block(self, unknowns: IntArray, start: int, row: Positions, column: Positions, limits: IntArray) -> Block:
        """A block with entries at positions above the diagonal."""
        signs = np.where(unknowns[0] < self.rows, 1.0, -1.0)
        if unknowns.size > SMALL * len(unknowns):
            rows = columns_of(rows_of(self._limit_rows, limits), unknowns[0])
            return BorderedBlock(unknowns[0], start, row, column, limits, rows, signs)
        if (unknowns < self.rows).all():
            return PlainBlocks(unknowns, start)
        limit_rows = rows_of(self._limit_rows, limits).toarray()[:, unknowns[0]]
        return DenseBlock(unknowns[0], start, limits, limit_rows, signs)

    def factorise(self, weights: FloatArray, slope: Slope) -> Factor:
        """Factorise for one round.

        Parameters
        ----------
        weights : array of shape (weights,)
        slope : Slope
            For coupled variables.
        """
        is_binding = _binding_limits(slope)
        soft = np.where(is_binding, 0.0, slope.limit_weights)
        entries = self._entries @ np.concatenate([weights, -soft, [1.0]])
        stiffness = self._limit_squares @ soft + slope.barrier + self._curvature
        entries[self._diagonal] += np.concatenate([self._squares @ weights, -stiffness])
        unknowns = self.rows + self.coupled + np.cumsum(is_binding) - 1
        binding = Binding(is_binding, 1 / slope.limit_weights, unknowns)
        return Factor(self._blocks, entries, binding, self.rows + self.coupled + int(is_binding.sum()))


def _binding_limits(slope: Slope) -> np.ndarray:
    """Which limits of coupled variables are too stiff to be part of the stiffness."""
    weights = slope.limit_weights
    if not len(weights):
        return np.zeros(0, dtype=bool)
    quartile = (len(weights) - 1) // 4
    return np.asarray(weights > _BINDING * np.partition(weights, quartile)[quartile])


def _rows_of_entries(matrix: sp.csr_array) -> Positions:
    return np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))


def _sorted_by(group: Positions, groups: int) -> tuple[IntArray, IntArray]:
    """Positions sorted by group, and where each group ends."""
    ends = np.cumsum([0, *np.bincount(group, minlength=groups)])
    return np.argsort(group, kind="stable"), ends


class Factor:
    """A factorised system; binding limits come last among its unknowns."""

    def __init__(
        self,
        blocks: list[Block],
        entries: FloatArray,
        binding: Binding,
        size: int,
    ) -> None:
        self.size, self.is_binding = size, binding.is_binding
        self._blocks = [block.factorise(entries[block.start : block.start + block.length], binding) for block in blocks]

    def solve(self, right: FloatArray) -> FloatArray:
        """Solve for right-hand sides of shape (unknowns, k), with one step of refinement where blocks are coupled."""
        result = np.zeros_like(right)
        for block in self._blocks:
            block.solve(right, result)
        return result
