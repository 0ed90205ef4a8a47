"""Which of several equal equilibria is shown: who contracts with whom is not unique."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...agents.goods import Family, Good
from ...coordinator.market import Market
from ..pooled.implied_contracts import implied_contracts
from .face import OptimalFace
from .footprints import Footprints


class Selection(StrEnum):
    """Rules that pick one contract matrix; ties are broken by the least 2-norm."""

    LEAST_NORM = "least_norm"
    CLEANEST = "cleanest"
    DIRTIEST = "dirtiest"


def select_contracts(
    market: Market, face: OptimalFace, leases: Footprints, rule: Selection, imposed: Mapping[Good, float]
) -> FloatArray | None:
    """Move along the optimal face to the solution that a rule picks.

    Parameters
    ----------
    market : Market
    face : OptimalFace
    leases : Footprints
    rule : Selection
        Cleanest and dirtiest: least and largest total emissions of the modular datacenters' contracts.
    imposed : mapping of Good to float
        Leases whose contracts must have a given mix [kg per purchased MWh].

    Returns
    -------
    array of shape (n,), or None
        None if no contracts have the imposed mixes or rounding leaves no point on the face.
    """
    bound = [position for position, good in enumerate(leases.leases) if good in imposed]
    mixes = sp.diags_array([imposed[leases.leases[position]] for position in bound])
    excess = leases.emissions_kg[bound] - mixes @ leases.purchases_mwh[bound]
    face = face.cut(sp.csr_array(excess), np.zeros(len(bound)))
    if rule != Selection.LEAST_NORM and leases.leases:
        total = np.ones(len(leases.leases)) @ leases.emissions_kg
        least, largest = face.extremes(total[None, :])
        chosen = (least if rule == Selection.CLEANEST else largest)[0]
        if chosen is None:
            return None
        face = face.cut(sp.csr_array(total[None, :]), np.array([total @ chosen]))
    return _least_norm(market, face)


def _least_norm(market: Market, face: OptimalFace) -> FloatArray | None:
    """The point with the least 2-norm of all contracts, those that a pool stands for among them."""
    is_contract = np.array([good.family == Family.CONTRACT for good in market.goods])[market.good_of_copy]
    implied = implied_contracts(market, face.stacked)
    size = len(face.stacked.lower)
    face = face.beside(implied.count).cut(implied.rows, implied.values)
    of_goods, offset = sp.csr_array(face.stacked.T)[is_contract], face.stacked.trade_offset[is_contract]
    # A contract that is a good counts with its seller and with its buyer.
    others = sp.hstack([sp.csr_array((implied.count, size)), np.sqrt(2) * sp.eye_array(implied.count)])
    functions = sp.csr_array(sp.vstack([of_goods, others], format="csr"))
    found = face.least_norm(functions, np.append(offset, np.zeros(implied.count)))
    return None if found is None else found[:size]
