"""The runs of a study: each a kind, a seed, and all values in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..instance import Instance
from ..joint_plan import Effort
from .study_kinds import Size, StudyKind, varied
from .three_plans import PlanFigures, compute_alone, three_plans


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

    def as_kept(self) -> dict[str, Any]:
        """All of it."""
        return {"kind": str(self.kind), "value": self.value, "label": self.label, **self.as_json()}


def variation_points(kind: StudyKind, instance: Instance, seed: int | None, effort: Effort) -> list[StudyPoint]:
    """All values of a study but that of scale, on one instance."""
    blind = compute_alone(instance, effort)
    points = []
    for value, changed in varied(kind, instance, effort):
        if kind is StudyKind.RADIUS:
            blind = compute_alone(changed, effort)
        points.append(StudyPoint(kind, seed, value, f"{value:g}", three_plans(changed, effort, blind)))
    return points


def scale_point(size: Size, instance: Instance, seed: int | None, effort: Effort) -> list[StudyPoint]:
    """One size, on one instance of that size."""
    plans = three_plans(instance, effort, compute_alone(instance, effort))
    return [StudyPoint(StudyKind.SCALE, seed, float(size.sites), str(size), plans)]
