"""Verdicts on what the abstract of arXiv 2605.03751 claims, setting by setting, with an interval over seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from scipy.stats import binomtest

from ..microgrid_plan import COMPUTE_ONLY, ENERGY_ONLY, JOINT
from .claim_runs import EQUAL_SERVICE, SETTINGS, VARIANTS, ClaimRun
from .coalition_plans import ALL, BATTERY, ROUTING
from .spread import Spread, spread

# In percent: what a solver's gap may make of nothing; an even share among five sources; more than all else together.
_NOTHING, _EVEN_SHARE, _MOST = 0.1, 20.0, 50.0
FINDINGS = BENEFIT, EMISSIONS, ROUTES, STORAGE, LOCAL = (
    "benefit",
    "emissions",
    "routing",
    "storage",
    "local generation",
)


@dataclass(frozen=True)
class Claim:
    """What is claimed, and the number that tells whether it is so.

    Parameters
    ----------
    finding : str
        Which of the abstract's findings it belongs to.
    words : str
    measure : str
        Unit of the number.
    number : callable
        Of a run; None where it is unknown.
    more_than : float
        The claim holds for a run whose number is larger.
    """

    finding: str
    words: str
    measure: str
    number: Callable[[ClaimRun], float | None]
    more_than: float


@dataclass(frozen=True)
class Verdict:
    """A claim in a setting: in which runs it holds, and how its number is spread over them.

    Parameters
    ----------
    claim : Claim
    setting : str
    numbers : dict of seed to float
        Of all runs whose number is known.
    """

    claim: Claim
    setting: str
    numbers: dict[int | None, float]

    @property
    def spread(self) -> Spread | None:
        """Of the number; None without runs."""
        return spread(self.numbers.values())

    @property
    def failing(self) -> list[int | None]:
        """Seeds in which it does not hold."""
        return [seed for seed, number in self.numbers.items() if number <= self.claim.more_than]

    @property
    def held(self) -> int:
        """In how many runs it holds."""
        return len(self.numbers) - len(self.failing)

    @property
    def held_share(self) -> tuple[float, float] | None:
        """In what share of all instances it holds, with a confidence of 95 %; None without runs.

        Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22(158), 1927.
        """
        if not self.numbers:
            return None
        low, high = binomtest(self.held, len(self.numbers)).proportion_ci(method="wilson")
        return float(low), float(high)

    @property
    def word(self) -> str:
        """``holds`` for all runs, ``fails`` for all, ``mixed``, or ``unknown`` without runs."""
        if not self.numbers:
            return "unknown"
        return "holds" if not self.failing else "mixed" if self.held else "fails"

    def as_json(self) -> dict[str, Any]:
        """Claim, setting, verdict, how many runs it holds in, those in which it fails, and the spread of its number."""
        found = self.spread
        return {
            "finding": self.claim.finding,
            "claim": self.claim.words,
            "measure": self.claim.measure,
            "more_than": self.claim.more_than,
            "setting": self.setting,
            "verdict": self.word,
            "held": self.held,
            "held_share": self.held_share,
            "failing_seeds": self.failing,
            "spread": None if found is None else found.as_json(),
        }


def verdicts(runs: Sequence[ClaimRun]) -> list[Verdict]:
    """Every claim in every setting that there are runs of, claim by claim."""
    return [
        Verdict(claim, setting, {run.seed: x for run in chosen if (x := claim.number(run)) is not None})
        for claim in CLAIMS
        for setting in SETTINGS
        if (chosen := [run for run in runs if run.setting == setting])
    ]


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


def _lost_without_own(run: ClaimRun) -> float | None:
    """Of a site that gains anything."""
    own, without = run.richest_own_usd, run.richest_without_usd
    return None if own is None or without is None or own <= 0 else 100 * (own - without) / own


_SIGHTED = {name: f"compute-only with {pricing.replace('_', ' ')} in sight" for name, pricing in VARIANTS.items()}
_BASELINES = {ENERGY_ONLY: "energy-only", COMPUTE_ONLY: "compute-only", **_SIGHTED}
CLAIMS = (
    *(
        Claim(BENEFIT, f"joint beats {words}", "% of benefit", _gain(name), _NOTHING)
        for name, words in _BASELINES.items()
    ),
    *(
        Claim(EMISSIONS, f"joint emits less than {words}", "% of emissions", _less_emitted(name), _NOTHING)
        for name, words in _BASELINES.items()
    ),
    Claim(
        EMISSIONS,
        "joint at equal service emits less than energy-only",
        "% of emissions",
        _less_emitted(ENERGY_ONLY, EQUAL_SERVICE),
        _NOTHING,
    ),
    Claim(ROUTES, "routing is a major source of value", "% of the split", _routing_share, _EVEN_SHARE),
    Claim(STORAGE, "storage is useful", "% of benefit", _lost_without_storage, _NOTHING),
    Claim(LOCAL, "the site richest in sun and wind gains most", "k$ beyond others", _richest, 0.0),
    Claim(LOCAL, "most of its gain is lost without its sun and wind", "% of its gain", _lost_without_own, _MOST),
)
