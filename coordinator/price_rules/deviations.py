"""What agents gain by deviating from a plan, where every unit of deviation costs a penalty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cvxpy as cp
import numpy as np

from ...agents.agent import Agent, AgentError
from ...agents.arrays import FloatArray
from ...agents.canonical.checks import well_formed_declaration
from ...agents.relaxed import Relaxed
from ..announcement import Prices, Responses, prices_of_copies
from ..market import Market
from ..programmes.integer_programme import Incumbent, IntegerProgramme
from ..programmes.integer_searches import Asked, Search, solve_side_by_side
from ..programmes.stated_programme import StatedProgramme
from ..programmes.unsolved import UnsolvedProgrammeError

# Of a good's volume: trades that are so near to the plan's are those of the plan.
_SAME = 1e-9
# Of all that agents' costs and benefits add up to: a gain that small is none.
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Deviation:
    """Something else that an agent can do.

    Parameters
    ----------
    agent : int
        Its position in the market.
    moved : array of shape (goods of the agent,)
        Its trades less those of the plan.
    saved_usd : float
        The least cost of the plan's trades less its cost of these.
    """

    agent: int
    moved: FloatArray
    saved_usd: float

    @property
    def units(self) -> float:
        """How far its trades are from those of the plan, over all its goods, each in its own unit."""
        return float(np.abs(self.moved).sum())


class Deviations:
    """The best deviations of all agents at prices and a penalty.

    An agent that could do the plan's very trades at less cost gains by that whatever the penalty; that counts nowhere.

    Parameters
    ----------
    market : Market
        Agents with choices stand in it relaxed.
    plan : Responses
        Trades that clear, and costs.
    search : Search
        For each agent's best deviation.

    Attributes
    ----------
    rounding_usd : float
        A gain that small is none.

    Raises
    ------
    AgentError
        If the problem of an agent is no mixed-integer linear programme, or it cannot do the plan's trades.
    """

    def __init__(self, market: Market, plan: Responses, search: Search) -> None:
        self.market, self._search = market, search
        self.rounding_usd = _ROUNDING * float(np.abs(plan.costs).sum())
        self._agents = [
            _Deviating(agent.whole if isinstance(agent, Relaxed) else agent, plan.trades[copies])
            for agent, copies in zip(market.agents, market.copies_of_agents, strict=True)
        ]
        slack = _SAME * market.volume_scale[market.good_of_copy]
        same = [
            agent.same_trades(slack[copies])
            for agent, copies in zip(self._agents, market.copies_of_agents, strict=True)
        ]
        self._same_units = market.by_agent(slack)
        self._least_usd = [found.value for found in self._found(range(len(same)), same)]

    def best(self, prices: FloatArray, penalty: float, agents: Iterable[int] | None = None) -> list[Deviation]:
        """The best deviation of each agent that gains more than rounding.

        Parameters
        ----------
        prices : array of shape (goods,)
        penalty : float
            On each unit of deviation.
        agents : iterable of int, optional
            Positions of those who are asked. Default: all.

        Raises
        ------
        AgentError
            If the search of an agent fails; the message names it.
        """
        asked = range(len(self._agents)) if agents is None else list(agents)
        worth, copies = prices_of_copies(self.market, Prices(prices)), self.market.copies_of_agents
        programmes = [self._agents[n].facing(worth[copies[n]], penalty) for n in asked]
        points = zip(asked, self._found(asked, programmes), strict=True)
        deviations = [self._agents[n].deviation(n, found, self._least_usd[n]) for n, found in points]
        return [one for one in deviations if self._gains(one, prices, penalty)]

    def gain_usd(self, deviation: Deviation, prices: FloatArray) -> float:
        """What a deviation brings at prices, without a penalty."""
        goods = self.market.good_of_copy[self.market.copies_of_agents[deviation.agent]]
        return float(prices[goods] @ deviation.moved) + deviation.saved_usd

    def _gains(self, deviation: Deviation, prices: FloatArray, penalty: float) -> bool:
        """Whether it brings more than rounding, by trades that differ by more than rounding."""
        net_usd = self.gain_usd(deviation, prices) - penalty * deviation.units
        return net_usd > self.rounding_usd and deviation.units > float(self._same_units[deviation.agent])

    def _found(self, agents: Sequence[int], programmes: Sequence[IntegerProgramme]) -> list[Incumbent]:
        names = [self.market.agents[n].name for n in agents]
        try:
            found = solve_side_by_side(list(map(Asked, names, programmes)), self._search)
        except UnsolvedProgrammeError as error:
            raise AgentError(f"agent {error}; no deviation of it from the plan is found") from error
        for name, incumbent in zip(names, found, strict=True):
            if incumbent.x is None:
                raise AgentError(f"agent {name} finds no deviation in {incumbent.seconds:.1f} s")
        return found


class _Deviating:
    """An agent's own programme, with what it trades more and less than planned as variables that a penalty weighs."""

    def __init__(self, agent: Agent, planned: FloatArray) -> None:
        stated = well_formed_declaration(agent)
        more, less = (cp.Variable(len(stated.goods), nonneg=True) for _ in range(2))
        trades = stated.trades == planned + more - less
        self._stated = StatedProgramme(cp.Problem(cp.Minimize(stated.cost), [*stated.constraints, trades]))
        self._more, self._less = self._stated.columns(more), self._stated.columns(less)

    def same_trades(self, slack: FloatArray) -> IntegerProgramme:
        """Least cost of the planned trades, up to a slack of shape (goods of the agent,)."""
        programme = self._stated.programme
        upper = programme.upper.copy()
        upper[self._more] = upper[self._less] = slack
        return replace(programme, upper=upper)

    def facing(self, prices: FloatArray, penalty: float) -> IntegerProgramme:
        """Its programme at prices of its trades, shape (goods of the agent,), and a penalty."""
        programme = self._stated.programme
        costs = programme.c.copy()
        costs[self._more] += penalty - prices
        costs[self._less] += penalty + prices
        return replace(programme, c=costs)

    def deviation(self, agent: int, found: Incumbent, least_usd: float) -> Deviation:
        """What a point stands for, which has one."""
        programme, x = self._stated.programme, np.asarray(found.x)
        cost_usd = float(programme.c @ x) + programme.constant
        return Deviation(agent, x[self._more] - x[self._less], least_usd - cost_usd)
