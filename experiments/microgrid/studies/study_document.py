"""A study as it is told: points with their spread, abatement curves, the split, verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import isfinite
from typing import Any

from ..joint_plan import BEST_EFFORT, Effort
from ..microgrid_plan import JOINT, PLANS, PlanStatus
from .abatement import abatement
from .abstract_claims import verdicts
from .claim_runs import SETTINGS, ClaimRun
from .coalition_plans import ALL, ENERGY, PLAYERS
from .spread import Spread, spread
from .study_kinds import AXES, StudyKind
from .study_runs import StudyPoint
from .three_plans import PlanFigures


@dataclass(eq=False)
class StudyDone:
    """All runs that have ended.

    Parameters
    ----------
    scenario : str
    seeds : list of int or None
    points : list of StudyPoint
    claims : list of ClaimRun
    is_complete : bool
        False if the user broke it off.
    effort : Effort
        How far every plan was sought.
    """

    scenario: str
    seeds: list[int | None]
    points: list[StudyPoint] = field(default_factory=list)
    claims: list[ClaimRun] = field(default_factory=list)
    is_complete: bool = True
    effort: Effort = BEST_EFFORT

    @property
    def kinds(self) -> list[StudyKind]:
        """Those that there are points of."""
        return [kind for kind in StudyKind if any(point.kind is kind for point in self.points)]

    @property
    def plans(self) -> list[PlanFigures]:
        """All plans but those of the split."""
        by_name = [*(point.plans for point in self.points), *(run.plans for run in self.claims)]
        return [plan for plans in by_name for plan in plans.values()]

    @property
    def out_of_time(self) -> int:
        """How many plans are not within the gap."""
        of_splits = sum(run.coalitions_out_of_time for run in self.claims)
        return of_splits + sum(plan.status == PlanStatus.TIME_LIMIT for plan in self.plans)

    def values_of(self, kind: StudyKind) -> list[tuple[float, list[StudyPoint]]]:
        """Points by value, in order, and within a value by seed."""
        chosen = sorted(
            (point for point in self.points if point.kind is kind),
            key=lambda point: (point.value, -1 if point.seed is None else point.seed),
        )
        return [(value, list(points)) for value, points in groupby(chosen, key=lambda point: point.value)]

    def as_json(self) -> dict[str, Any]:
        """Studies by kind, claims and verdicts."""
        return {
            "scenario": self.scenario,
            "seeds": self.seeds,
            "is_complete": self.is_complete,
            "gap": self.effort.gap,
            "time_limit_seconds": self.effort.seconds if isfinite(self.effort.seconds) else None,
            "studies": {str(kind): self._study(kind) for kind in self.kinds},
            "claim_runs": [run.as_json() for run in self.claims],
            "split_usd": {setting: _split(self.claims, setting) for setting in SETTINGS if self.claims},
            "verdicts": [verdict.as_json() for verdict in verdicts(self.claims)],
        }

    def _study(self, kind: StudyKind) -> dict[str, Any]:
        by_value = self.values_of(kind)
        study: dict[str, Any] = {"axis": AXES[kind], "points": [_point(value, points) for value, points in by_value]}
        if kind is StudyKind.BUDGET:
            study["abatement"] = [
                {"seed": seed, "curve": [step.as_json() for step in abatement(points)]}
                for seed in self.seeds
                if (points := [p for p in self.points if p.kind is kind and p.seed == seed])
            ]
        return study


def spread_of(points: Sequence[StudyPoint], plan: str, figure: str) -> Spread | None:
    """Of a figure, by its name in `PlanFigures`, over the seeds at one value."""
    return spread(getattr(point.plans[plan], figure) for point in points)


def gain_spread(points: Sequence[StudyPoint], baseline: str) -> Spread | None:
    """By how much the joint plan of a seed exceeds a baseline of the same seed, over the seeds at one value, in $."""
    both = [(point.plans[JOINT].benefit_usd, point.plans[baseline].benefit_usd) for point in points]
    return spread(None if ours is None or theirs is None else ours - theirs for ours, theirs in both)


def split_spread(runs: Sequence[ClaimRun], setting: str) -> dict[str, Spread | None]:
    """Over seeds: the benefit of nothing, energy only and joint, and the Shapley value of every player."""
    split = [run.split for run in runs if run.setting == setting and run.split is not None]
    ends = {"empty": frozenset[str](), "energy_only": ENERGY, "joint": ALL}
    return {
        **{name: spread(one.benefits_usd[members] for one in split) for name, members in ends.items()},
        **{player: spread(one.shapley_usd[player] for one in split) for player in PLAYERS},
    }


def _split(runs: Sequence[ClaimRun], setting: str) -> dict[str, Any]:
    return {key: _told(found) for key, found in split_spread(runs, setting).items()}


def _point(value: float, points: list[StudyPoint]) -> dict[str, Any]:
    return {
        "value": value,
        "label": points[0].label,
        "benefit_usd": {name: _told(spread_of(points, name, "benefit_usd")) for name in PLANS},
        "gain_usd": {name: _told(gain_spread(points, name)) for name in PLANS if name != JOINT},
        "emissions_t": {name: _told(spread_of(points, name, "emissions_t")) for name in PLANS},
        "runs": [point.as_json() for point in points],
    }


def _told(found: Spread | None) -> dict[str, float] | None:
    return None if found is None else found.as_json()
