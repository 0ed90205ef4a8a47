"""All agents' canonical problems side by side: one linear term and one sparse product for all of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import scipy.sparse as sp

from .announcement import Announcement, Responses
from .market import FloatArray, Market


class StackedProblems:
    """The canonical problems of a market in one block-diagonal form.

    Parameters
    ----------
    market : Market

    Attributes
    ----------
    T, P : sparse arrays of shape (copies, variables) and (variables, variables)
    columns : list of slice
        Where each agent's variables stand.
    """

    def __init__(self, market: Market) -> None:
        problems = market.problems
        self._good_of_copy = market.good_of_copy
        self.T = sp.csr_array(sp.block_diag([problem.T for problem in problems], format="csr"))
        self._T_transposed = sp.csr_array(self.T.T)
        self.P = sp.csr_array(sp.block_diag([problem.P for problem in problems], format="csr"))
        self._c = np.concatenate([problem.c for problem in problems])
        self._trade_offset = np.concatenate([problem.trade_offset for problem in problems])
        self._constants = np.array([problem.constant for problem in problems])
        sizes = [len(problem.c) for problem in problems]
        ends = np.cumsum([0, *sizes])
        self.columns = [slice(int(a), int(b)) for a, b in pairwise(ends)]
        self._agent_of_column = np.repeat(np.arange(len(sizes)), sizes)

    def linear_term(self, announcement: Announcement) -> FloatArray:
        """Linear term of every agent's problem under an announcement, shape (variables,)."""
        prices = announcement.prices_of_copies(self._good_of_copy)
        signal = prices + announcement.rho * (announcement.targets - self._trade_offset)
        return np.asarray(self._c - self._T_transposed @ signal)

    def responses(self, x: FloatArray) -> Responses:
        """Trades and costs at variables of shape (variables,)."""
        costs_by_column = x * (self.P @ x / 2 + self._c)
        costs = np.bincount(self._agent_of_column, weights=costs_by_column, minlength=len(self._constants))
        return Responses(self.T @ x + self._trade_offset, costs + self._constants)
