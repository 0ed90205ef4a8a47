"""Settlement: from the best round of a run to the allocation that is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...coordinator.announcement import Responses
from ...coordinator.market import Market
from ...coordinator.run import Run
from .face import optimal_face
from .footprints import Footprints
from .repair import nearest_clearing
from .scheme import ContractMix, DisclosureScheme
from .selection import select_contracts
from .stacked_market import StackedMarket


@dataclass(frozen=True, eq=False)
class Settlement:
    """An allocation that clears exactly, with the contracts that the selection rule picks.

    Parameters
    ----------
    allocation : Responses
    selection : str
        The rule, or ``none`` for the best round as it is.
    repaired_gap : float or None
        How much more welfare any clearing allocation can have, relative to turnover: what the
        allocation costs less what prices prove by weak duality. None without a repaired allocation.
    mix_kg_per_mwh : ContractMix or None
        Of the contracts of all leases; None where no contracts were selected.
    """

    allocation: Responses
    selection: str
    repaired_gap: float | None
    mix_kg_per_mwh: ContractMix | None


def unsettled(run: Run) -> Settlement:
    """The best round as it is."""
    return Settlement(run.best.allocation, "none", None, None)


def settle(run: Run, scheme: DisclosureScheme, stacked: StackedMarket, leases: Footprints) -> Settlement:
    """Repair the best round of a run, and move it along the optimal face to the selected contracts.

    Who contracts with whom is not unique, so what a mechanism returns is one of many; the rule is the
    one that the monolith's solution follows.
    """
    market = run.market
    x = nearest_clearing(market, stacked, run.best.allocation.trades)
    if x is None:
        return unsettled(run)
    # Repaired within a tolerance the point is not quite optimal; the slack must not go into other purchases.
    rented = sp.csr_array(stacked.T)[market.disclosed.taker_copies]
    held = sp.csr_array(sp.vstack([leases.purchases_mwh, leases.volume_mwh, rented], format="csr"))
    face = optimal_face(stacked, x, held)
    selected = select_contracts(market, face, leases, scheme.selection, scheme.imposed_kg_per_mwh)
    shown = x if selected is None else selected
    allocation = stacked.allocation(shown)
    mix = None if selected is None else leases.mix_kg_per_mwh(selected)
    selection = "none" if selected is None else str(scheme.selection)
    return Settlement(allocation, selection, _repaired_gap(run, allocation), mix)


def _repaired_gap(run: Run, allocation: Responses) -> float:
    market, best, certificate = run.market, run.best, run.certificate
    surcharges = market.surcharges(best.allocation.trades)
    proven = _value(market, best.prices, surcharges, best.allocation) + certificate.total_regret_usd
    held = _value(market, best.prices, surcharges, allocation)
    return float((proven - held) / certificate.scale_usd) if certificate.scale_usd > 0 else 0.0


def _value(market: Market, prices: FloatArray, surcharges: FloatArray, allocation: Responses) -> float:
    """Profits of all agents together, surcharges counted."""
    worth = prices[market.good_of_copy] + surcharges
    return float(worth @ allocation.trades - np.sum(allocation.costs))
