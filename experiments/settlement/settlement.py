"""Settlement: from the best round of a run to the allocation that is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.goods import Family
from ...coordinator.announcement import Responses
from ...coordinator.run import Run
from .face import optimal_face
from .footprints import footprints
from .joint_optimum import JointOptimum, joint_optimum
from .own_units import in_own_units
from .repair import nearest_clearing, refined
from .scheme import ContractMix, DisclosureScheme
from .selection import select_contracts
from .stacked_market import StackedMarket

# Beyond so many, contracts are selected, and ranges sought, only where purchase mixes depend on them: it would take
# many times as long as the rounds.
_MOST_GOODS = 100_000


@dataclass(frozen=True, eq=False)
class Settlement:
    """An allocation that clears exactly, with the contracts that the selection rule picks.

    Parameters
    ----------
    allocation : Responses
    selection : str
        The rule, or ``none`` for contracts as they are.
    repaired_gap : float or None
        How much more welfare any clearing allocation can have, relative to turnover: what the
        allocation costs less what prices prove by weak duality. None without a repaired allocation.
    mix_kg_per_mwh : ContractMix or None
        Of the contracts of all leases; None where no contracts were selected.
    optimum : JointOptimum or None
        What says which figures are unique; None without a repaired allocation or without a proof.
    """

    allocation: Responses
    selection: str
    repaired_gap: float | None
    mix_kg_per_mwh: ContractMix | None
    optimum: JointOptimum | None


def unsettled(run: Run) -> Settlement:
    """The best round as it is."""
    return Settlement(run.best.allocation, "none", None, None, None)


def settle(run: Run, scheme: DisclosureScheme, stacked: StackedMarket) -> Settlement:
    """Repair the best round of a run, and move it along the optimal face to the selected contracts.

    Who contracts with whom is not unique, so what a mechanism returns is one of many; the rule is the
    one that the monolith's solution follows. In markets of more than 100,000 goods none are selected.
    """
    market = run.market
    own = in_own_units(market, stacked, run.best.allocation.trades)
    x = nearest_clearing(market, own, run.best.allocation.trades)
    if x is None:
        return unsettled(run)
    if scheme.selection is None or (len(market.goods) > _MOST_GOODS and not market.disclosures):
        allocation = own.allocation(x)
        return Settlement(allocation, "none", _repaired_gap(run, allocation), None, None)
    optimum = joint_optimum(market, stacked, own.allocation(x).trades)
    if Family.CONTRACT not in market.families:
        # In a pool without datacenters there is nothing to select.
        allocation = own.allocation(x)
        return Settlement(allocation, str(scheme.selection), _repaired_gap(run, allocation), {}, optimum)
    leases = footprints(market, own.stacked)
    # Repaired within a tolerance the point is not quite optimal; the slack must not go into other purchases.
    rented = sp.csr_array(own.stacked.T)[market.disclosed.taker_copies]
    held = sp.csr_array(sp.vstack([leases.purchases_mwh, leases.volume_mwh, rented], format="csr"))
    face = optimal_face(own.stacked, x, held, None if optimum is None else optimum.at_limits(market.typical_price_usd))
    selected = select_contracts(market, face, leases, scheme.selection, scheme.imposed_kg_per_mwh)
    if selected is not None:
        selected = refined(own, selected, sp.csr_array((0, len(selected))), np.zeros(0, dtype=np.int64))
    if selected is None:
        allocation, selection, mix = own.allocation(x), "none", None
    else:
        allocation, selection, mix = own.allocation(selected), str(scheme.selection), leases.mix_kg_per_mwh(selected)
    return Settlement(allocation, selection, _repaired_gap(run, allocation), mix, optimum)


def _repaired_gap(run: Run, allocation: Responses) -> float:
    """What all agents have at the prices with their best responses less what they have, over turnover."""
    certificate, prices = run.certificate, run.best.prices[run.market.good_of_copy]
    worth = prices + run.market.surcharges(run.best.allocation.trades)
    gap_usd = certificate.dual_value_usd - float(worth @ allocation.trades - np.sum(allocation.costs))
    # No allocation that clears beats the dual value: what is below zero is rounding.
    return max(gap_usd, 0.0) / certificate.scale_usd if certificate.scale_usd > 0 else 0.0
