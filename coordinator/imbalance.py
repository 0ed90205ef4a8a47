"""How far trades are from clearing, family by family."""

from __future__ import annotations

import numpy as np

from ..agents import Family
from .market import FloatArray, Market

# A family that trades less than this share of its volume scale is taken not to trade.
NEGLIGIBLE_VOLUME = 1e-3


def relative_imbalances(market: Market, trades: FloatArray) -> dict[Family, float]:
    """``||imbalance|| / ||trades||`` of each family, from stacked trades of shape (copies,)."""
    imbalance = market.imbalance(trades)
    squared_trades = market.imbalance(trades**2)
    result = {}
    for family, members in market.families.items():
        floor = NEGLIGIBLE_VOLUME * float(np.linalg.norm(market.volume_scale[members]))
        volume = max(float(np.sqrt(squared_trades[members].sum())), floor)
        result[family] = float(np.linalg.norm(imbalance[members])) / volume
    return result
