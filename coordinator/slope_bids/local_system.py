"""The agents' own linear systems at their books: every agent's Newton step costs one small solve."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...agents import AgentError
from ..bids import Book, Slope
from ..market import FloatArray
from .quasidefinite import Assembly, binding_limits
from .stacked import StackedAgents


def local_assembly(agents: StackedAgents) -> Assembly:
    """What never changes in the agents' own systems."""
    shape = agents.shape
    every = sp.eye_array(shape.separable_rows.shape[0], format="csr")
    totals = sp.csr_array(sp.hstack([-shape.separable_rows, every], format="csr"))
    return Assembly(totals, -shape.coupled_rows, shape)


class LocalSystem:
    """Newton's equations of all agents for one book, factorised; agents do not mix.

    With limits eliminated, an agent solves ``[P + Phi, R'; R, -E] (dx, dy) = right``, where Phi holds
    ``worth / room`` of bounds and E holds ``room / worth`` of rows (Nocedal and Wright, "Numerical
    Optimization", 2006, section 16.6). Separable variables, whose block is diagonal, are eliminated too.

    Raises
    ------
    AgentError
        If the system is singular: an agent states an equality twice.
    """

    def __init__(self, agents: StackedAgents, assembly: Assembly, book: Book) -> None:
        self._agents = agents
        self.weights = book.worth / book.room
        low = len(agents.low)
        barrier = np.zeros_like(agents.c)
        barrier[agents.low] += self.weights[:low]
        barrier[agents.up] += self.weights[low : agents.bounds]
        # What cannot move has no flexibility.
        barrier[agents.fixed] = np.inf
        of_rows = self.weights[agents.bounds :]
        self.slope = Slope(
            shape=agents.shape,
            flexibility=1 / (agents.curvature + barrier)[agents.separable],
            give=np.concatenate([np.zeros(len(agents.b)), 1 / of_rows[agents.outer]]),
            barrier=barrier[agents.coupled],
            limit_weights=of_rows[agents.inner],
        )
        self.is_binding = binding_limits(self.slope)
        try:
            weights = np.concatenate([self.slope.flexibility, self.slope.give])
            self._factor = assembly.factorise(weights, self.slope)
        except np.linalg.LinAlgError as error:
            raise AgentError(f"an agent's slope cannot be computed ({error}); is an equality stated twice?") from error

    def solve(
        self, force: FloatArray, totals: FloatArray, binding: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Solve Newton's equations for k right-hand sides.

        Parameters
        ----------
        force : array of shape (variables, k)
        totals : array of shape (rows, k)
        binding : array of shape (binding limits, k)

        Returns
        -------
        Changes of the variables, and of the worth of rows and of binding limits, in the same shapes.
        """
        agents, shape, flexibility = self._agents, self.slope.shape, self.slope.flexibility[:, None]
        own = force[agents.separable]
        right = np.concatenate([shape.separable_rows @ (flexibility * own) - totals, -force[agents.coupled], -binding])
        solution = self._factor.solve(right)
        rows, coupled = len(totals), len(agents.coupled)
        change = np.empty_like(force)
        change[agents.coupled] = solution[rows : rows + coupled]
        change[agents.separable] = flexibility * (own - agents.from_rows @ solution[:rows])
        return change, solution[:rows], solution[rows + coupled :]

    def of_inner(self, values: FloatArray) -> FloatArray:
        """Pull of inner rows' values, shape (inner, k), on the coupled variables; binding rows left out."""
        soft = np.where(self.is_binding[:, None], 0.0, values)
        return np.asarray(self._agents.from_limits @ soft)
