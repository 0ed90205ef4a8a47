"""How far trades are from clearing, family by family."""

from __future__ import annotations

import numpy as np

from ...agents.arrays import FloatArray
from ...agents.goods import Family
from ..market import Market

# A family that trades less than this share of its volume scale is taken not to trade.
NEGLIGIBLE_VOLUME = 1e-3


def relative_imbalances(market: Market, trades: FloatArray) -> dict[Family, float]:
    """``||imbalance|| / ||trades||`` of each family, from stacked trades of shape (copies,)."""
    imbalance = market.norms_of_families(market.imbalance(trades))
    volume = market.norms_of_families(np.sqrt(market.imbalance(trades**2)))
    relative = imbalance / np.maximum(volume, NEGLIGIBLE_VOLUME * market.volume_scale_of_families)
    return dict(zip(market.families, relative.tolist(), strict=True))
