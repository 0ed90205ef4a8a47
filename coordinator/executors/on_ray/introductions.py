"""What a shard says once of agents that are declared there alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ....agents.agent import AgentError
from ....agents.arrays import BoolArray, FloatArray, IntArray
from ....agents.goods import Good
from ...market import Market


@dataclass(frozen=True, eq=False)
class Introduction:
    """Names, goods, sides and maps from variables to trades of a shard's agents; no other matrix.

    Parameters
    ----------
    names : tuple of str
    moves_money : array of bool, shape (agents,)
    goods : tuple of Good
        Those of the shard, sorted.
    good_of_copy : array of int, shape (copies,)
        Positions in `goods`.
    copies, variables : arrays of int, shape (agents,)
        How many each agent has.
    trade_map : sparse array of shape (copies, variables)
    supplied, taken : arrays of bool, shape (copies,)
    price_scale, volume_scale : arrays of shape (goods,)
    """

    names: tuple[str, ...]
    moves_money: BoolArray
    goods: tuple[Good, ...]
    good_of_copy: IntArray
    copies: IntArray
    variables: IntArray
    trade_map: sp.csr_array
    supplied: BoolArray
    taken: BoolArray
    price_scale: FloatArray
    volume_scale: FloatArray


def introduction_of(home: Market) -> Introduction:
    """What the agents of a shard say of themselves.

    Raises
    ------
    AgentError
        If an agent is no quadratic programme, or a good has a disclosure, which takes knowing both its sides.
    """
    if home.disclosures:
        raise AgentError(f"{next(iter(home.disclosures))} has a disclosure; shards that declare agents have none")
    matrices = home.matrices
    supplied, taken = home.sides
    return Introduction(
        names=tuple(agent.name for agent in home.agents),
        moves_money=home.moves_money,
        goods=home.goods,
        good_of_copy=home.good_of_copy,
        copies=np.diff(matrices.copies),
        variables=np.diff(matrices.variables),
        trade_map=matrices.T,
        supplied=supplied,
        taken=taken,
        price_scale=home.price_scale,
        volume_scale=home.volume_scale,
    )
