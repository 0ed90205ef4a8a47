"""The agents' own linear systems at their books: every agent's Newton step costs one small solve."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import FloatArray
from ...bids import Book, Slope
from ...quasidefinite.quasidefinite import Assembly, Factor
from ...sparse import equal_columns, rows_of
from .stacked_agents import StackedAgents


class LocalAssembly:
    """What never changes in the agents' own systems.

    Variables with equal columns in the constraints, such as all sales of a producer, add up to one weight.
    """

    def __init__(self, agents: StackedAgents) -> None:
        shape = agents.shape
        constraints = sp.csc_array(rows_of(shape.rows, shape.totals))
        first, alike = equal_columns(constraints)
        # Variables with equal columns mostly stand together.
        self._begins = np.flatnonzero(np.diff(alike, prepend=-1))
        self._alike, self._weights = alike[self._begins], len(first)
        self._assembly = Assembly(
            _with_identity(constraints[:, first]),
            -shape.coupled_totals,
            shape.coupled_curvature,
            shape.coupled_limits,
            parties=None if agents.as_one else agents.owners_of_inner,
        )

    def factorise(self, slope: Slope) -> Factor:
        """Factorise at one iterate."""
        of_runs = np.add.reduceat(slope.flexibility, self._begins)
        inverse_hessian = np.bincount(self._alike, of_runs, minlength=self._weights)
        return self._assembly.factorise(
            np.concatenate([inverse_hessian, slope.give]), slope.barrier, slope.limit_weights
        )


def _with_identity(R: sp.csc_array) -> sp.csc_array:
    """``[R, I]``."""
    count, every = R.shape[0], np.arange(R.shape[0], dtype=np.int32)
    data = np.concatenate([R.data, np.ones(count)])
    begins = np.concatenate([R.indptr, R.nnz + 1 + every])
    return sp.csc_array((data, np.concatenate([R.indices, every]), begins), shape=(count, R.shape[1] + count))


class LocalSystem:
    """Newton's equations of all agents at one iterate, factorised; agents do not mix.

    With slacks and duals of bounds eliminated, an agent solves ``[[P + D, R'], [R, -E]] (dx, dy) = right``, where
    the diagonal D holds ``dual / slack`` of bounds, and E holds ``slack / dual`` of rows (Nocedal and Wright,
    "Numerical Optimization", 2006, section 16.6). Separable variables, whose block is diagonal, are eliminated
    too: what their Schur complement needs is the slope that the agents bid.
    """

    def __init__(self, agents: StackedAgents, assembly: LocalAssembly, iterate: Book) -> None:
        self._agents = agents
        of_low, of_up, of_rows = agents.of_limits(iterate.dual / iterate.slack)
        self.inequality_weights = weights = of_rows.copy()
        coupled = agents.shape.coupled
        hessian = np.zeros_like(iterate.quantities)
        hessian[agents.low] += of_low
        hessian[agents.up] += of_up
        del of_low, of_up, of_rows
        barrier = hessian[coupled] + agents.proximal
        curved, curvature = agents.matrices.curved
        hessian[curved] += curvature
        # Fixed variables do not move, and coupled ones are not eliminated.
        hessian[agents.fixed] = np.inf
        hessian[coupled] = np.inf
        self.slope = Slope(
            shape=agents.shape,
            flexibility=np.divide(1.0, hessian, out=hessian),
            give=np.concatenate([np.zeros(len(agents.matrices.b)), 1 / weights[agents.outer]]),
            barrier=barrier,
            limit_weights=weights[agents.inner],
        )
        self._factor = assembly.factorise(self.slope)
        self.is_active = self._factor.is_active

    def solve(
        self, stationarity: FloatArray, totals: FloatArray, active: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Solve Newton's equations for k right-hand sides.

        Parameters
        ----------
        stationarity : array of shape (variables, k)
            The steps of the variables take its place.
        totals : array of shape (totals, k)
            For equalities and outer inequalities.
        active : array of shape (active inequalities, k)
            For inner ones.

        Returns
        -------
        Steps of the variables, of the duals of totals, and of those of active inequalities, in the same shapes.
        """
        shape, inverse_hessian = self.slope.shape, self.slope.flexibility
        of_coupled = -stationarity[shape.coupled]
        step = stationarity
        step *= inverse_hessian[:, None]
        solution = self._factor.solve(np.concatenate([shape.totals_of(step) - totals, of_coupled, -active]))
        rows, coupled = len(totals), len(shape.coupled)
        # One column after the other: each is as long as all variables.
        for own, dual in zip(step.T, solution[:rows].T, strict=True):
            of_dual = shape.pull_of_totals(dual)
            of_dual *= inverse_hessian
            own -= of_dual
        step[shape.coupled] = solution[rows : rows + coupled]
        return step, solution[:rows], solution[rows + coupled :]

    def from_eliminated(self, values: FloatArray) -> FloatArray:
        """``L' z`` for values z of the inner inequalities, shape (inner, k), active ones left out."""
        eliminated = np.where(self.is_active[:, None], 0.0, values)
        return np.asarray(self._agents.from_inner @ eliminated)
