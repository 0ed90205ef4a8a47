"""The general complementarity problem: the monolith with intensities that follow from the contracts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...coordinator.market import Market
from ..settlement.footprints import NO_PURCHASE_MWH, Footprints
from ..settlement.stacked_market import StackedMarket
from .mlcp import MLCP


@dataclass(frozen=True, eq=False)
class Complementarity:
    """The box problem of an MLCP with bilinear terms ``E_m(x) * lease`` in the takers' conditions.

    Under ex ante disclosure (35), (36) of arXiv 2602.19310 a taker minds ``E_m = emissions / energy`` of
    the lender's contracts and takes it as given. Without disclosed goods it is the MLCP.

    Parameters
    ----------
    mlcp : MLCP
    emissions_kg, energy_mwh : sparse arrays of shape (disclosed, n)
        Numerator and denominator of each intensity.
    idle_kg_per_mwh : array of shape (disclosed,)
        Intensity of a lender without energy in the denominator.
    felt : sparse array of shape (n, disclosed)
        What a kg/MWh of each good adds to the takers' marginal costs.
    """

    mlcp: MLCP
    emissions_kg: sp.csr_array
    energy_mwh: sp.csr_array
    idle_kg_per_mwh: FloatArray
    felt: sp.csr_array

    def intensities(self, x: FloatArray) -> FloatArray:
        """Intensity of each disclosed good [kg/MWh], shape (disclosed,)."""
        emissions, energy = self.emissions_kg @ x, self.energy_mwh @ x
        works = energy > NO_PURCHASE_MWH
        return np.where(works, emissions / np.where(works, energy, 1.0), self.idle_kg_per_mwh)

    def value(self, u: FloatArray) -> FloatArray:
        """``F(u)``, shape of u."""
        result = self.mlcp.M @ u + self.mlcp.q
        size = self.mlcp.sizes[0]
        result[:size] += self.felt @ self.intensities(u[:size])
        return result

    def derivative(self, u: FloatArray) -> sp.csr_array:
        """Jacobian of `value`."""
        size = self.mlcp.sizes[0]
        x = u[:size]
        energy = self.energy_mwh @ x
        works = (energy > NO_PURCHASE_MWH).astype(np.float64)
        slopes = self.emissions_kg - sp.diags_array(self.intensities(x)) @ self.energy_mwh
        change = self.felt @ sp.diags_array(works / np.maximum(energy, NO_PURCHASE_MWH)) @ slopes
        padded = sp.block_diag([change, sp.csr_array((len(u) - size, len(u) - size))], format="csr")
        return sp.csr_array(self.mlcp.M + padded)

    def residual(self, u: FloatArray) -> float:
        """Natural residual: the largest ``|u - mid(lower, u - F(u), upper)|`` [MWh and $/MWh]."""
        projected = np.clip(u - self.value(u), self.mlcp.lower, self.mlcp.upper)
        return float(np.abs(u - projected).max(initial=0.0))


def complementarity(market: Market, stacked: StackedMarket, mlcp: MLCP, leases: Footprints) -> Complementarity:
    """State the general problem of a market with disclosures.

    A disclosure without curtailed energy puts only purchases into the denominator.
    """
    disclosed = market.disclosed
    rows = [leases.leases.index(good) for good in market.disclosures]
    emissions, purchases, volume = leases.emissions_kg[rows], leases.purchases_mwh[rows], leases.volume_mwh[rows]
    counts_all = sp.diags_array((disclosed.curtailed_mwh > 0).astype(np.float64))
    takers = len(disclosed.taker_copies)
    minded = disclosed.emission_price_usd_per_kg * disclosed.mwh_per_unit[disclosed.disclosed_of_taker]
    shape = (takers, len(disclosed.goods))
    by_taker = sp.csr_array((minded, (np.arange(takers), disclosed.disclosed_of_taker)), shape=shape)
    return Complementarity(
        mlcp=mlcp,
        emissions_kg=sp.csr_array(emissions),
        energy_mwh=sp.csr_array(purchases + counts_all @ (volume - purchases)),
        idle_kg_per_mwh=disclosed.mix_kg_per_mwh,
        felt=sp.csr_array(-sp.csr_array(stacked.T)[disclosed.taker_copies].T @ by_taker),
    )
