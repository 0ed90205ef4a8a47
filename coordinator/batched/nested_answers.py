"""All agents of a market whose problems are nested sums, answered together."""

from __future__ import annotations

from ..market import FloatArray, Market
from ..stacked import StackedProblems
from .best_sellers import BestSellers
from .forest import forest
from .nested_sums import NestedSums
from .water_filling import WaterFilling


class NestedAnswers:
    """Agents whose problems are nested sums.

    Parameters
    ----------
    market : Market
    recognised : dict of int to NestedSums
        By position in the market's agents.
    stacked : StackedProblems
        Of the market.
    """

    def __init__(self, market: Market, recognised: dict[int, NestedSums], stacked: StackedProblems) -> None:
        self._stacked = stacked
        self._trees = forest(
            [market.agents[agent].name for agent in recognised],
            list(recognised.values()),
            copies=[market.copies_of_agents[agent] for agent in recognised],
            columns=[stacked.columns[agent] for agent in recognised],
            shape=stacked.T.shape,
        )
        self._best_sellers = BestSellers(self._trees, stacked.P)

    def answer_alone(self, linear: FloatArray, x: FloatArray) -> None:
        """Overwrite the variables of all agents; only those with best leaves are answered."""
        x[:] = self._best_sellers.solve(linear)

    def set_up(self, rho_of_copies: FloatArray) -> None:
        """Prepare for another rho, above 0, of shape (copies,)."""
        self._filling = WaterFilling(self._trees, rho_of_copies, self._stacked.T, self._stacked.P)

    def answer_near_targets(self, linear: FloatArray, x: FloatArray) -> None:
        """Overwrite the variables of all agents; only those with nested sums are answered."""
        x[:] = self._filling.solve(linear)
