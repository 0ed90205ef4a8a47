"""The market of a day: a scenario as it is where it has the hours of an instance, or one hour over a typical day."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...errors import Fault, ScenarioError
from ...scenario.market_builder import build_on
from ...scenario.reading import ScenarioOnCase, read_scenario
from ..instance import Instance
from .grid_market import GridMarket

# Load of the hours of a weekday in winter over the day's peak: "IEEE Reliability Test System", IEEE Trans. Power
# Apparatus and Systems PAS-98(6), 1979, table 3.
WINTER_WEEKDAY = (
    *(0.67, 0.63, 0.60, 0.59, 0.59, 0.60, 0.74, 0.86, 0.95, 0.96, 0.96, 0.95),
    *(0.95, 0.95, 0.93, 0.94, 0.99, 1.00, 1.00, 0.96, 0.91, 0.83, 0.73, 0.63),
)
# Same prices and welfare as bilateral contracts, in a fraction of the goods.
_IN_A_POOL = "trade=pooled"


def read_day_market(source: str | Path, overrides: Sequence[str], instance: Instance) -> ScenarioOnCase:
    """Read the scenario of a market that has the hours of an instance; it is cleared as a pool.

    One hour without a load profile becomes a weekday in winter, if the instance has 24 hours.

    Raises
    ------
    ScenarioError
        With all faults; also if slots are no hours, hours are not as many as slots, or leases are disclosed before
        they are made, which has no one optimum to clear by.
    """
    told = str(source)
    if instance.slot_hours != 1.0:
        message = f"is {instance.slot_hours:g}; the market clears hour by hour, so that slots of 1 hour are needed"
        raise ScenarioError("instance", [Fault("slot_hours", message)])
    found = read_scenario(source, [*overrides, _IN_A_POOL])
    scenario = found.scenario
    if (scenario.periods, scenario.load_profile, instance.slots) == (1, None, len(WINTER_WEEKDAY)):
        day = [f"periods={len(WINTER_WEEKDAY)}", f"load_profile={list(WINTER_WEEKDAY)}"]
        found = read_scenario(source, [*overrides, *day, _IN_A_POOL])
    elif scenario.periods != instance.slots:
        message = f"is {scenario.periods}, and the instance has {instance.slots} slots; as many are needed"
        raise ScenarioError(told, [Fault("periods", message)])
    if scenario.disclosure != "ex_post" and scenario.hyperscalers:
        message = f"is {scenario.disclosure}; a market that sites are coupled to clears by ex_post"
        raise ScenarioError(told, [Fault("disclosure", message)])
    return found


def stated(found: ScenarioOnCase) -> GridMarket:
    """The market of a scenario, ready to be cleared beside loads.

    Raises
    ------
    ScenarioError
        If it describes no market that can clear.
    """
    built = build_on(found.case, found.scenario)
    return GridMarket(found.scenario.name, built.market, built.stacked)
