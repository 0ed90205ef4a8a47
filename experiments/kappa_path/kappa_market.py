"""One market at any price of emissions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...coordinator.market import Market
from ..monolith.equilibrium import AssembledMonolith, assemble_monolith
from ..monolith.welfare import solve_disclosed_welfare
from ..settlement.disclosed_value import DisclosedValue, taken_volumes
from ..settlement.scheme import DisclosureScheme
from ..settlement.stacked_market import StackedMarket, stack
from .cost_weights import alpha_of
from .optimal_partition import KappaLine, Partition, optimal_partition
from .weighed_market import weighed_market, weighing

# Relative to the larger of kappa and 1: what is narrower is one breakpoint. Next to a jump of the selection rule its
# mixes settle nowhere.
_NARROW, _NARROW_FOR_SELECTED = 1e-9, 1e-4


@dataclass(frozen=True, eq=False)
class KappaMarket:
    """A market of which only the hyperscalers' price of emissions is open, the same for all of them.

    Agents' constraints and trades do not depend on kappa, and of their costs only the linear part does, so that they
    are declared once.

    Parameters
    ----------
    monolith : AssembledMonolith
        At kappa 0.
    own_kg : array of shape (n,)
        Emissions of the hyperscalers' own purchases [kg per unit of each variable]: what kappa multiplies.
    scheme : DisclosureScheme
    volumes_of : sparse array of shape (disclosed, n)
        Disclosed volumes [MWh] from the variables of all agents. None are disclosed ex post.
    """

    monolith: AssembledMonolith
    own_kg: FloatArray
    scheme: DisclosureScheme
    volumes_of: sp.csr_array

    @property
    def is_ex_ante(self) -> bool:
        """Whether leases are disclosed."""
        return bool(self.scheme.curtailed_mwh)

    @property
    def curtailed_mwh(self) -> FloatArray:
        """Curtailed energy that counts in each disclosed intensity, shape (disclosed,)."""
        return np.array(list(self.scheme.curtailed_mwh.values()), dtype=np.float64)

    @property
    def mixes_are_given(self) -> bool:
        """Whether no mix is left to the selection rule."""
        return self.scheme.curtailed_mwh.keys() <= self.scheme.imposed_kg_per_mwh.keys()

    def narrow(self, kappa: float) -> float:
        """How far apart two prices of emissions are the same [$/kg]."""
        return (_NARROW if self.mixes_are_given else _NARROW_FOR_SELECTED) * max(kappa, 1.0)

    def at(self, kappa: float) -> AssembledMonolith:
        """The monolith at a price of emissions."""
        base, stacked = self.monolith, self._stacked_at(kappa)
        market = weighed_market(base.market, alpha_of(kappa), stacked.matrices)
        q = np.concatenate([stacked.c, base.mlcp.q[len(stacked.c) :]])
        return AssembledMonolith(market, stacked, replace(base.mlcp, q=q), base.leases)

    def solved(self, kappa: float, mix: FloatArray, near_mwh: FloatArray) -> tuple[Partition, FloatArray]:
        """The optimal partition at a price of emissions and purchase mixes, and the disclosed volumes [MWh].

        Parameters
        ----------
        kappa : float
        mix, near_mwh : arrays of shape (disclosed,)
            In kg per MWh purchased, and volumes to begin with.

        Raises
        ------
        InfeasibleError, RuntimeError
            As `solve_disclosed_welfare`.
        """
        stacked, value = self._stacked_at(kappa), self._value(kappa * mix)
        u = solve_disclosed_welfare(stacked, value, near_mwh)
        volumes = self.volumes_of @ u[: len(stacked.c)]
        c = stacked.c + self.volumes_of.T @ value.marginal(volumes)
        price = self.monolith.market.typical_price_usd
        return optimal_partition(replace(stacked, c=c), u, price), volumes

    def line(self, kappa: float, mix: FloatArray, mix_slope: FloatArray, volumes: FloatArray) -> KappaLine:
        """The welfare problem as a function of kappa: the very problem ex post, near a point ex ante.

        The marginal value of disclosed emissions, ``kappa e (1 - V / q)``, is linearised in kappa, on which the mix e
        depends, and in the volume q.
        """
        base, share = self.monolith.stacked, self._value(np.ones_like(mix))
        bend, rise = kappa * mix * share.curvature(volumes), share.marginal(volumes)
        P = sp.csc_array(base.P + self.volumes_of.T @ sp.diags_array(bend) @ self.volumes_of)
        c = base.c - self.volumes_of.T @ (bend * volumes + rise * kappa**2 * mix_slope)
        return KappaLine(replace(base, P=P, c=c), self.own_kg + self.volumes_of.T @ (rise * (mix + kappa * mix_slope)))

    def _stacked_at(self, kappa: float) -> StackedMarket:
        base = self.monolith.stacked
        c = base.c + kappa * self.own_kg
        return replace(base, c=c, matrices=replace(base.matrices, c=c))

    def _value(self, weight_usd_per_mwh: FloatArray) -> DisclosedValue:
        return DisclosedValue(self.volumes_of, weight_usd_per_mwh, self.curtailed_mwh)


def kappa_market(market: Market, scheme: DisclosureScheme) -> KappaMarket:
    """Stack a market's agents once for all prices of emissions.

    Parameters
    ----------
    market : Market
        With any weights on cost.
    scheme : DisclosureScheme
    """
    at_zero, at_one = (Market(weighing(market.agents, alpha_of(kappa)), market.scales) for kappa in (0.0, 1.0))
    stacked = stack(at_zero)
    disclosing = at_zero.with_disclosures(scheme.disclosures(at_zero, scheme.first_mix(at_zero)))
    own_kg = stack(at_one).c - stacked.c
    return KappaMarket(assemble_monolith(at_zero, stacked), own_kg, scheme, taken_volumes(disclosing, stacked))
