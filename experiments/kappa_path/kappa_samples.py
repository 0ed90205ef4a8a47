"""Equilibria at single prices of emissions, each computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ...agents.goods import Good
from ...agents.modular_datacenter import ModularDatacenter
from ..results.dotted_figures import figures
from ..results.ledger import Ledger
from ..results.result import summarise
from ..settlement.scheme import PurchaseMix
from .kappa_market import KappaMarket
from .limits_in_words import States, states

# Counts and truth values, which have no path between them, and what a result may say of other equilibria.
_NO_QUANTITIES = ("unique", "binding_lines", "intervals")

# Below it prices of emissions [$/kg] are near each other, whatever their ratio.
_ZERO = 1e-3


@dataclass(frozen=True, eq=False)
class Sample:
    """An equilibrium at one price of emissions.

    Parameters
    ----------
    kappa : float
    figures : mapping of str to float
        By dotted path, as in a result of one hour; NaN where a figure means nothing.
    states : States
    mix_kg_per_mwh, volume_mwh : mappings of Good to float
        Disclosed mixes and volumes; empty under ex post disclosure.
    bought_mwh : mapping of (datacenter, unit) to float
        Contracts of the modular datacenters that the selection rule picks, in the first hour.
    """

    kappa: float
    figures: Mapping[str, float]
    states: States
    mix_kg_per_mwh: PurchaseMix
    volume_mwh: Mapping[Good, float]
    bought_mwh: Mapping[tuple[str, str], float]


@dataclass(frozen=True, eq=False)
class Sampler:
    """Equilibria of a market, kept by their price of emissions.

    Parameters
    ----------
    market : KappaMarket
    """

    market: KappaMarket
    _kept: dict[float, Sample] = field(default_factory=dict)

    def at(self, kappa: float) -> Sample:
        """The equilibrium at a price of emissions, with the contracts and mixes that the selection rule picks.

        Raises
        ------
        InfeasibleError
            If no allocation clears.
        RuntimeError
            If the solver finds no solution although one exists.
        """
        if kappa not in self._kept:
            self._kept[kappa] = self._solved(kappa)
        return self._kept[kappa]

    def _solved(self, kappa: float) -> Sample:
        near, scheme = self._nearest(kappa), self.market.scheme
        if near is not None:
            scheme = replace(scheme, near_mwh=near.volume_mwh)
        found = self.market.at(kappa).equilibrium(scheme)
        ledger = Ledger(found.market, found.prices, found.allocation)
        result = summarise(ledger)
        numbers = {
            path: float("nan") if value is None else float(value)
            for path, value in figures(result).items()
            if path not in _NO_QUANTITIES
        }
        bought = {
            (lender.name, good.seller): -ledger.trades(lender)[good]
            for lender in ledger.of_kind(ModularDatacenter)
            for good in lender.contracts
            if good.period == 0
        }
        volumes = {good: result.lease[good.seller].energy_mwh[good.period] for good in scheme.curtailed_mwh}
        return Sample(kappa, numbers, states(ledger, result), found.mix_kg_per_mwh, volumes, bought)

    def _nearest(self, kappa: float) -> Sample | None:
        """The sample that is nearest, in the ratio of emission prices: None if there is none."""
        near = min(self._kept, key=lambda other: abs(np.log((other + _ZERO) / (kappa + _ZERO))), default=None)
        return None if near is None else self._kept[near]
