"""Claims 1 to 3: lease prices."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ....agents.arrays import BoolArray, FloatArray
from ..lookup import Cases, at
from ..paper_settings import SETTING_NAMES, SETTINGS
from ..printed import DATACENTERS, PRINTED_ALPHAS
from .verdicts import Claim, Finding, divided, graded

# Runs agree with each other to 1e-5 $/MWh; a hundred times that, on prices near 200 $/MWh, is no difference.
SAME_PRICE = 1e-5
# The paper prints lease prices to three digits: a difference of 1% can be read off its tables.
DIFFERENT_PRICE = 0.01
# Intensities below this [kg/MWh] are zero: a purchase of 1e-6 MWh has no more.
NO_EMISSIONS_KG_PER_MWH = 1e-3

_PRICES = [f"lease.{name}.price_usd_per_gpu" for name in DATACENTERS]
_INTENSITIES = [f"lease.{name}.intensity_kg_per_mwh" for name in DATACENTERS]


def spread(rows: pd.DataFrame) -> FloatArray:
    """Largest less least lease price relative to the largest, for each row."""
    prices = rows[_PRICES].to_numpy(dtype=float)
    return np.asarray((prices.max(axis=1) - prices.min(axis=1)) / prices.max(axis=1))


def same_price_ex_post(cases: Cases) -> Claim:
    """Claim 1."""
    findings, evidence = [], []
    for setting in cases.settings:
        rows = cases.spot(setting, "ex_post")
        spreads = spread(rows)
        same = spreads <= SAME_PRICE
        words = (
            f"the prices of the three datacenters differ by at most {100 * spreads.max():.1g}% at {len(rows)} values "
            f"of alpha; the common price goes from {rows[_PRICES[0]].iloc[0]:.4f} to {rows[_PRICES[0]].iloc[-1]:.4f} "
            f"$/GPU as alpha rises from {rows.index[0]:g} to {rows.index[-1]:g}"
        )
        verdict = graded(holds=bool(same.all()), in_part=bool(same.any()))
        findings.append((setting, Finding(SETTING_NAMES[setting], verdict, words)))
        evidence.append(_lease_rows(setting, "ex_post", rows))
    cause = (
        "Leases of all datacenters replace the same local work, and what emissions they cause is nobody's concern "
        "when they are rented: each is worth what one more MWh of local work costs, emissions valued."
    )
    return Claim(
        1,
        "Ex post, all modular datacenters get the same lease price.",
        f"Holds if prices agree to {SAME_PRICE:g} relatively at every alpha; in part if at some.",
        *divided(findings, cases.own),
        cause,
        pd.concat(evidence, ignore_index=True),
    )


def zero_emission_datacenter_gets_most(cases: Cases) -> Claim:
    """Claim 2."""
    findings, evidence = [], []
    for setting in cases.settings:
        rows = _up_to_printed(cases, setting)
        differ = spread(rows) > DIFFERENT_PRICE
        clean_first = _clean_is_dearest(rows)
        good = differ & clean_first
        always = _clean_is_dearest_in_all(cases, setting, rows)
        words = (
            f"prices differ by more than {DIFFERENT_PRICE:.0%} at {differ.sum()} of {len(rows)} values of alpha up to "
            f"{PRINTED_ALPHAS[-1]:g}, and at {good.sum()} of them the highest is that of the datacenter without "
            f"emissions; over all equilibria found this is sure at {always.sum()}; "
            f"{'; '.join(_prices_at(rows, alpha) for alpha in SETTINGS[setting].standing_for_printed)}"
        )
        verdict = graded(holds=bool((good & always).all()), in_part=bool(good.any()))
        findings.append((setting, Finding(SETTING_NAMES[setting], verdict, words)))
        evidence.append(_lease_rows(setting, "ex_ante", rows))
    return Claim(
        2,
        "Ex ante, lease prices differ, and the datacenter without emissions gets the highest.",
        f"Holds if, at every alpha up to {PRINTED_ALPHAS[-1]:g}, prices differ by more than {DIFFERENT_PRICE:.0%} and "
        "one without emissions is highest, in every equilibrium found; in part if so at some alpha in the selected "
        "one.",
        *divided(findings, cases.own),
        "Ex ante equilibria differ in what the datacenters buy, and prices with them. " + _over_all_equilibria(cases),
        pd.concat(evidence, ignore_index=True),
    )


def prices_become_equal(cases: Cases) -> Claim:
    """Claim 3."""
    findings, evidence = [], []
    for setting in cases.settings:
        rows = cases.spot(setting, "ex_ante")
        below_one = rows[rows.index < 1]
        spreads = pd.Series(spread(below_one), index=below_one.index)
        first, last = float(spreads.iloc[0]), float(spreads.iloc[-1])
        apart, meet = bool((spreads > DIFFERENT_PRICE).any()), last <= DIFFERENT_PRICE
        shown = [alpha for alpha in (0.1, 0.5, 0.9, 0.95, 0.99, 0.999) if alpha in spreads.index]
        listed = ", ".join(f"{100 * spreads[alpha]:.2g}% at {alpha:g}" for alpha in shown)
        words = f"the relative difference between highest and lowest price is {listed}"
        if not apart:
            words += "; there is no difference that could vanish"
        verdict = graded(holds=apart and meet, in_part=meet or last < first / 2)
        findings.append((setting, Finding(SETTING_NAMES[setting], verdict, words)))
        evidence.append(pd.DataFrame({"setting": setting, "alpha": spreads.index, "relative_spread": spreads}))
    cause = (
        "What disclosure takes off a lease price is (1 - alpha) / alpha dollars for each kg disclosed, which vanishes "
        "at alpha = 1: near it the difference falls in proportion to 1 - alpha."
    )
    return Claim(
        3,
        "As alpha approaches 1, ex-ante lease prices become equal.",
        f"Holds if they differ by more than {DIFFERENT_PRICE:.0%} somewhere and by at most that at the last alpha "
        "below 1; in part if they never differ, or the difference at least halves on the way.",
        *divided(findings, cases.own),
        cause,
        pd.concat(evidence, ignore_index=True),
    )


def _up_to_printed(cases: Cases, setting: str) -> pd.DataFrame:
    rows = cases.spot(setting, "ex_ante")
    return rows[rows.index <= SETTINGS[setting].standing_for_printed[-1]]


def _clean_is_dearest(rows: pd.DataFrame) -> BoolArray:
    prices = rows[_PRICES].to_numpy(dtype=float)
    clean = rows[_INTENSITIES].fillna(0.0).to_numpy(dtype=float) <= NO_EMISSIONS_KG_PER_MWH
    best_clean = np.where(clean, prices, -np.inf).max(axis=1)
    return np.asarray(best_clean >= prices.max(axis=1) * (1 - SAME_PRICE))


def _clean_is_dearest_in_all(cases: Cases, setting: str, rows: pd.DataFrame) -> BoolArray:
    """Whether the lowest price of a datacenter without emissions lies above all prices of the others."""
    least, largest = (
        cases.spot(setting, "ex_ante", side).loc[rows.index, _PRICES].to_numpy(dtype=float)
        for side in ("least", "largest")
    )
    clean = rows[_INTENSITIES].fillna(0.0).to_numpy(dtype=float) <= NO_EMISSIONS_KG_PER_MWH
    best_clean = np.where(clean, least, -np.inf).max(axis=1)
    return np.asarray(best_clean * (1 - DIFFERENT_PRICE) > np.where(clean, -np.inf, largest).max(axis=1))


def _prices_at(rows: pd.DataFrame, alpha: float) -> str:
    prices = " / ".join(f"{value:.3f}" for value in at(rows, alpha)[_PRICES])
    intensities = " / ".join(f"{value:.0f}" for value in at(rows, alpha)[_INTENSITIES].astype(float).fillna(0.0))
    return f"at alpha {alpha:g} they are {prices} $/GPU, with {intensities} kg/MWh disclosed"


def _over_all_equilibria(cases: Cases) -> str:
    setting = cases.own
    alpha = SETTINGS[setting].standing_for_printed[0]
    ends = [at(cases.spot(setting, "ex_ante", side), alpha)[_PRICES] for side in ("least", "largest")]
    listed = ", ".join(
        f"{name} {least:.3f} to {most:.3f}"
        for name, least, most in zip(DATACENTERS, ends[0].tolist(), ends[1].tolist(), strict=True)
    )
    words = f"With {SETTING_NAMES[setting]} and alpha {alpha:g} they range over: {listed} $/GPU."
    cleanest = at(cases.spot(setting, "ex_ante", "least"), alpha)[_INTENSITIES].astype(float)
    if (cleanest <= NO_EMISSIONS_KG_PER_MWH).all():
        words += " There all datacenters may buy from units without emissions; if they do, they get the same price."
    return words


def _lease_rows(setting: str, scheme: str, rows: pd.DataFrame) -> pd.DataFrame:
    shown = rows[[*_PRICES, *_INTENSITIES]].reset_index()
    shown.insert(0, "disclosure", scheme)
    shown.insert(0, "setting", setting)
    return shown
