"""The runs of a study: each a kind, a seed, and all values in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..instance import Instance
from ..joint_plan import Effort
from .study_kinds import SIZES, Size, StudyKind, varied
from .three_plans import PlanFigures, blind_compute, three_plans


@dataclass(frozen=True)
class StudyPoint:
    """The plans at one value.

    Parameters
    ----------
    kind : StudyKind
    seed : int, or None
        None for an instance that is not generated.
    value : float
        On the axis of the study.
    label : str
        What the value is, in words where it is a size.
    plans : dict of name to PlanFigures
    """

    kind: StudyKind
    seed: int | None
    value: float
    label: str
    plans: dict[str, PlanFigures]

    def as_json(self) -> dict[str, Any]:
        """A seed and its plans."""
        return {"seed": self.seed, "plans": {name: plan.as_json() for name, plan in self.plans.items()}}


def variation_points(kind: StudyKind, instance: Instance, seed: int | None, effort: Effort) -> list[StudyPoint]:
    """All values of a study but that of scale, on one instance."""
    blind = blind_compute(instance, effort)
    points = []
    for value, changed in varied(kind, instance, effort):
        if kind is StudyKind.RADIUS:
            blind = blind_compute(changed, effort)
        points.append(StudyPoint(kind, seed, value, f"{value:g}", three_plans(changed, effort, blind)))
    return points


def scale_point(size: Size, instance: Instance, seed: int | None, effort: Effort) -> list[StudyPoint]:
    """One size, on one instance of that size."""
    plans = three_plans(instance, effort, blind_compute(instance, effort))
    return [StudyPoint(StudyKind.SCALE, seed, float(size.sites), str(size), plans)]


def study_tasks(
    kinds: Iterable[StudyKind], instances: Mapping[int | None, Instance], effort: Effort
) -> list[Callable[[], list[StudyPoint]]]:
    """Tasks that can be pickled, one for each seed and each kind but scale."""
    return [
        partial(variation_points, kind, instance, seed, effort)
        for seed, instance in instances.items()
        for kind in kinds
        if kind is not StudyKind.SCALE
    ]


def scale_tasks(
    read: Callable[[list[str], int], Instance], seeds: Iterable[int], effort: Effort
) -> list[Callable[[], list[StudyPoint]]]:
    """Tasks that can be pickled, one for each size and seed.

    Parameters
    ----------
    read : callable
        The instance of overrides and a seed.
    seeds : iterable of int
    effort : Effort
    """
    return [partial(scale_point, size, read(size.overrides, seed), seed, effort) for size in SIZES for seed in seeds]
