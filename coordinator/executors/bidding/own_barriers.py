"""Barriers of their own: agents that lag stay away from their limits longer, and what is accurate need not fall."""

from __future__ import annotations

import numpy as np

from ....agents.arrays import FloatArray, IntArray
from ...announcement import BidRequest

# Share of its own turnover below which what an agent's limits hold need not fall.
_ACCURACY = 1e-9
# A lagging agent's barrier is at most this share of the mean that its limits hold.
_LARGEST_CUT = 0.9
_CAUTION = 2.0


def own_barriers_usd(
    request: BidRequest, held_usd: FloatArray, limits: IntArray, progress: FloatArray, turnover_usd: FloatArray
) -> FloatArray:
    """Each agent's barrier for its next step where it is above the announced one; 0 for agents that follow that.

    One barrier for all would hold back everybody until the last one has kept pace, or leave behind who is
    blocked by a limit. And it would fall to what a small agent needs: a large one's trades then answer prices
    so steeply that what its totals yield is lost in rounding.

    Parameters
    ----------
    request : BidRequest
        The last one.
    held_usd : array of shape (agents,)
        Sum of ``slack * dual`` over an agent's limits.
    limits : array of int, shape (agents,)
    progress : array of shape (agents,)
        Share of its last step that each agent could go.
    turnover_usd : array of shape (agents,)
    """
    of_each = np.maximum(limits, 1)
    lag = np.minimum((1 - progress) ** _CAUTION, _LARGEST_CUT)
    accurate = np.minimum(request.accurate_usd, _ACCURACY * turnover_usd / of_each)
    wanted = np.maximum(lag * held_usd / of_each, accurate)
    return np.where(wanted > request.barrier_usd, wanted, 0.0)
