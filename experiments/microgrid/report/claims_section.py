"""Verdicts on the abstract's findings: at a glance, and claim by claim with intervals over seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...pages.markdown import markdown_table, number
from ..studies.abstract_claims import FINDINGS, Verdict, verdicts
from ..studies.claim_runs import SETTINGS, ClaimRun
from ..studies.spread import Spread
from .spread_words import spread_words

_STATEMENTS = {
    "benefit": "The joint plan is worth more than compute-only and energy-only planning.",
    "emissions": "And it emits less.",
    "routing": "Routing inference between sites is a major source of value.",
    "storage": "Storage gives useful flexibility in time.",
    "local generation": "Sites rich in local generation gain most.",
}
_MEASURES = {
    "benefit": "By how much the joint plan's benefit exceeds the baseline's, in percent of the latter. A claim holds "
    "for a seed if that is more than 0.1 %, which no gap of the solver makes of nothing. Compute-only planning does "
    "not keep to a budget: there it is worth what it is while emitting more than the joint plan may.",
    "emissions": "How much less the joint plan emits, in percent of the baseline's emissions; negative where it emits "
    "more. At equal service the joint plan runs the same jobs and drops the same requests as the energy-only one. "
    "Where a budget binds both plans, both emit all of it, and neither emits less.",
    "routing": "Routing's Shapley value, in percent of what the joint plan has beyond a policy that decides nothing. "
    "Major is more than an even share among five sources, 20 %.",
    "storage": "What the joint plan's benefit loses where no battery is used, in percent; useful is more than 0.1 %.",
    "local generation": "What each site earns in the joint plan beyond the energy-only one; the number is the gain of "
    "the site with most sun and wind by IT capacity less the largest gain of any other site. A site also gains where "
    "its imports are cheap, clean or little needed for cooling: the second claim plans again without its sun and wind, "
    "in those seeds in which it gains anything.",
}
_MOST_SEEDS = 10
CLAIMS_FIGURE = "study_claims"


def claims_section(runs: Sequence[ClaimRun], figures: Sequence[str]) -> list[str]:
    """Findings at a glance, then claim by claim."""
    found = verdicts(runs)
    settings = [setting for setting in SETTINGS if any(verdict.setting == setting for verdict in found)]
    by_finding = {finding: [verdict for verdict in found if verdict.claim.finding == finding] for finding in FINDINGS}
    return [
        "## Verdicts at a glance\n",
        "Settings of carbon: no price and no budget; a price of 50 $/t; and no price, with a budget of half of what "
        "the joint plan emits without one.\n",
        markdown_table(
            ["finding", "the abstract", "verdict", "where it fails"],
            [
                [finding, _STATEMENTS[finding], f"**{_word(own)}**", _where_it_does_not_hold(own)]
                for finding, own in by_finding.items()
            ],
            numbers=0,
        ),
        "Claim by claim: in how many seeds it holds, and its number's median with the least and largest over seeds in "
        "brackets.\n",
        markdown_table(
            ["claim", *settings, "unit", "seeds where it fails"],
            [_row(claim, of_claim, settings) for claim, of_claim in _by_claim(found)],
            numbers=0,
        ),
        *([f"![Numbers of all claims over seeds]({CLAIMS_FIGURE}.png)\n"] if CLAIMS_FIGURE in figures else []),
        *(part for finding, own in by_finding.items() for part in _in_detail(finding, own)),
    ]


def _word(found: Sequence[Verdict]) -> str:
    """Of all claims of a finding in all settings together."""
    by_claim = [{verdict.word for verdict in own if verdict.numbers} for _, own in _by_claim(found)]
    if any(len(words) > 1 for words in by_claim):
        return "depends on the setting"
    words = set[str]().union(*by_claim)
    return words.pop() if len(words) == 1 else "depends on the claim" if words else "unknown"


def _where_it_does_not_hold(found: Sequence[Verdict]) -> str:
    parts = [
        f"{words}: " + ", ".join(f"{verdict.setting} ({verdict.word})" for verdict in of_claim if verdict.failing)
        for words, of_claim in _by_claim(found)
        if any(verdict.failing for verdict in of_claim)
    ]
    return "; ".join(parts) or "nowhere"


def _by_claim(found: Iterable[Verdict]) -> list[tuple[str, list[Verdict]]]:
    by_words: dict[str, list[Verdict]] = {}
    for verdict in found:
        by_words.setdefault(verdict.claim.words, []).append(verdict)
    return list(by_words.items())


def _row(words: str, found: Sequence[Verdict], settings: Sequence[str]) -> list[str]:
    by_setting = {verdict.setting: verdict for verdict in found}
    cells = [_cell(by_setting[setting]) if setting in by_setting else "-" for setting in settings]
    return [words, *cells, found[0].claim.measure, _where_it_fails(found)]


def _cell(verdict: Verdict) -> str:
    found = verdict.spread
    if found is None:
        return verdict.word
    return f"**{verdict.word}** ({verdict.held} of {found.count}): {spread_words(found)}"


def _where_it_fails(found: Sequence[Verdict]) -> str:
    failing = [f"{verdict.setting}: {_seeds(verdict)}" for verdict in found if verdict.failing]
    return "; ".join(failing) or "nowhere"


def _seeds(verdict: Verdict) -> str:
    failing = [str(seed) for seed in verdict.failing if seed is not None]
    if verdict.word == "fails":
        return f"all {len(failing)} seeds" if len(failing) > 1 else "the only run"
    shown = ", ".join(failing[:_MOST_SEEDS])
    more = f" and {len(failing) - _MOST_SEEDS} more" if len(failing) > _MOST_SEEDS else ""
    return f"seed{'s' if len(failing) > 1 else ''} {shown}{more}"


def _in_detail(finding: str, found: Sequence[Verdict]) -> list[str]:
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
        for verdict in found
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
