"""The claims of Section IV of arXiv 2602.19310, each with a verdict and the numbers behind it."""

from __future__ import annotations

import pandas as pd

from ...theory.theorems import Theorems
from ..lookup import Cases
from .claims_congestion import congestion_declines
from .claims_cost import cost_falls
from .claims_crossing import first_two_cross
from .claims_footprint import footprint_rises_and_spikes
from .claims_forward import emissions_fall
from .claims_leases import prices_become_equal, same_price_ex_post, zero_emission_datacenter_gets_most
from .claims_position import reduction_falls_with_position
from .claims_system import system_hardly_moves
from .claims_unique import quantities_are_unique
from .forward_emissions import forward_emissions
from .verdicts import Claim


def all_claims(cases: Cases, split: pd.DataFrame, theorems: dict[tuple[str, float], Theorems]) -> tuple[Claim, ...]:
    """Judge all claims.

    Parameters
    ----------
    cases : Cases
    split : DataFrame
        As `emission_split` returns it.
    theorems : dict of (setting, alpha) to Theorems
    """
    emissions = forward_emissions(cases, split)
    return (
        same_price_ex_post(cases),
        zero_emission_datacenter_gets_most(cases),
        prices_become_equal(cases),
        cost_falls(cases),
        system_hardly_moves(cases),
        emissions_fall(cases, emissions),
        congestion_declines(cases),
        quantities_are_unique(cases, theorems),
        footprint_rises_and_spikes(cases),
        first_two_cross(cases),
        reduction_falls_with_position(cases, emissions),
    )
