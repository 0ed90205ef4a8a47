"""The value of disclosed emissions: what takers mind beyond prices, as a part of welfare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...coordinator.market import Market
from .stacked_market import StackedMarket


@dataclass(frozen=True, eq=False)
class DisclosedValue:
    """What disclosed emissions are worth, as a function of the disclosed volumes.

    With the purchase mix e and the curtailed energy V of a lease, ``kappa e [(q - V) - V ln(q / V)]``,
    zero below V, has the derivative ``kappa E(q)`` in the volume q.

    Parameters
    ----------
    volumes_of : sparse array of shape (disclosed, n)
        Volumes [MWh] from the variables of all agents.
    weight_usd_per_mwh : array of shape (disclosed,)
        ``kappa e``.
    curtailed_mwh : array of shape (disclosed,)
    """

    volumes_of: sp.csr_array
    weight_usd_per_mwh: FloatArray
    curtailed_mwh: FloatArray

    def marginal(self, volume: FloatArray) -> FloatArray:
        """``kappa E(q)`` [$/MWh]."""
        bought = np.maximum(volume - self.curtailed_mwh, 0.0)
        share = np.divide(bought, volume, out=np.ones_like(volume), where=volume > 0)
        # Without curtailed energy the first MWh has the intensity of all others.
        return self.weight_usd_per_mwh * np.where(self.curtailed_mwh > 0, share, 1.0)

    def curvature(self, volume: FloatArray) -> FloatArray:
        """Derivative of `marginal`; at the kink that from above."""
        bought = volume >= self.curtailed_mwh
        squared = np.where(bought & (volume > 0), volume, 1.0) ** 2
        return np.where(bought, self.weight_usd_per_mwh * self.curtailed_mwh / squared, 0.0)


def taken_volumes(market: Market, stacked: StackedMarket) -> sp.csr_array:
    """Volumes [MWh] of the disclosed goods of a market, from the variables of all agents: shape (disclosed, n).

    They are counted with the takers, who feel the value, so that the dual of clearing is the supplier's price.
    """
    disclosed = market.disclosed
    takers = len(disclosed.taker_copies)
    taken = sp.csr_array(
        (-disclosed.mwh_per_unit[disclosed.disclosed_of_taker], (disclosed.disclosed_of_taker, np.arange(takers))),
        shape=(len(disclosed.goods), takers),
    )
    return sp.csr_array(taken @ sp.csr_array(stacked.T)[disclosed.taker_copies])


def disclosed_value(market: Market, stacked: StackedMarket) -> DisclosedValue:
    """The value of a market's disclosed emissions for the purchase mixes of its disclosures.

    Raises
    ------
    ValueError
        If takers of a good value emissions differently: no convex problem has their conditions.
    """
    disclosed = market.disclosed
    prices = set(disclosed.emission_price_usd_per_kg.tolist())
    if len(prices) > 1:
        raise ValueError(f"takers value a kilogram at {sorted(prices)} $; one value is needed for a convex problem")
    return DisclosedValue(
        volumes_of=taken_volumes(market, stacked),
        weight_usd_per_mwh=max(prices, default=0.0) * disclosed.mix_kg_per_mwh,
        curtailed_mwh=disclosed.curtailed_mwh,
    )
