"""Claim 8: what is unique."""

from __future__ import annotations

import pandas as pd

from ...theory.theorems import Theorems
from ..lookup import Cases
from ..paper_settings import SETTING_NAMES
from .verdicts import Claim, Finding, divided, graded


def quantities_are_unique(cases: Cases, theorems: dict[tuple[str, float], Theorems]) -> Claim:
    """Claim 8."""
    findings, evidence = [], []
    for (setting, alpha), found in theorems.items():
        unique = found.uniqueness
        least, most = unique.datacenter_emissions_t
        verdict = graded(holds=unique.holds and unique.contracts_differ, in_part=unique.holds)
        findings.append((setting, Finding(f"{SETTING_NAMES[setting]}, alpha {alpha:g}", verdict, unique.verdict)))
        evidence.append(
            {
                "setting": setting,
                "alpha": alpha,
                "demand_difference_mwh": unique.demand_difference_mwh,
                "generation_difference_mwh": unique.generation_difference_mwh,
                "contract_difference_mwh": unique.contract_difference_mwh,
                "least_mdc_t": least,
                "most_mdc_t": most,
            }
        )
    return Claim(
        8,
        "Demand and generation are unique (Theorem 2), contracts are not.",
        "Ex post, two points that solve the paper's conditions are held against each other, one with the contracts of "
        "least emissions of the datacenters, one with those of most. Holds if demand and generation (where marginal "
        "cost rises) agree and contracts do not; in part if only the former.",
        *divided(findings, cases.own),
        "The theorem is about ex post disclosure. " + _ex_ante(cases),
        pd.DataFrame(evidence),
    )


def _ex_ante(cases: Cases) -> str:
    """How far demand lies apart between equilibria with other purchase mixes."""
    least, largest = (cases.spot(cases.own, "ex_ante", side) for side in ("least", "largest"))
    buses = [column for column in least.columns if column.startswith("demand_mwh.")]
    apart = (largest[buses].astype(float) - least[buses].astype(float)).iloc[0].max()
    system = (largest["co2_t.system"] - least["co2_t.system"]).iloc[0]
    return (
        f"Ex ante, equilibria differ also in demand, with what the datacenters buy: with {SETTING_NAMES[cases.own]} "
        f"and alpha {least.index[0]:g} by up to {apart:.2f} MWh at a bus and {system:.2f} t of system CO2."
    )
