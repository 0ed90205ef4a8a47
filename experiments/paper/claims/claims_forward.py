"""Claim 6: what forward contracts of conventional load do to emissions."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...pages.markdown import number
from ..lookup import Cases
from ..paper_settings import SETTING_NAMES
from ..printed import DATACENTERS, PRINTED_FORWARD_REDUCTION_PERCENT
from .verdicts import Claim, Finding, divided, graded

# "Small enough" alpha; the paper gives no number.
SMALL_ALPHA = 0.5
# A fall of less is rounding of printed figures.
NOTICEABLE_PERCENT = 0.1

_KEYS = ["setting", "forward_basis", "forward_position", "alpha"]


def emissions_fall(cases: Cases, least_cost: pd.DataFrame) -> Claim:
    """Claim 6.

    Parameters
    ----------
    cases : Cases
    least_cost : DataFrame
        As `forward.least_cost_co2` returns it.
    """
    evidence = _emissions(cases, least_cost)
    wanted = PRINTED_FORWARD_REDUCTION_PERCENT[0]
    findings = []
    for setting in cases.settings:
        for basis in cases.forward_bases(setting):
            of_basis = evidence[(evidence["setting"] == setting) & (evidence["forward_basis"] == basis)]
            small = of_basis[of_basis["alpha"] <= SMALL_ALPHA]
            top = small[small["forward_position"] == small["forward_position"].max()]
            best, cleanest = (rows.sort_values("change_percent").iloc[0] for rows in (top, small))
            words = (
                f"at {best['forward_position']:.0%} and alpha {best['alpha']:g}, where it is best, system CO2 is "
                f"{best['system_t']:,.1f} t, {best['change_percent']:+.2f}% against no forward contracts; served "
                f"demand changes by {best['served_change_percent']:+.2f}%, CO2 per MWh served by "
                f"{best['per_mwh_change_percent']:+.2f}%, and against the cheapest dispatch of the same demand CO2 is "
                f"{number(best['same_demand_change_percent'], '+.2f')}%; the lowest change is "
                f"{cleanest['change_percent']:+.2f}% over all positions and alpha up to {SMALL_ALPHA:g} "
                f"({cleanest['forward_position']:.0%}, alpha {cleanest['alpha']:g}) and "
                f"{of_basis['change_percent'].min():+.2f}% over all alpha"
            )
            verdict = graded(
                holds=bool(best["change_percent"] <= -wanted),
                in_part=bool(cleanest["change_percent"] < -NOTICEABLE_PERCENT),
            )
            told = f"{SETTING_NAMES[setting]}, forward by {basis}"
            findings.append(((setting, basis), Finding(told, verdict, words)))
    return Claim(
        6,
        "With forward contracts on conventional load system CO2 falls, by 2 to 5% at 90%, for small enough alpha.",
        f"Holds if at the highest position system CO2 is at least {wanted:g}% lower than without forward contracts at "
        f"some alpha up to {SMALL_ALPHA:g}; in part if it is lower by more than {NOTICEABLE_PERCENT:g}% at any "
        "position.",
        *divided(findings, (cases.own, cases.forward_bases(cases.own)[0])),
        _cause_of_emissions(evidence),
        evidence,
    )


def _emissions(cases: Cases, least_cost: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for setting in cases.settings:
        spot = cases.spot(setting, "ex_ante")
        for basis in cases.forward_bases(setting):
            for position in cases.forward_positions(setting, basis):
                rows = cases.forward(setting, basis, position)
                without = spot.loc[rows.index]
                served, served_without = _served(rows), _served(without)
                system, system_without = rows["co2_t.system"], without["co2_t.system"]
                parts.append(
                    pd.DataFrame(
                        {
                            "setting": setting,
                            "forward_basis": basis,
                            "forward_position": position,
                            "alpha": rows.index,
                            "system_t": system,
                            "without_forward_t": system_without,
                            "change_percent": 100 * (system / system_without - 1),
                            "served_mwh": served,
                            "served_change_percent": 100 * (served / served_without - 1),
                            "per_mwh_change_percent": 100 * (system / served / (system_without / served_without) - 1),
                        }
                    ).reset_index(drop=True)
                )
    evidence = pd.concat(parts, ignore_index=True).merge(least_cost, on=_KEYS, how="left", validate="one_to_one")
    evidence["same_demand_change_percent"] = 100 * (evidence["system_t"] / evidence["least_cost_co2_t"] - 1)
    return evidence


def _served(rows: pd.DataFrame) -> pd.Series[Any]:
    """All energy that is delivered, hydro included [MWh]."""
    purchases = [f"lease.{name}.purchases_mwh" for name in DATACENTERS]
    return rows["total_demand_mwh"] + rows["workload_mwh.local"] + rows[purchases].sum(axis=1)


def _cause_of_emissions(evidence: pd.DataFrame) -> str:
    forced = evidence.sort_values("served_change_percent").iloc[-1]
    mix = evidence["same_demand_change_percent"]
    dirtier = int((mix > 0).sum())
    return (
        "Forward contracts are floors: they force units to sell, and loads to take, what they agreed on before, also "
        "where the workload has made energy dearer than it was then. Demand therefore rises, by up to "
        f"{forced['served_change_percent']:.2f}% ({SETTING_NAMES[forced['setting']]}, {forced['forward_basis']} "
        f"basis, {forced['forward_position']:.0%}, alpha {forced['alpha']:g}), and what serves it at the margin is "
        "fossil, so CO2 per MWh served rises too. The cheapest dispatch of the same demand at the same buses, without "
        f"forward contracts, leaves demand out of the comparison: against it CO2 is {mix.min():+.2f} to "
        f"{mix.max():+.2f}%, and higher in {dirtier} of {len(evidence)} markets. No forward contract adds clean "
        "supply: the cleanest units are cheap and run in any case."
    )
