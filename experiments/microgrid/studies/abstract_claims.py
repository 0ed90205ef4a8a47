"""Verdicts on what the abstract of arXiv 2605.03751 claims, setting by setting, with an interval over seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..microgrid_plan import COMPUTE_ONLY, ENERGY_ONLY, JOINT
from .claim_runs import EQUAL_SERVICE, SETTINGS, ClaimRun
from .coalition_plans import ALL, BATTERY, ROUTING
from .spread import Spread, spread

# In percent: what a solver's gap may make of nothing; an even share among five sources.
_NOTHING, _EVEN_SHARE = 0.1, 20.0


@dataclass(frozen=True)
class Claim:
    """What is claimed, and the number that tells whether it is so.

    Parameters
    ----------
    words : str
    measure : str
        Unit of the number.
    number : callable
        Of a run; None where it is unknown.
    more_than : float
        The claim holds for a run whose number is larger.
    """

    words: str
    measure: str
    number: Callable[[ClaimRun], float | None]
    more_than: float


@dataclass(frozen=True)
class Verdict:
    """A claim in a setting: over how many runs it holds, and how its number is spread."""

    claim: Claim
    setting: str
    held: int
    spread: Spread | None

    @property
    def word(self) -> str:
        """``holds`` for all runs, ``fails`` for all, ``mixed``, or ``unknown`` without runs."""
        if self.spread is None:
            return "unknown"
        return "holds" if self.held == self.spread.count else "mixed" if self.held else "fails"

    def as_json(self) -> dict[str, Any]:
        """Claim, setting, verdict, how many runs it holds in, and the spread of its number."""
        return {
            "claim": self.claim.words,
            "measure": self.claim.measure,
            "more_than": self.claim.more_than,
            "setting": self.setting,
            "verdict": self.word,
            "held": self.held,
            "spread": None if self.spread is None else self.spread.as_json(),
        }


def verdicts(runs: Sequence[ClaimRun]) -> list[Verdict]:
    """Every claim in every setting that there are runs of, claim by claim."""
    found = []
    for claim in CLAIMS:
        for setting in SETTINGS:
            numbers = [claim.number(run) for run in runs if run.setting == setting]
            if numbers:
                held = sum(number is not None and number > claim.more_than for number in numbers)
                found.append(Verdict(claim, setting, held, spread(numbers)))
    return found


def _gain(other: str) -> Callable[[ClaimRun], float | None]:
    return lambda run: _percent(run, "benefit_usd", JOINT, other)


def _less_emitted(other: str, joint: str = JOINT) -> Callable[[ClaimRun], float | None]:
    def number(run: ClaimRun) -> float | None:
        more = _percent(run, "emissions_t", joint, other)
        return None if more is None else -more

    return number


def _percent(run: ClaimRun, figure: str, name: str, other: str) -> float | None:
    """By how much a plan's figure exceeds another plan's, in percent of the latter."""
    if name not in run.plans or other not in run.plans:
        return None
    ours, theirs = (getattr(run.plans[plan], figure) for plan in (name, other))
    return None if ours is None or theirs is None else 100 * (ours - theirs) / max(abs(theirs), 1e-9)


def _routing_share(run: ClaimRun) -> float | None:
    if run.split is None:
        return None
    shapley = run.split.shapley_usd
    return 100 * shapley[ROUTING] / max(sum(shapley.values()), 1e-9)


def _lost_without_storage(run: ClaimRun) -> float | None:
    if run.split is None:
        return None
    return 100 * run.split.lost_without_usd[BATTERY] / max(abs(run.split.benefits_usd[ALL]), 1e-9)


def _richest(run: ClaimRun) -> float | None:
    return None if run.richest_gain_usd is None else run.richest_gain_usd / 1000


CLAIMS = (
    Claim("joint beats energy-only", "% of benefit", _gain(ENERGY_ONLY), _NOTHING),
    Claim("joint beats compute-only", "% of benefit", _gain(COMPUTE_ONLY), _NOTHING),
    Claim("joint emits less than energy-only", "% of emissions", _less_emitted(ENERGY_ONLY), _NOTHING),
    Claim("joint emits less than compute-only", "% of emissions", _less_emitted(COMPUTE_ONLY), _NOTHING),
    Claim(
        "and less at equal service than energy-only",
        "% of emissions",
        _less_emitted(ENERGY_ONLY, EQUAL_SERVICE),
        _NOTHING,
    ),
    Claim("routing is a major source of value", "% of the split", _routing_share, _EVEN_SHARE),
    Claim("storage is useful", "% of benefit", _lost_without_storage, _NOTHING),
    Claim("the site richest in sun and wind gains most", "k$ beyond others", _richest, 0.0),
)
