"""What the market tells sites: prices and emissions at their buses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray
from .grid_market import Clearing, GridMarket


@dataclass(frozen=True, eq=False)
class GridSignal:
    """Prices and intensities that sites plan by.

    Parameters
    ----------
    price_usd_per_mwh, grid_t_per_mwh : arrays of shape (sites, slots)
    """

    price_usd_per_mwh: FloatArray
    grid_t_per_mwh: FloatArray

    def towards(self, other: GridSignal, share: float) -> GridSignal:
        """A share of the way to another one; all of it is the other one to the last bit."""
        if share == 1.0:
            return other
        return GridSignal(
            self.price_usd_per_mwh + share * (other.price_usd_per_mwh - self.price_usd_per_mwh),
            self.grid_t_per_mwh + share * (other.grid_t_per_mwh - self.grid_t_per_mwh),
        )

    def price_distance(self, other: GridSignal) -> float:
        """Largest difference of prices [$/MWh]."""
        return float(np.abs(self.price_usd_per_mwh - other.price_usd_per_mwh).max())


@dataclass(frozen=True, eq=False)
class Standing:
    """A market, and the bus of every site.

    Parameters
    ----------
    market : GridMarket
    places : dict of site to bus
    """

    market: GridMarket
    places: dict[str, int]

    def clear(self, net_mw: FloatArray) -> Clearing:
        """The equilibrium where sites draw so much more than they feed in, shape (sites, slots)."""
        load = np.zeros((len(self.market.buses), self.market.periods))
        np.add.at(load, self._rows, net_mw)
        return self.market.clear(load)

    def prices(self, clearing: Clearing) -> FloatArray:
        """Nodal prices of sites, shape (sites, slots)."""
        return clearing.price_usd_per_mwh[self._rows]

    def signal(self, clearing: Clearing) -> GridSignal:
        """Nodal prices with the average intensity of the whole market, the same at every bus."""
        prices = self.prices(clearing)
        return GridSignal(prices, np.broadcast_to(clearing.average_t_per_mwh, prices.shape))

    def marginal_t_per_mwh(self, net_mw: FloatArray, clearing: Clearing) -> FloatArray:
        """By how much emissions of the market rise with one more MW at a site's bus, shape (sites, slots).

        The market is cleared again with that MW: for all hours at once where what is drawn in one hour changes
        nothing in another, else for one hour after the other. Of a market with congested lines it may be negative, or
        more than any unit emits.
        """
        found = np.zeros_like(net_mw)
        slots = np.arange(net_mw.shape[1])
        tried = [slots] if self.market.are_hours_apart else [slots[t : t + 1] for t in slots]
        for site in range(len(net_mw)):
            for hours in tried:
                more = net_mw.copy()
                more[site, hours] += 1.0
                change = self.clear(more).co2_t - clearing.co2_t
                found[site, hours] = change[hours] if len(tried) == 1 else change.sum()
        return found

    @property
    def _rows(self) -> list[int]:
        return [self.market.buses.index(bus) for bus in self.places.values()]
