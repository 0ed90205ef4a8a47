"""Goods that cannot be traded by construction: several agents offer them and none could take them, or the reverse."""

from __future__ import annotations

import numpy as np

from ...agents.agent import AgentError
from ..market import Market

_SHOWN = 3


def refuse_one_sided(market: Market) -> None:
    """Make sure that no good is offered by several agents and taken by none.

    A good with two sides is legal whatever the capacities are: who could take nothing today is a taker still. So is one
    that a single agent holds: a datacenter without customers, or a line through a bus where nobody trades.

    Raises
    ------
    AgentError
        Names the good, its holders, and the side that is missing. Agents that are no quadratic programmes do not say
        which side they are on.
    """
    try:
        supplied, taken = market.sides
    except AgentError:
        return
    for missing, present in (("taker", taken), ("supplier", supplied)):
        has_side = np.bincount(market.good_of_copy[present], minlength=len(market.goods)) > 0
        lacking = np.flatnonzero(~has_side & (market.traders > 1))
        if len(lacking):
            raise AgentError(_sentence(market, int(lacking[0]), len(lacking), missing))


def _sentence(market: Market, good: int, count: int, missing: str) -> str:
    holders = [market.agents[agent].name for agent in market.agent_of_copy[market.good_of_copy == good]]
    named = ", ".join(holders[:_SHOWN]) + (f" and {len(holders) - _SHOWN} more" if len(holders) > _SHOWN else "")
    others = f" (and {count - 1} other goods)" if count > 1 else ""
    side = "supply" if missing == "taker" else "take"
    return f"{market.goods[good]}{others} has no {missing}: {named} can only {side} it"
