"""Sums and least values of each agent's limits."""

from __future__ import annotations

import numpy as np

from ....agents.arrays import FloatArray, IntArray
from ....agents.canonical.stacked_matrices import ByAgent


class LimitsOfAgents:
    """Values of limits, which stand one kind after the other, and within a kind one agent after the other.

    Parameters
    ----------
    *kinds : arrays of int, shape (agents,)
        How many limits of a kind each agent has.
    """

    def __init__(self, *kinds: IntArray) -> None:
        self.count = np.sum(kinds, axis=0)
        self._kinds = len(kinds)
        self._of_kinds = ByAgent(np.concatenate(kinds))

    def sums(self, values: FloatArray) -> FloatArray:
        """Each agent's sum, shape (agents,)."""
        return np.asarray(self._of_kinds.sums(values).reshape(self._kinds, -1).sum(axis=0))

    def least(self, values: FloatArray) -> FloatArray:
        """Each agent's least value, infinite for agents without any, shape (agents,)."""
        return np.asarray(self._of_kinds.least(values).reshape(self._kinds, -1).min(axis=0))

    def repeated(self, of_agent: FloatArray) -> FloatArray:
        """A value of each agent, for each of its limits."""
        return self._of_kinds.repeated(np.tile(of_agent, self._kinds))
