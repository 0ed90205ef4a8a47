"""The certificate: what agents regret, what does not clear and what is violated, known without any monolith."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..agents.agent import AgentError
from ..agents.arrays import FloatArray
from ..agents.goods import Family
from .announcement import Prices, Responses, prices_of_copies
from .executor import Respond
from .market import Market
from .measures.imbalance import relative_imbalances
from .measures.own_scale import relative_imbalances_of_agents, turnovers_usd, volumes_mwh
from .measures.turnover import least_turnover_usd, turnover_usd


@dataclass(frozen=True, eq=False)
class Certificate:
    """How good an allocation is at its prices.

    By weak duality an allocation that violates nothing is optimal up to the total regret in the market whose
    supplies differ by the imbalance. Regrets alone prove nothing: at zero prices pure best responses regret
    nothing, and nothing clears.

    Parameters
    ----------
    regrets_usd : array of shape (agents,)
        What each agent could still gain at the prices. Who seems to have more than its best, which its
        constraints or costs belie, counts with the difference.
    imbalance_value_usd : float
        ``prices @ imbalance``.
    turnover_usd : float
        Benefits plus costs of production.
    least_turnover_usd : float
        The scale of relative figures is the turnover, or this if the market hardly trades.
    relative_imbalances : dict of Family to float
        2-norm of the imbalance over 2-norm of all trades, for each family.
    relative_violations : array of shape (agents,)
        Largest excess of a constraint of each agent, relative to its right-hand side or the agent's volume.
    relative_regrets_of_agents, relative_imbalances_of_agents : arrays of shape (agents,)
        Regret and imbalance of each agent, relative to what it trades itself.
    dual_value_usd : float
        What all agents together have at the prices with their best responses: no allocation that clears has
        more welfare.
    failure : str, optional
        Why nobody knows what the agents regret: which agent cannot say its best response, and how its solvers
        ended. All regrets are infinite then.
    """

    regrets_usd: FloatArray
    imbalance_value_usd: float
    turnover_usd: float
    least_turnover_usd: float
    relative_imbalances: dict[Family, float]
    relative_violations: FloatArray
    relative_regrets_of_agents: FloatArray
    relative_imbalances_of_agents: FloatArray
    dual_value_usd: float
    failure: str | None = None

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
    def max_relative_violation(self) -> float:
        """The largest relative violation of an agent."""
        return float(self.relative_violations.max(initial=0.0))

    @property
    def max_relative_regret_of_agent(self) -> float:
        """The largest regret of an agent, relative to its own turnover."""
        return float(self.relative_regrets_of_agents.max(initial=0.0))

    @property
    def max_relative_imbalance_of_agent(self) -> float:
        """The largest imbalance of an agent, relative to its own trades."""
        return float(self.relative_imbalances_of_agents.max(initial=0.0))

    @property
    def worst(self) -> float:
        """The largest of all relative figures; rounds are ranked by it."""
        figures = (
            self.relative_gap,
            self.max_relative_imbalance,
            self.max_relative_violation,
            self.max_relative_regret_of_agent,
            self.max_relative_imbalance_of_agent,
        )
        return float(np.max(figures))


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
    worth = prices_of_copies(market, announcement)
    gains = market.by_agent((best.trades - allocation.trades) * worth) - best.costs + allocation.costs
    regrets = np.abs(gains)
    own_turnover_usd = turnovers_usd(market, worth, allocation.trades, best.trades)
    return _certificate(
        market,
        prices,
        allocation,
        regrets_usd=regrets,
        relative_regrets=np.divide(regrets, own_turnover_usd, out=regrets.copy(), where=own_turnover_usd > 0),
        relative_violations=market.constraints.relative_violations(
            allocation.trades, volumes_mwh(market, allocation.trades)
        ),
        dual_value_usd=float(worth @ best.trades - best.costs.sum()),
    )


def certify_if_possible(market: Market, prices: FloatArray, allocation: Responses, respond: Respond) -> Certificate:
    """Like `certify`; where an agent cannot say its best response, nobody can bound what they regret.

    All regrets are then infinite, with the reason as the certificate's failure, and the round is no candidate for
    the best; but the run can go on.
    """
    try:
        return certify(market, prices, allocation, respond)
    except (AgentError, FloatingPointError) as error:
        return uncertified(market, prices, allocation, str(error))


def uncertified(market: Market, prices: FloatArray, allocation: Responses, failure: str) -> Certificate:
    """What is known where agents do not say their best responses: the imbalance, and why nothing else.

    Parameters
    ----------
    prices : array of shape (goods,)
    allocation : Responses
    failure : str
        Why nobody can say what the agents regret.
    """
    unknown = np.full(len(market.agents), np.inf)
    return _certificate(
        market,
        prices,
        allocation,
        regrets_usd=unknown,
        relative_regrets=unknown,
        relative_violations=unknown,
        dual_value_usd=float("inf"),
        failure=failure,
    )


def _certificate(
    market: Market,
    prices: FloatArray,
    allocation: Responses,
    *,
    regrets_usd: FloatArray,
    relative_regrets: FloatArray,
    relative_violations: FloatArray,
    dual_value_usd: float,
    failure: str | None = None,
) -> Certificate:
    return Certificate(
        regrets_usd=regrets_usd,
        imbalance_value_usd=float(prices @ market.imbalance(allocation.trades)),
        turnover_usd=turnover_usd(market, allocation.costs),
        least_turnover_usd=least_turnover_usd(market),
        relative_imbalances=relative_imbalances(market, allocation.trades),
        relative_violations=relative_violations,
        relative_regrets_of_agents=relative_regrets,
        relative_imbalances_of_agents=relative_imbalances_of_agents(market, allocation.trades),
        dual_value_usd=dual_value_usd,
        failure=failure,
    )


def profits(market: Market, prices: FloatArray, responses: Responses) -> FloatArray:
    """Income at prices alone, without surcharges, less cost of every agent [$], shape (agents,)."""
    return market.by_agent(prices[market.good_of_copy] * responses.trades) - responses.costs
