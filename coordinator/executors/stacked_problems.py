"""All agents' answers from their stacked problems: one linear term and one sparse product for all of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ...agents.arrays import FloatArray
from ..announcement import Announcement, NearTargets, Responses, prices_of_copies
from ..market import Market


class StackedProblems:
    """The canonical problems of a market, stacked.

    Parameters
    ----------
    market : Market

    Attributes
    ----------
    matrices : StackedMatrices
        Those of the market.
    columns : list of slice
        Where each agent's variables stand.
    """

    def __init__(self, market: Market) -> None:
        self._market = market
        self.matrices = market.matrices
        self.columns = [slice(int(a), int(b)) for a, b in pairwise(self.matrices.variables)]

    def linear_term(self, announcement: Announcement) -> FloatArray:
        """Linear term of every agent's problem under an announcement, shape (variables,)."""
        matrices = self.matrices
        signal = prices_of_copies(self._market, announcement)
        if isinstance(announcement, NearTargets):
            signal += announcement.rho * (announcement.targets - matrices.trade_offset)
        linear: FloatArray = matrices.from_trades @ signal
        np.subtract(matrices.c, linear, out=linear)
        return linear

    def responses(self, x: FloatArray) -> Responses:
        """Trades and costs at variables of shape (variables,)."""
        trades = self.matrices.T @ x
        trades += self.matrices.trade_offset
        return Responses(trades, self.matrices.costs(x))
