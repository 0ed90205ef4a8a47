"""More days of a generated instance, with as many jobs a day."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import Fault, ScenarioError
from ..instance import Instance
from ..instance_reading import is_generated, read_instance

DEFAULT_DAYS = 7
_HOURS = 24.0


def instance_of_days(
    scenario: str, overrides: Sequence[str] = (), seed: int | None = None, days: int | None = None
) -> Instance:
    """An instance that is generated for so many days, a week if nothing is said; a whole one as it is.

    Raises
    ------
    ScenarioError
        With all faults that were found, or if days are asked of an instance that is whole.
    """
    read = read_instance(scenario, overrides, seed)
    if not is_generated(scenario):
        if days is not None:
            message = f"is a whole instance of {read.slots} slots; --days {days} is of those that are generated"
            raise ScenarioError(scenario, [Fault("", message)])
        return read
    slots = round((days or DEFAULT_DAYS) * _HOURS / read.slot_hours)
    jobs = round(len(read.jobs) * slots / read.slots)
    return read_instance(scenario, [*overrides, f"generator.slots={slots}", f"generator.jobs={jobs}"], seed)
