"""The certificate: what agents regret and what does not clear, known without any monolith."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..agents.agent import AgentError
from ..agents.arrays import FloatArray
from ..agents.goods import Family
from .announcement import Prices, Responses, prices_of_copies
from .executor import Respond
from .imbalance import relative_imbalances
from .market import Market
from .turnover import least_turnover_usd, turnover_usd


@dataclass(frozen=True, eq=False)
class Certificate:
    """How good an allocation is at its prices.

    By weak duality the allocation is optimal up to the total regret in the market whose supplies
    differ by the imbalance. Regrets alone prove nothing: at zero prices pure best responses regret
    nothing, and nothing clears.

    Parameters
    ----------
    regrets_usd : array of shape (agents,)
        What each agent could still gain at the prices; never negative.
    imbalance_value_usd : float
        ``prices @ imbalance``.
    turnover_usd : float
        Benefits plus costs of production.
    least_turnover_usd : float
        The scale of relative figures is the turnover, or this if the market hardly trades.
    relative_imbalances : dict of Family to float
        2-norm of the imbalance over 2-norm of all trades, for each family.
    """

    regrets_usd: FloatArray
    imbalance_value_usd: float
    turnover_usd: float
    least_turnover_usd: float
    relative_imbalances: dict[Family, float]

    @property
    def total_regret_usd(self) -> float:
        """Sum of all regrets."""
        return float(self.regrets_usd.sum())

    @property
    def relative_gap(self) -> float:
        """Regrets plus the value of the imbalance, over turnover."""
        gap_usd = self.total_regret_usd + abs(self.imbalance_value_usd)
        if self.scale_usd > 0:
            return gap_usd / self.scale_usd
        return 0.0 if gap_usd == 0 else float("inf")

    @property
    def scale_usd(self) -> float:
        """What relative figures are relative to."""
        return max(self.turnover_usd, self.least_turnover_usd)

    @property
    def max_relative_imbalance(self) -> float:
        """The largest relative imbalance of a family."""
        return max(self.relative_imbalances.values(), default=0.0)

    @property
    def worst(self) -> float:
        """The larger of gap and imbalance; rounds are ranked by it."""
        return max(self.relative_gap, self.max_relative_imbalance)


def certify(market: Market, prices: FloatArray, allocation: Responses, respond: Respond) -> Certificate:
    """Ask every agent for its pure best response and compare.

    Disclosed intensities are frozen at those of the allocation: no agent expects to move them.

    Parameters
    ----------
    prices : array of shape (goods,)
    allocation : Responses
    respond : callable
        The executor's answer to an announcement.
    """
    announcement = Prices(prices, market.surcharges(allocation.trades))
    best = respond(announcement)
    income = best.trades - allocation.trades
    income *= prices_of_copies(market, announcement)
    gains = market.by_agent(income) - best.costs + allocation.costs
    # An agent can always stay with the trades it has: rounding below zero is no negative regret.
    regrets = np.maximum(gains, 0.0)
    return _certificate(market, prices, allocation, regrets)


def certify_if_possible(market: Market, prices: FloatArray, allocation: Responses, respond: Respond) -> Certificate:
    """Like `certify`; where an agent cannot say its best response, nobody can bound what they regret.

    All regrets are then infinite, and the round is no candidate for the best; but the run can go on.
    """
    try:
        return certify(market, prices, allocation, respond)
    except (AgentError, FloatingPointError):
        return uncertified(market, prices, allocation)


def uncertified(market: Market, prices: FloatArray, allocation: Responses) -> Certificate:
    """What is known where no agent was asked: the imbalance, and nothing about regrets."""
    return _certificate(market, prices, allocation, np.full(len(market.agents), np.inf))


def _certificate(market: Market, prices: FloatArray, allocation: Responses, regrets: FloatArray) -> Certificate:
    return Certificate(
        regrets_usd=regrets,
        imbalance_value_usd=float(prices @ market.imbalance(allocation.trades)),
        turnover_usd=turnover_usd(market, allocation.costs),
        least_turnover_usd=least_turnover_usd(market),
        relative_imbalances=relative_imbalances(market, allocation.trades),
    )


def profits(market: Market, prices: FloatArray, responses: Responses) -> FloatArray:
    """Income at prices alone, without surcharges, less cost of every agent [$], shape (agents,)."""
    return market.by_agent(prices[market.good_of_copy] * responses.trades) - responses.costs
