"""What a study varies, and the values that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..instance import Instance
from ..joint_plan import Effort, joint_plan
from .variations import scaled_batteries, scaled_renewables, with_carbon_budget, with_carbon_price, within_radius


class StudyKind(StrEnum):
    """What varies."""

    RADIUS = "radius"
    BATTERY = "battery"
    RENEWABLES = "renewables"
    BUDGET = "budget"
    CARBON_PRICE = "carbon-price"
    SCALE = "scale"


AXES = {
    StudyKind.RADIUS: "routing radius [ms]",
    StudyKind.BATTERY: "battery size [multiple]",
    StudyKind.RENEWABLES: "sun and wind [multiple]",
    StudyKind.BUDGET: "carbon budget [share of joint emissions without one]",
    StudyKind.CARBON_PRICE: "carbon price [$/t]",
    StudyKind.SCALE: "sites",
}

BUDGET_SHARES = (1.0, 0.9, 0.75, 0.6, 0.5, 0.3, 0.2, 0.1)


@dataclass(frozen=True)
class Variation:
    """A change and the values that it is tried with."""

    change: Callable[[Instance, float], Instance]
    values: Sequence[float]


VARIATIONS = {
    StudyKind.RADIUS: Variation(within_radius, (0.0, 20.0, 40.0, 60.0, 100.0)),
    StudyKind.BATTERY: Variation(scaled_batteries, (0.0, 0.5, 1.0, 2.0, 4.0)),
    StudyKind.RENEWABLES: Variation(scaled_renewables, (0.3, 1.0, 2.0)),
    StudyKind.CARBON_PRICE: Variation(with_carbon_price, (0.0, 25.0, 50.0, 100.0, 200.0)),
}


@dataclass(frozen=True)
class Size:
    """How large a generated instance is; all sizes are one day."""

    sites: int
    jobs: int
    slots: int

    @property
    def overrides(self) -> list[str]:
        """Of the generator: jobs need less power each where they are so many that they would not fit."""
        power = min(1.0, 10 * self.sites / self.jobs)
        settings = {
            "sites": self.sites,
            "jobs": self.jobs,
            "regions": self.sites,
            "slots": self.slots,
            "slot_hours": 24 / self.slots,
            "job_power_scale": power,
        }
        return [f"generator.{key}={value}" for key, value in settings.items()]

    def __str__(self) -> str:
        return f"{self.sites} sites, {self.jobs} jobs, {self.slots} slots"


SIZES = (Size(2, 10, 24), Size(4, 20, 24), Size(6, 40, 24), Size(8, 80, 48), Size(10, 200, 96))


def varied(kind: StudyKind, instance: Instance, effort: Effort) -> Iterator[tuple[float, Instance]]:
    """Each value that is tried, and the instance with it.

    Budgets are shares of what the joint plan emits without one; there are none where it has no schedule.
    """
    if kind is StudyKind.BUDGET:
        free = joint_plan(with_carbon_budget(instance, None), effort)
        if free.schedule is not None:
            for share in BUDGET_SHARES:
                yield share, with_carbon_budget(instance, share * free.emissions_t)
    else:
        variation = VARIATIONS[kind]
        for value in variation.values:
            yield value, variation.change(instance, value)
