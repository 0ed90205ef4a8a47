"""Colours of prices, of which a few far from the others must not take all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.colors import Normalize

from ...agents.arrays import FloatArray

# Told apart by the colour-blind, and in grey.
COLOUR_MAP = "cividis"
# Tukey, "Exploratory Data Analysis", 1977: further from the quartiles than this many times their distance is outside.
_OUTSIDE = 1.5
# The same book's outer fence, for tables of so few prices that quartiles say little: an hour's prices at three buses
# differ by more than the inner one.
_FAR_OUTSIDE, _FEW = 3.0, 20
# Nearly equal prices get nearly equal colours: least span in $/MWh, and in parts of the middle price.
_LEAST_SPAN = 1.0
_LEAST_SHARE = 0.02


@dataclass(frozen=True)
class PriceColours:
    """Prices between which colours change; those beyond have the colour of the end.

    Parameters
    ----------
    low, high : float
        In $/MWh.
    extend : str
        On which sides prices lie beyond, in the word of matplotlib's colour bars.
    """

    low: float
    high: float
    extend: str

    @property
    def norm(self) -> Normalize:
        """For matplotlib."""
        return Normalize(self.low, self.high)

    def is_beyond(self, price: float) -> bool:
        """Whether the colour of a price does not tell it."""
        return not self.low <= price <= self.high

    def is_dark(self, price: float) -> bool:
        """Whether white letters stand out on its colour."""
        return bool(price < 0.6 * self.high + 0.4 * self.low)


def price_colours(prices: FloatArray) -> PriceColours:
    """Colours for prices of any shape; what is not finite does not count.

    The range is that of all prices but those far from the quartiles.
    """
    known = prices[np.isfinite(prices)]
    if not known.size:
        return PriceColours(0.0, 1.0, "neither")
    least, largest = float(known.min()), float(known.max())
    first, middle, third = np.percentile(known, [25, 50, 75])
    times = _FAR_OUTSIDE if known.size <= _FEW else _OUTSIDE
    fence = times * max(third - first, _LEAST_SPAN / 2, _LEAST_SHARE * abs(middle) / 2)
    inner = known[(known >= first - fence) & (known <= third + fence)]
    low, high = float(inner.min()), float(inner.max())
    missing = max(_LEAST_SPAN, _LEAST_SHARE * abs(low + high) / 2) - (high - low)
    if missing > 0:
        low, high = low - missing / 2, high + missing / 2
    extends = {(False, False): "neither", (True, False): "min", (False, True): "max", (True, True): "both"}
    return PriceColours(low, high, extends[least < low, largest > high])
