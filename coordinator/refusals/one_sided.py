"""Goods that cannot be traded by construction: several agents offer them and none could take them, or the reverse."""

from __future__ import annotations

import numpy as np

from ...agents.agent import AgentError
from ...agents.arrays import BoolArray, IntArray
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
        T, bounds = market.matrices.T, market.matrices.bounds()
    except AgentError:
        return
    entry_good = np.repeat(market.good_of_copy, np.diff(T.indptr))
    lower, upper = (bound[T.indices] for bound in bounds)
    rises, goods = T.data > 0, len(market.goods)
    offset = market.matrices.trade_offset
    # A variable that is fixed at zero has both signs: it belongs to somebody without capacity.
    goes_up, goes_down = (upper > 0) | (upper == lower), (lower < 0) | (upper == lower)
    for missing, present, fixed in (
        ("taker", np.where(rises, goes_down, goes_up), offset < 0),
        ("supplier", np.where(rises, goes_up, goes_down), offset > 0),
    ):
        has_side = _goods_with(entry_good, present, goods) | _goods_with(market.good_of_copy, fixed, goods)
        lacking = np.flatnonzero(~has_side & (market.traders > 1))
        if len(lacking):
            raise AgentError(_sentence(market, int(lacking[0]), len(lacking), missing))


def _goods_with(good: IntArray, members: BoolArray, goods: int) -> BoolArray:
    return np.asarray(np.bincount(good[members], minlength=goods) > 0)


def _sentence(market: Market, good: int, count: int, missing: str) -> str:
    holders = [market.agents[agent].name for agent in market.agent_of_copy[market.good_of_copy == good]]
    named = ", ".join(holders[:_SHOWN]) + (f" and {len(holders) - _SHOWN} more" if len(holders) > _SHOWN else "")
    others = f" (and {count - 1} other goods)" if count > 1 else ""
    side = "supply" if missing == "taker" else "take"
    return f"{market.goods[good]}{others} has no {missing}: {named} can only {side} it"
