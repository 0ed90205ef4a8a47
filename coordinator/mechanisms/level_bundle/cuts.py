"""Cuts: what agents have answered so far, as planes below their profits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import BoolArray, FloatArray, IntArray
from ...announcement import Responses
from ...market import Market


@dataclass(frozen=True, eq=False)
class Cuts:
    """Past responses, one row each: their agent can always earn ``prices @ trades - cost`` with any of them.

    Parameters
    ----------
    trades : sparse array of shape (cuts, copies)
        Nonzero in the copies of one agent alone.
    agents : array of shape (cuts,)
        Position of that agent in the market.
    costs_usd : array of shape (cuts,)
    idle : array of shape (cuts,)
        Rounds since the cut was last needed.
    """

    trades: sp.csr_array
    agents: IntArray
    costs_usd: FloatArray
    idle: IntArray

    @staticmethod
    def of(market: Market, responses: Responses) -> Cuts:
        """One cut for every agent."""
        agents, copies = len(market.agents), len(market.good_of_copy)
        rows = (responses.trades, (market.agent_of_copy, np.arange(copies)))
        trades = sp.csr_array(rows, shape=(agents, copies))
        return Cuts(trades, np.arange(agents), responses.costs, np.zeros(agents, dtype=np.int64))

    def with_responses(self, market: Market, responses: Responses) -> Cuts:
        """One cut more for every agent that did not give this very answer before."""
        latest = Cuts.of(market, responses)
        known = set(self._answers())
        new = latest.chosen(np.array([answer not in known for answer in latest._answers()], dtype=bool))
        return Cuts(
            sp.csr_array(sp.vstack([self.trades, new.trades])),
            np.concatenate([self.agents, new.agents]),
            np.concatenate([self.costs_usd, new.costs_usd]),
            np.concatenate([self.idle, new.idle]),
        )

    def aged(self, needed: BoolArray) -> Cuts:
        """One round later."""
        return replace(self, idle=np.where(needed, 0, self.idle + 1))

    def chosen(self, chosen: BoolArray) -> Cuts:
        """Some of the cuts."""
        return Cuts(self.trades[chosen], self.agents[chosen], self.costs_usd[chosen], self.idle[chosen])

    def combination(self, weights: FloatArray) -> Responses:
        """Weighted means of every agent's responses and costs; as costs are convex, theirs are upper bounds.

        Parameters
        ----------
        weights : array of shape (cuts,)
            They sum to 1 over the cuts of each agent.
        """
        costs = np.bincount(self.agents, weights=weights * self.costs_usd)
        return Responses(np.asarray(self.trades.T @ weights), np.asarray(costs, dtype=np.float64))

    def _answers(self) -> list[tuple[int, bytes, bytes]]:
        """Who answered what, comparable."""
        ends = self.trades.indptr
        return [
            (
                int(agent),
                self.trades.indices[ends[row] : ends[row + 1]].tobytes(),
                self.trades.data[ends[row] : ends[row + 1]].tobytes(),
            )
            for row, agent in enumerate(self.agents)
        ]
