"""Claim 9: the shape of the footprint of the workload ex post."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..lookup import Cases
from ..paper_settings import SETTING_NAMES, SETTINGS
from ..printed import PRINTED_ALPHAS, printed
from .verdicts import Claim, Finding, divided, graded

# A rise by less cannot be seen in a figure, and a step down by less is none.
VISIBLE = 0.01
# What shoots up at the end is more than so many times what it was.
SPIKE = 1.5
NEAR_ONE = 0.99


def footprint_rises_and_spikes(cases: Cases) -> Claim:
    """Claim 9."""
    findings, evidence = [], []
    for setting in cases.settings:
        first, second = SETTINGS[setting].standing_for_printed
        curve, least, largest = (_footprint(cases, setting, side) for side in ("monolith", "least", "largest"))
        up_to = curve[curve.index <= second]
        rises = curve[second] > curve[first] * (1 + VISIBLE) and bool((up_to.pct_change().dropna() > -VISIBLE).all())
        end = curve[curve.index >= NEAR_ONE]
        spikes = bool(end.max() > SPIKE * curve[second])
        shown = dict.fromkeys([first, 0.5, second, *end.index])
        listed = ", ".join(f"{curve[alpha]:.2f} t at {alpha:g}" for alpha in shown if alpha in curve.index)
        words = (
            f"the footprint is {listed}; over all equilibria it can be anything from {least[first]:.2f} to "
            f"{largest[first]:.2f} t at alpha {first:g} and from {least[second]:.2f} to "
            f"{largest[second]:.2f} t at {second:g}"
        )
        verdict = graded(holds=rises and spikes, in_part=rises or spikes)
        findings.append((setting, Finding(SETTING_NAMES[setting], verdict, words)))
        evidence.append(
            pd.DataFrame({"footprint_t": curve, "least_t": least, "largest_t": largest})
            .reset_index()
            .assign(setting=setting)
        )
    return Claim(
        9,
        "Ex post, the footprint of the workload rises with alpha and shoots up as alpha approaches 1 (Figure 3).",
        f"The footprint is by contracts, local and leased. Holds if it rises by more than {VISIBLE:.0%} from alpha "
        f"{PRINTED_ALPHAS[0]:g} to {PRINTED_ALPHAS[1]:g} without a step down of more, and is more than {SPIKE:g} times "
        f"that of {PRINTED_ALPHAS[1]:g} at some alpha from {NEAR_ONE:g} on; in part if one of the two is so.",
        *divided(findings, cases.own),
        _cause_of_shape(cases),
        pd.concat(evidence, ignore_index=True),
    )


def _cause_of_shape(cases: Cases) -> str:
    rows = cases.spot(cases.own, "ex_post")
    local = rows.loc[rows.index < 1, "co2_t.local"].astype(float)
    leased = [cases.spot(cases.own, "ex_post", side)["co2_t.mdc"].astype(float) for side in ("least", "largest")]
    before, after = (printed("co2.total", "ex_post", alpha) for alpha in PRINTED_ALPHAS)
    return (
        f"With {SETTING_NAMES[cases.own]} emissions of local work are {local.min():.2f} to {local.max():.2f} t below "
        "alpha = 1. Those of leases are nobody's concern ex post, and all that is known of them is an interval, "
        f"{leased[0].iloc[0]:.2f} to {leased[1].iloc[0]:.2f} t at alpha {rows.index[0]:g}: a curve within it shows "
        "which of equal contracts a solver picked. At alpha = 1 emissions of local work are nobody's concern either, "
        f"which is the spike. The paper's own Table II has {before} t at alpha {PRINTED_ALPHAS[0]:g} and {after} t at "
        f"{PRINTED_ALPHAS[1]:g}, which is a fall."
    )


def _footprint(cases: Cases, setting: str, side: str) -> pd.Series[Any]:
    rows = cases.spot(setting, "ex_post", side)
    return (rows["co2_t.local"] + rows["co2_t.mdc"]).astype(float)
