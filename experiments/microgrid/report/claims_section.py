"""Verdicts on the abstract's findings: at a glance, and claim by claim with intervals over seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...pages.markdown import markdown_table, number
from ..studies.abstract_claims import FINDINGS, Verdict, verdicts
from ..studies.claim_runs import SETTINGS, ClaimRun
from ..studies.spread import Spread

_STATEMENTS = {
    "benefit": "The joint plan is worth more than compute-only and energy-only planning.",
    "emissions": "And it emits less.",
    "routing": "Routing inference between sites is a major source of value.",
    "storage": "Storage gives useful flexibility in time.",
    "local generation": "Sites rich in local generation gain most.",
}
_MEASURES = {
    "benefit": "By how much the joint plan's benefit exceeds the baseline's, in percent of the latter. A claim holds "
    "for a seed if that is more than 0.1 %, which no gap of the solver makes of nothing.",
    "emissions": "How much less the joint plan emits, in percent of the baseline's emissions; negative where it emits "
    "more. At equal service the joint plan runs the same jobs and drops the same requests as the energy-only one.",
    "routing": "Routing's Shapley value, in percent of what the joint plan has beyond a policy that decides nothing. "
    "Major is more than an even share among five sources, 20 %.",
    "storage": "What the joint plan's benefit loses where no battery is used, in percent; useful is more than 0.1 %.",
    "local generation": "What each site earns in the joint plan beyond the energy-only one; the number is the gain of "
    "the site with most sun and wind by IT capacity less the largest gain of any other site.",
}
_MOST_SEEDS = 10


def claims_section(runs: Sequence[ClaimRun]) -> list[str]:
    """Both parts of it."""
    found = verdicts(runs)
    settings = [setting for setting in SETTINGS if any(verdict.setting == setting for verdict in found)]
    return [
        "## Verdicts at a glance\n",
        "In brackets: in how many seeds the claim holds. Settings of carbon: no price and no budget; a price of "
        "50 $/t; and no price, with a budget of half of what the joint plan emits without one.\n",
        markdown_table(
            ["finding", "claim", *settings, "where it fails"],
            [_row(claim, of_claim, settings) for claim, of_claim in _by_claim(found)],
            numbers=0,
        ),
        *(part for finding in FINDINGS for part in _in_detail(finding, found)),
    ]


def _by_claim(found: Iterable[Verdict]) -> list[tuple[str, list[Verdict]]]:
    by_words: dict[str, list[Verdict]] = {}
    for verdict in found:
        by_words.setdefault(verdict.claim.words, []).append(verdict)
    return list(by_words.items())


def _row(words: str, found: Sequence[Verdict], settings: Sequence[str]) -> list[str]:
    by_setting = {verdict.setting: verdict for verdict in found}
    cells = [_cell(by_setting[setting]) if setting in by_setting else "-" for setting in settings]
    return [found[0].claim.finding, words, *cells, _where_it_fails(found)]


def _cell(verdict: Verdict) -> str:
    return f"**{verdict.word}** ({verdict.held} of {len(verdict.numbers)})" if verdict.numbers else verdict.word


def _where_it_fails(found: Sequence[Verdict]) -> str:
    failing = [f"{verdict.setting}: {_seeds(verdict)}" for verdict in found if verdict.failing]
    return "; ".join(failing) or "nowhere"


def _seeds(verdict: Verdict) -> str:
    failing = [str(seed) for seed in verdict.failing if seed is not None]
    if verdict.word == "fails":
        return "all seeds" if len(failing) > 1 else "the only run"
    shown = ", ".join(failing[:_MOST_SEEDS])
    more = f" and {len(failing) - _MOST_SEEDS} more" if len(failing) > _MOST_SEEDS else ""
    return f"seed{'s' if len(failing) > 1 else ''} {shown}{more}"


def _in_detail(finding: str, found: Sequence[Verdict]) -> list[str]:
    chosen = [verdict for verdict in found if verdict.claim.finding == finding]
    columns = [
        "claim",
        "carbon",
        "verdict",
        "seeds",
        "share of instances, 95 %",
        "median",
        "quartiles",
        "all seeds",
        "",
    ]
    rows = [
        [
            verdict.claim.words,
            verdict.setting,
            f"**{verdict.word}**",
            f"{verdict.held} of {len(verdict.numbers)}",
            _share(verdict),
            *_spread(verdict.spread),
            verdict.claim.measure,
        ]
        for verdict in chosen
    ]
    return [
        f"## Finding: {finding}\n",
        f"The abstract: *{_STATEMENTS[finding]}* {_MEASURES[finding]}\n",
        markdown_table(columns, rows, numbers=6),
    ]


def _share(verdict: Verdict) -> str:
    share = verdict.held_share
    return "-" if share is None else f"{100 * share[0]:.0f} to {100 * share[1]:.0f} %"


def _spread(found: Spread | None) -> list[str]:
    if found is None:
        return ["-", "-", "-"]
    low, lower, middle, upper, high = (
        number(value) for value in (found.min, found.lower_quartile, found.median, found.upper_quartile, found.max)
    )
    return [middle, f"{lower} to {upper}", f"{low} to {high}"]
