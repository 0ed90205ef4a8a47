"""Claim 4: what alpha does to the cost of workload, and who gets what is saved."""

from __future__ import annotations

import pandas as pd

from ..lookup import SCHEME_NAMES, Cases, at
from ..paper_settings import PRO_RATA, SETTING_NAMES, SETTINGS
from ..printed import PRINTED_ALPHAS, SCHEMES, printed
from .cost_split import cost_split, split_in_words
from .verdicts import Claim, Finding, Verdict, divided, graded

# A fall of cost by less is none: the paper's figures cannot show it.
NOTICEABLE = 0.01
# Steps upwards below this are rounding.
ROUNDING = 1e-4


def cost_falls(cases: Cases) -> Claim:
    """Claim 4."""
    findings, evidence = [], []
    # Without forward contracts it does not matter which there could have been.
    for setting in (name for name in cases.all_settings if SETTINGS[name].matrix == PRO_RATA):
        for scheme in SCHEMES:
            split = cost_split(cases.spot(setting, scheme), SETTINGS[setting].bus_of_local_work)
            standing = SETTINGS[setting].standing_for_printed
            words = _words(split, standing)
            if setting == cases.own:
                words += f"; {_beside_printed(split, standing, scheme)}"
            told = f"{SETTING_NAMES[setting]}, {SCHEME_NAMES[scheme]}"
            findings.append((setting, Finding(told, _verdict(split, standing), words)))
            evidence.append(split.reset_index().assign(setting=setting, disclosure=scheme))
    return Claim(
        4,
        "Raising alpha lowers the cost of workload.",
        f"Holds if the cost falls by more than {NOTICEABLE:.0%} from alpha {PRINTED_ALPHAS[0]:g} to "
        f"{PRINTED_ALPHAS[1]:g} and in no step of alpha rises by more than {ROUNDING:g} relatively; in part if it "
        "falls between these two. Cost is what the hyperscaler pays; what of its fall others lose, and what is saved, "
        "is told beside the verdict.",
        *divided(findings, cases.own),
        _cause(),
        pd.concat(evidence, ignore_index=True),
    )


def _verdict(split: pd.DataFrame, standing: tuple[float, float]) -> Verdict:
    first, second = standing
    total = split["total_usd"]
    falls = bool(1 - total[second] / total[first] > NOTICEABLE)
    return graded(holds=falls and not _rising(split).any(), in_part=falls)


def _rising(split: pd.DataFrame) -> pd.Series[bool]:
    return split["total_usd"].pct_change() > ROUNDING


def _words(split: pd.DataFrame, standing: tuple[float, float]) -> str:
    first, second = standing
    total, rising = split["total_usd"], _rising(split)
    words = (
        f"the cost is {total[first]:,.0f} $ at alpha {first:g}, {total[second]:,.0f} $ at {second:g} and "
        f"{total.iloc[-1]:,.0f} $ at {split.index[-1]:g}, and never below {total.min():,.0f} $"
    )
    if rising.any():
        words += f"; it rises in {rising.sum()} of {len(split) - 1} steps, the first to alpha {rising.idxmax():g}"
    return words


def _beside_printed(split: pd.DataFrame, standing: tuple[float, float], scheme: str) -> str:
    before, after = (at(split, alpha) for alpha in standing)
    ours = " and ".join(f"{row['local_usd']:,.0f} + {row['mdc_usd']:,.0f} $" for row in (before, after))
    paper = " and ".join(
        f"{printed('cost.local', scheme, alpha):,.0f} + {printed('cost.mdc', scheme, alpha):,.0f} $"
        for alpha in PRINTED_ALPHAS
    )
    words = f"local work and leases cost {ours}, in the paper {paper}"
    if before["total_usd"] - after["total_usd"] > NOTICEABLE * before["total_usd"]:
        words += f"; {split_in_words(before, after)}"
    return words


def _cause() -> str:
    kappa = [(1 - alpha) / alpha for alpha in PRINTED_ALPHAS]
    local, leased = (
        [printed(f"cost.{kind}", "ex_post", alpha) for alpha in PRINTED_ALPHAS] for kind in ("local", "mdc")
    )
    clean_kg = (local[0] - local[1]) / (kappa[0] - kappa[1])
    return (
        "One more MWh of work is worth the price of energy where the hyperscaler is, plus kappa = (1 - alpha) / alpha "
        "dollars for each kg of its dirtiest purchase. Leases are paid at that value, and so is every supply that is "
        "cleaner than the dirtiest: it earns kappa dollars for each kg by which it is cleaner. Both are rents in "
        "proportion to kappa, which somebody receives, and no cost of anything that is used up. In the paper's "
        f"numbers, ex post, the cost falls by {sum(local) + sum(leased) - 2 * (local[1] + leased[1]):,.0f} $: "
        f"{local[0] - local[1]:,.0f} $ in local work, whose loads and nodal price do not depend on alpha, which is "
        f"the rent of {clean_kg:,.0f} kg of cleanness, and {leased[0] - leased[1]:,.0f} $ in leases. Ex ante, what is "
        "disclosed is taken off lease prices, by less the higher alpha is: near 1 leases become dearer again."
    )
