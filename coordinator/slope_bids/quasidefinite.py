"""Quasidefinite systems of totals and coupled variables: put together and factorised block by block."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ..bids import Slope, SlopeShape
from ..market import FloatArray, IntArray
from .bordered import BorderedBlock
from .dense import Binding, DenseBlock, PlainBlocks
from .gram import Terms, gram, joined_terms

Block = PlainBlocks | DenseBlock | BorderedBlock

# Limits this many times stiffer than a soft one (the lower quartile) stay unknowns of their own:
# added to the network matrix they would erase its soft entries.
_BINDING = 1e4
# Larger blocks are taken apart, up to this size they are dense.
SMALL = 300


class Assembly:
    """The matrix ``[[A w A', F], [F', -K]]``, with K the stiffness of coupled variables.

    It is quasidefinite (Vanderbei, "Symmetric quasidefinite matrices", SIAM J. Optim. 5(1), 1995) and
    falls into blocks that do not touch, such as agents or hours. All its entries are linear in the
    weights of a round: one sparse product.

    Parameters
    ----------
    totals : sparse array A of shape (rows, weights)
    border : sparse array F of shape (rows, coupled)
    shape : SlopeShape
        For the curvature and the limits of coupled variables.
    """

    def __init__(self, totals: sp.csr_array, border: sp.csr_array, shape: SlopeShape) -> None:
        self.rows, self.coupled = border.shape
        self._limits = limits = shape.coupled_limits
        self._limit_rows = sp.csr_array(
            (-limits.data, limits.indices + self.rows, limits.indptr),
            shape=(limits.shape[0], self.rows + self.coupled),
        )
        terms = self._terms(totals, sp.coo_array(border), sp.coo_array(shape.coupled_curvature))
        self._lay_out(terms)

    def _terms(self, totals: sp.csr_array, edge: sp.coo_array, curvature: sp.coo_array) -> Terms:
        """Weights are those of totals, of limits, of barriers, and a one for what never changes."""
        shift, first, limits = self.rows, totals.shape[1], self._limits.shape[0]
        self._weights = first + limits + self.coupled + 1
        coupled, every = np.arange(self.coupled), np.arange(self.rows + self.coupled)
        unchanging = (
            (edge.row, edge.col + shift, edge.data),
            (edge.col + shift, edge.row, edge.data),
            (curvature.row + shift, curvature.col + shift, -curvature.data),
            # Every entry of the diagonal is there, be it zero.
            (every, every, np.zeros(len(every))),
        )
        return joined_terms(
            [
                gram(totals),
                gram(sp.csr_array(self._limits.T)).shifted(shift, first, -1.0),
                Terms(coupled, coupled, coupled, np.ones(self.coupled)).shifted(shift, first + limits, -1.0),
                *(Terms(row, column, np.full(len(row), self._weights - 1), value) for row, column, value in unchanging),
            ]
        )

    def _lay_out(self, terms: Terms) -> None:
        """All blocks one after the other in one buffer: first the plain ones by size, then the others."""
        size = self.rows + self.coupled
        pattern = sp.csr_array((np.ones(len(terms.row), dtype=np.int8), (terms.row, terms.column)), shape=(size, size))
        label = np.asarray(connected_components(pattern, directed=False)[1], dtype=np.int64)
        del pattern
        groups = self._groups(label)
        group_of_unknown, position = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
        for number, unknowns in enumerate(groups):
            group_of_unknown[unknowns.ravel()] = number
            position[unknowns.ravel()] = np.arange(unknowns.size)
        order, ends = _sorted_by(group_of_unknown[terms.row], len(groups))
        # All variables of a limit are in one block.
        of_limits, limit_ends = _sorted_by(
            group_of_unknown[self._limit_rows.indices[self._limit_rows.indptr[:-1]]], len(groups)
        )
        self._blocks: list[Block] = []
        place = np.full(len(terms.row), -1, dtype=np.int64)
        length = 0
        for number, unknowns in enumerate(groups):
            own = order[ends[number] : ends[number + 1]]
            limits = of_limits[limit_ends[number] : limit_ends[number + 1]]
            row, column = position[terms.row[own]], position[terms.column[own]]
            block = self._block(unknowns, length, row, column, limits)
            place[own] = block.places(row, column)
            self._blocks.append(block)
            length += block.length
        stays = place >= 0
        self._entries = sp.csr_array(
            (terms.value[stays], (place[stays], terms.weight[stays])), shape=(length, self._weights)
        )

    def _groups(self, label: IntArray) -> list[IntArray]:
        """Unknowns of blocks that are stored together, (blocks, size): plain ones of one size, or a single one."""
        count = int(label.max(initial=-1)) + 1
        size = np.bincount(label, minlength=count)
        members = np.split(np.argsort(label, kind="stable"), np.cumsum(size)[:-1])
        is_plain = (np.bincount(label[self.rows :], minlength=count) == 0) & (size <= SMALL)
        same = [np.flatnonzero(is_plain & (size == s)) for s in np.unique(size[is_plain])]
        return [
            *(np.array([members[block] for block in blocks]) for blocks in same),
            *(members[block][None] for block in np.flatnonzero(~is_plain)),
        ]

    def _block(self, unknowns: IntArray, start: int, row: IntArray, column: IntArray, limits: IntArray) -> Block:
        if unknowns.size > SMALL * len(unknowns):
            rows = sp.csr_array(self._limit_rows[limits][:, unknowns[0]])
            return BorderedBlock(unknowns[0], start, row, column, limits, rows)
        if (unknowns < self.rows).all():
            return PlainBlocks(unknowns, start)
        return DenseBlock(unknowns[0], start, limits, self._limit_rows[limits][:, unknowns[0]].toarray())

    def factorise(self, weights: FloatArray, slope: Slope) -> Factor:
        """Factorise for one round.

        Parameters
        ----------
        weights : array of shape (weights,)
        slope : Slope
            For coupled variables.
        """
        is_binding = binding_limits(slope)
        soft = np.where(is_binding, 0.0, slope.limit_weights)
        entries = self._entries @ np.concatenate([weights, soft, slope.barrier, [1.0]])
        unknowns = self.rows + self.coupled + np.cumsum(is_binding) - 1
        binding = Binding(is_binding, 1 / slope.limit_weights, unknowns)
        return Factor(self._blocks, entries, binding, self.rows + self.coupled + int(is_binding.sum()))


def binding_limits(slope: Slope) -> np.ndarray:
    """Which limits of coupled variables are too stiff to be part of the stiffness."""
    weights = slope.limit_weights
    if not len(weights):
        return np.zeros(0, dtype=bool)
    quartile = (len(weights) - 1) // 4
    return np.asarray(weights > _BINDING * np.partition(weights, quartile)[quartile])


def _sorted_by(group: IntArray, groups: int) -> tuple[IntArray, IntArray]:
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
        self.size = size
        self._blocks = [block.factorise(entries[block.start : block.start + block.length], binding) for block in blocks]

    def solve(self, right: FloatArray) -> FloatArray:
        """Solve for right-hand sides of shape (unknowns, k), with one step of refinement where blocks are coupled."""
        result = np.zeros_like(right)
        for block in self._blocks:
            block.solve(right, result)
        return result
