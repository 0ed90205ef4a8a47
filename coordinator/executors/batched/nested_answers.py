"""All agents of a market whose problems are nested sums, answered together."""

from __future__ import annotations

from ....agents.arrays import FloatArray
from ....agents.canonical.stacked_matrices import StackedMatrices
from ...market import Market
from .best_sellers import BestSellers
from .forest import forest
from .nested_sums import NestedSums
from .water_filling import WaterFilling


class NestedAnswers:
    """Agents whose problems are nested sums.

    Parameters
    ----------
    market : Market
    recognised : NestedSums
    matrices : StackedMatrices
        Of the market.
    """

    def __init__(self, market: Market, recognised: NestedSums, matrices: StackedMatrices) -> None:
        self._matrices = matrices
        self._trees = forest(recognised, [agent.name for agent in market.agents])
        self._best_sellers = BestSellers(self._trees, matrices.P)

    def answer_alone(self, linear: FloatArray, x: FloatArray) -> None:
        """Overwrite the variables of all agents; only those with best leaves are answered."""
        x[:] = self._best_sellers.solve(linear)

    def set_up(self, rho: FloatArray) -> None:
        """Prepare for another rho, above 0, of shape (copies,)."""
        self._filling = WaterFilling(self._trees, rho, self._matrices.T, self._matrices.P)

    def answer_near_targets(self, linear: FloatArray, x: FloatArray) -> None:
        """Overwrite the variables of all agents; only those with nested sums are answered."""
        x[:] = self._filling.solve(linear)
