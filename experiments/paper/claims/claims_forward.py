"""Claim 6: what forward contracts of conventional load do to emissions."""

from __future__ import annotations

from math import isnan
from typing import Any

import pandas as pd

from ..lookup import Cases
from ..paper_settings import forward_title
from ..printed import PRINTED_FORWARD_REDUCTION_PERCENT
from .verdicts import Claim, Finding, Verdict, divided, graded

# "Small enough" alpha; the paper gives no number.
SMALL_ALPHA = 0.5
# A fall of less is rounding of printed figures.
NOTICEABLE_PERCENT = 0.1


def emissions_fall(cases: Cases, evidence: pd.DataFrame) -> Claim:
    """Claim 6.

    Parameters
    ----------
    cases : Cases
    evidence : DataFrame
        As `forward_emissions` returns it.
    """
    wanted = PRINTED_FORWARD_REDUCTION_PERCENT[0]
    own = (cases.own, cases.forward_bases(cases.own)[0])
    findings = []
    for key, rows in evidence.groupby(["setting", "forward_basis"], sort=False):
        setting, basis = (str(part) for part in key)
        small = rows[rows["alpha"] <= SMALL_ALPHA]
        top = small[small["forward_position"] == small["forward_position"].max()]
        best, cleanest = (each.sort_values("change_percent").iloc[0] for each in (top, small))
        told = forward_title(setting, basis)
        words = _brief(best, cleanest)
        if key == own:
            shown = [best] if best.name == cleanest.name else [best, cleanest]
            words += f"; {'; '.join(_split(row) for row in shown)}"
            words += f"; over all alpha the lowest change is {rows['change_percent'].min():+.2f}%"
        findings.append((key, Finding(told, _verdict(best, cleanest, wanted), words)))
    return Claim(
        6,
        "With forward contracts on conventional load system CO2 falls, by 2 to 5% at 90%, for small enough alpha.",
        f"Holds if at the highest position system CO2 is at least {wanted:g}% lower than without forward contracts at "
        f"some alpha up to {SMALL_ALPHA:g}; in part if it is lower by more than {NOTICEABLE_PERCENT:g}% at any "
        "position.",
        *divided(findings, own),
        _cause(evidence[(evidence["setting"] == own[0]) & (evidence["forward_basis"] == own[1])]),
        evidence,
    )


def _verdict(best: pd.Series[Any], cleanest: pd.Series[Any], wanted: float) -> Verdict:
    return graded(
        holds=bool(best["change_percent"] <= -wanted), in_part=bool(cleanest["change_percent"] < -NOTICEABLE_PERCENT)
    )


def _brief(best: pd.Series[Any], cleanest: pd.Series[Any]) -> str:
    return (
        f"at {best['forward_position']:.0%} and alpha {best['alpha']:g}, where it is best, system CO2 is "
        f"{best['system_t']:,.1f} t, {best['change_percent']:+.2f}% against no forward contracts; the lowest change is "
        f"{cleanest['change_percent']:+.2f}% over all positions and alpha up to {SMALL_ALPHA:g} "
        f"({cleanest['forward_position']:.0%}, alpha {cleanest['alpha']:g})"
    )


def _split(best: pd.Series[Any]) -> str:
    change = best["system_t"] - best["without_forward_t"]
    together = isnan(best["by_demand_t"])
    served = (
        f"{best['by_work_t']:+.1f} t are demand and the place of work together, whose shares the lines do not tell"
        if together
        else f"{best['by_demand_t']:+.1f} t are demand, {best['by_work_t']:+.1f} t the place of work"
    )
    return (
        f"of the {change:+.1f} t at {best['forward_position']:.0%} {served}, and "
        f"{best['by_mix_t']:+.1f} t who generates at given demand; served energy changes by "
        f"{best['served_change_percent']:+.2f}%, CO2 per MWh served by "
        f"{best['per_mwh_change_percent']:+.2f}%; the cheapest dispatch of the same demand emits "
        f"{best['least_cost_co2_t']:,.1f} t, and none less than {best['least_co2_t']:,.1f} t"
    )


def _cause(own: pd.DataFrame) -> str:
    forced = own.sort_values("served_change_percent").iloc[-1]
    mix, floor = own["same_demand_change_percent"], 100 * (own["least_co2_t"] / own["without_forward_t"] - 1)
    return (
        "Forward contracts are floors: they force units to sell, and loads to take, what they agreed on before, also "
        "where the workload has made energy dearer than it was then. Served energy therefore changes, by up to "
        f"{forced['served_change_percent']:+.2f}% ({forced['forward_position']:.0%}, alpha {forced['alpha']:g}). The "
        "cheapest dispatch of the same demand at the same buses, without forward contracts, leaves demand out of the "
        f"comparison: against it CO2 is {mix.min():+.2f} to {mix.max():+.2f}%, and higher in {int((mix > 0).sum())} of "
        f"{len(own)} markets. The cleanest dispatch of that demand, whatever it costs, would be "
        f"{floor.min():+.1f} to {floor.max():+.1f}% against no forward contracts: so much room is left, and no "
        "contract asks for it, since no forward contract adds clean supply. Which pairs agreed does not matter: "
        "floors on pairs can be met if and only if those on each unit's and each load's sum can, so that generation, "
        "demand and congestion are the same for every matrix with the same sums (the setting with other pairs)."
    )
