"""Claim 10: where the curves of the first two datacenters cross."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd

from ..lookup import Cases
from ..paper_settings import SETTING_NAMES
from ..printed import DATACENTERS, PRINTED_ALPHAS, printed
from .verdicts import Claim, Finding, divided, graded

# Where the paper's curves of the first two datacenters cross, as far as its figures can be read.
CROSSING = (0.5, 0.7)


def first_two_cross(cases: Cases) -> Claim:
    """Claim 10."""
    findings, evidence = [], []
    for setting in cases.settings:
        rows = cases.spot(setting, "ex_ante")
        below_one = rows[rows.index < 1]
        crossings, told = {}, []
        for what, column in (("lease prices", "price_usd_per_gpu"), ("intensities", "intensity_kg_per_mwh")):
            one, other = (below_one[f"lease.{name}.{column}"].astype(float) for name in DATACENTERS[:2])
            crossings[what] = crossings_of(one - other)
            where = " and ".join(f"{alpha:.2f}" for alpha in crossings[what])
            told.append(f"{what} cross {f'at alpha {where}' if where else 'nowhere'}")
            evidence.append(
                pd.DataFrame({"setting": setting, "what": what, "alpha": one.index, "mdc1": one, "mdc2": other})
            )
        prices = crossings["lease prices"]
        verdict = graded(
            holds=len(prices) == 1 and CROSSING[0] <= prices[0] <= CROSSING[1], in_part=any(crossings.values())
        )
        findings.append((setting, Finding(SETTING_NAMES[setting], verdict, "; ".join(told))))
    order = [
        " and ".join(f"{printed(f'lease_price.{name}', 'ex_ante', alpha):g}" for name in DATACENTERS[:2])
        for alpha in PRINTED_ALPHAS
    ]
    return Claim(
        10,
        "Ex ante, the curves of the first two datacenters cross at alpha 0.5 to 0.7.",
        f"Holds if their lease prices cross exactly once below 1, at alpha {CROSSING[0]:g} to {CROSSING[1]:g} (between "
        "two values of alpha the place is found on a straight line); in part if lease prices or disclosed intensities "
        "cross anywhere below 1.",
        *divided(findings, cases.own),
        f"The paper's Table III has them in one order at alpha {PRINTED_ALPHAS[0]:g} ({order[0]} $/GPU) and in the "
        f"other at {PRINTED_ALPHAS[1]:g} ({order[1]} $/GPU), so that they cross between. A lease is worth the "
        "value of local work less kappa times what is disclosed: of two datacenters that are rented in part, the one "
        "with dearer energy has the higher price, and of two that are full the one that discloses less. They cross "
        "where the one turns into the other, which depends on what energy they are said to buy: ex ante that is a "
        "choice among equilibria.",
        pd.concat(evidence, ignore_index=True),
    )


def crossings_of(difference: pd.Series[Any]) -> list[float]:
    """Where a curve through points crosses zero, by straight lines; touching it is no crossing.

    Parameters
    ----------
    difference : Series
        Index alpha, ascending.
    """
    signs = difference[difference.abs() > 1e-9 * difference.abs().max()]
    found = []
    for (before, low), (after, high) in pairwise(zip(signs.index.tolist(), signs.tolist(), strict=True)):
        if low * high < 0:
            found.append(before + (after - before) * low / (low - high))
    return found
