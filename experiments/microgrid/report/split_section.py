"""Through what the joint plan gains."""

from __future__ import annotations

from collections.abc import Sequence

from ...pages.markdown import markdown_table
from ..studies.claim_runs import SETTINGS, ClaimRun
from ..studies.coalition_plans import PLAYERS, ROUTING, TIMING
from ..studies.spread import Spread, spread
from ..studies.study_document import split_spread
from .spread_words import spread_words

SPLIT_FIGURE = "study_split"


def split_section(runs: Sequence[ClaimRun], figures: Sequence[str]) -> list[str]:
    """Shapley values, the gain over energy-only planning split, and what is lost without one source alone."""
    split = {setting: [run.split for run in runs if run.setting == setting and run.split] for setting in SETTINGS}
    known = {setting: found for setting, found in split.items() if found}
    if not known:
        return ["## Through what the joint plan gains\n", "No run has a schedule for every coalition.\n"]
    spreads = {setting: split_spread(runs, setting) for setting in known}
    rows = {
        "policy on sun, wind and imports": "empty",
        **{f"+ {player.replace('_', ' ')}": player for player in PLAYERS},
        "= joint": "joint",
        "energy only": "energy_only",
    }
    split_rows = [
        [words, *(spread_words(spreads[setting][key], 1e-3) for setting in known)] for words, key in rows.items()
    ]
    gains = [
        _row(player, [spread(one.gain_over_energy_only_usd[player] for one in found) for found in known.values()])
        for player in (ROUTING, TIMING)
    ]
    lost = [
        _row(player, [spread(one.lost_without_usd[player] for one in found) for found in known.values()])
        for player in PLAYERS
    ]
    image = [f"![Shapley values by source]({SPLIT_FIGURE}.png)\n"] if SPLIT_FIGURE in figures else []
    return [
        "## Through what the joint plan gains\n",
        "Thousand $; medians over seeds, least and largest in brackets. Shapley values split what the joint plan has "
        "beyond a policy that decides nothing, over all orders in which the five sources may come.\n",
        markdown_table(["", *known], split_rows, numbers=len(known)),
        *image,
        "The gain over energy-only planning, which has battery, generation and export already, is split over the "
        "other two:\n",
        markdown_table(["", *known], gains, numbers=len(known)),
        "What the joint plan loses where one source alone is missing:\n",
        markdown_table(["", *known], lost, numbers=len(known)),
    ]


def _row(player: str, found: Sequence[Spread | None]) -> list[str]:
    return [player.replace("_", " "), *(spread_words(one, 1e-3) for one in found)]
