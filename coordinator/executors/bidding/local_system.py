"""The agents' own linear systems at their books: every agent's Newton step costs one small solve."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import FloatArray
from ...bids import Book, Slope, SlopeShape
from ...quasidefinite.quasidefinite import Assembly, Factor
from ...sparse import equal_columns, rows_of
from .stacked_agents import StackedAgents


class LocalAssembly:
    """What never changes in the agents' own systems.

    Variables that all totals count alike, such as all sales of a producer, add up to one weight.
    """

    def __init__(self, shape: SlopeShape) -> None:
        totals = sp.csc_array(rows_of(shape.rows, shape.totals))
        first, alike = equal_columns(totals)
        # Variables that are counted alike mostly stand together.
        self._begins = np.flatnonzero(np.diff(alike, prepend=-1))
        self._alike, self._weights = alike[self._begins], len(first)
        self._assembly = Assembly(
            _with_own(totals[:, first]), -shape.coupled_totals, shape.coupled_curvature, shape.coupled_limits
        )

    def factorise(self, slope: Slope) -> Factor:
        """Factorise for one round."""
        of_runs = np.add.reduceat(slope.flexibility, self._begins)
        flexibility = np.bincount(self._alike, of_runs, minlength=self._weights)
        return self._assembly.factorise(np.concatenate([flexibility, slope.give]), slope.barrier, slope.limit_weights)


def _with_own(totals: sp.csc_array) -> sp.csc_array:
    """Totals with another variable for each, which it alone counts."""
    count, own = totals.shape[0], np.arange(totals.shape[0], dtype=np.int32)
    data = np.concatenate([totals.data, np.ones(count)])
    begins = np.concatenate([totals.indptr, totals.nnz + 1 + own])
    return sp.csc_array((data, np.concatenate([totals.indices, own]), begins), shape=(count, totals.shape[1] + count))


class LocalSystem:
    """Newton's equations of all agents for one book, factorised; agents do not mix.

    With limits eliminated, an agent solves ``[P + Phi, R'; R, -E] (dx, dy) = right``, where Phi holds
    ``worth / room`` of bounds and E holds ``room / worth`` of rows (Nocedal and Wright, "Numerical
    Optimization", 2006, section 16.6). Separable variables, whose block is diagonal, are eliminated too.
    """

    def __init__(self, agents: StackedAgents, assembly: LocalAssembly, book: Book) -> None:
        self._agents = agents
        of_low, of_up, of_rows = agents.of_limits(book.worth / book.room)
        self.row_weights = row_weights = of_rows.copy()
        coupled = agents.shape.coupled
        stiffness = np.zeros_like(book.quantities)
        stiffness[agents.low] += of_low
        stiffness[agents.up] += of_up
        del of_low, of_up, of_rows
        barrier = stiffness[coupled]
        curved, curvature = agents.matrices.curved
        stiffness[curved] += curvature
        # What cannot move has no flexibility.
        stiffness[agents.fixed] = np.inf
        stiffness[coupled] = np.inf
        self.slope = Slope(
            shape=agents.shape,
            flexibility=np.divide(1.0, stiffness, out=stiffness),
            give=np.concatenate([np.zeros(len(agents.matrices.b)), 1 / row_weights[agents.outer]]),
            barrier=barrier,
            limit_weights=row_weights[agents.inner],
        )
        self._factor = assembly.factorise(self.slope)
        self.is_binding = self._factor.is_active

    def solve(
        self, force: FloatArray, totals: FloatArray, binding: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Solve Newton's equations for k right-hand sides.

        Parameters
        ----------
        force : array of shape (variables, k)
            The changes of the variables take its place.
        totals : array of shape (totals, k)
        binding : array of shape (binding limits, k)

        Returns
        -------
        Changes of the variables, and of the worth of totals and of binding limits, in the same shapes.
        """
        shape, flexibility = self.slope.shape, self.slope.flexibility
        of_coupled = -force[shape.coupled]
        change = force
        change *= flexibility[:, None]
        solution = self._factor.solve(np.concatenate([shape.totals_of(change) - totals, of_coupled, -binding]))
        rows, coupled = len(totals), len(shape.coupled)
        # One column after the other: each is as long as all variables.
        for own, worth in zip(change.T, solution[:rows].T, strict=True):
            pull = shape.pull_of_totals(worth)
            pull *= flexibility
            own -= pull
        change[shape.coupled] = solution[rows : rows + coupled]
        return change, solution[:rows], solution[rows + coupled :]

    def of_inner(self, values: FloatArray) -> FloatArray:
        """Pull of inner rows' values, shape (inner, k), on the coupled variables; binding rows left out."""
        soft = np.where(self.is_binding[:, None], 0.0, values)
        return np.asarray(self._agents.from_inner @ soft)
