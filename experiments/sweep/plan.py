"""The plan of a sweep: its runs, each with a validated scenario and a key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from ...network.case import Case
from ...network.plain import shown
from ...network.reader import is_case_name, read_case
from ..errors import Fault, ScenarioError
from ..own_parts.own_code import look_in
from ..scenario.overrides import Override, list_index, parse_override
from ..scenario.reading import built_in_scenarios, read_source, scenario_of
from ..scenario.schema import Scenario
from .identity import run_key
from .sweep_schema import Sweep

GRID_SOURCE = "grid.source"


@dataclass(frozen=True)
class PlannedRun:
    """One run of a sweep.

    Parameters
    ----------
    number : int
        From 1, in the order of the sweep file.
    key : str
        Names the run's result; another scenario, executor or version of walras has another key.
    parameters : dict
        What varies, by dotted path, with the values that the scenario has.
    scenario : Scenario
    case : Case
        What the scenario's source held; runs share theirs.
    """

    number: int
    key: str
    parameters: dict[str, Any]
    scenario: Scenario
    case: Case = field(repr=False, compare=False)

    @property
    def told(self) -> str:
        """What messages call it."""
        return _told(self.number, self.parameters)


@dataclass(frozen=True)
class Plan:
    """All runs of a sweep, and how each is computed."""

    runs: tuple[PlannedRun, ...]
    executor: str
    monolith: bool


def plan_sweep(
    sweep: Sweep, source: Path, *, executor: str, overrides: Sequence[str] = (), allow_code: bool = False
) -> Plan:
    """Make the scenario of every run; nothing is computed.

    Parameters
    ----------
    sweep : Sweep
    source : Path
        Its file; names of files in it are relative to its folder.
    executor : str
        What the results are computed by, as keys of runs and tables name it.
    overrides : sequence of str
        ``key.path=value`` each, for all runs; what varies cannot be overridden.
    allow_code : bool
        As for `load_scenario`; modules are looked for beside the sweep's file too.

    Raises
    ------
    ScenarioError
        With all faults of all runs.
    """
    if allow_code:
        look_in(Path(), source.parent)
    varied = list(dict.fromkeys(key for values in [*sweep.runs, sweep.grid] for key in values))
    faults = [
        Fault("", f"{override} fixes what the sweep varies; leave out one of the two")
        for override in overrides
        if override.partition("=")[0].strip() in varied
    ]
    if faults:
        raise ScenarioError(str(source), faults)
    given = [parse_override(override) for override in overrides]
    common = [*_overrides(sweep.fixed, source.parent), *given]
    try:
        base = read_source(sweep.scenario if sweep.scenario in built_in_scenarios() else source.parent / sweep.scenario)
    except ScenarioError as error:
        raise ScenarioError(
            str(source), [Fault("all runs", f"{error.source}: {fault}") for fault in error.faults]
        ) from error
    # Runs share their cases, and files of the same name.
    read = cache(read_case)
    refused: dict[str, list[int]] = {}
    runs: dict[str, PlannedRun] = {}
    points = _points(sweep)
    for number, point in enumerate(points, start=1):
        try:
            given_here = [*common, *_overrides(point, source.parent)]
            loaded = scenario_of(base, given_here, read, allow_code=allow_code)
        except ScenarioError as error:
            for fault in error.faults:
                refused.setdefault(f"{error.source}: {fault}", []).append(number)
            continue
        scenario = loaded.scenario
        key = run_key(scenario, executor, monolith=sweep.monolith)
        if key in runs:
            refused.setdefault(f"is the same as run {runs[key].number}", []).append(number)
            continue
        document = scenario.model_dump(mode="json")
        runs[key] = PlannedRun(number, key, {path: _value_at(document, path) for path in varied}, scenario, loaded.case)
    if refused:
        raise ScenarioError(str(source), [_fault(message, at, points) for message, at in refused.items()])
    return Plan(tuple(runs.values()), executor, sweep.monolith)


def _points(sweep: Sweep) -> list[dict[str, Any]]:
    """The last key of the grid varies fastest."""
    axes = [[(key, value) for value in values] for key, values in sweep.grid.items()]
    return [{**listed, **dict(point)} for listed in sweep.runs or [{}] for point in product(*axes)]


def _overrides(values: dict[str, Any], folder: Path) -> list[Override]:
    """Values as they stand in the sweep file; files of grids are relative to its folder."""
    result = []
    for key, value in values.items():
        is_file = key.strip() == GRID_SOURCE and isinstance(value, str) and not is_case_name(value)
        result.append(Override(key, str((folder / value).absolute()) if is_file else value, f"{key}={shown(value)}"))
    return result


def _value_at(document: Any, path: str) -> Any:
    """The value under a dotted path, list items by position or name as in `--set`; None where there is none."""
    place = document
    for key in path.strip().split("."):
        if isinstance(place, list):
            index = list_index(place, key)
            place = None if index is None else place[index]
        else:
            place = place.get(key) if isinstance(place, dict) else None
    return place


def _fault(message: str, numbers: Sequence[int], points: Sequence[dict[str, Any]]) -> Fault:
    if len(numbers) == len(points):
        return Fault("all runs", message)
    if len(numbers) > 1:
        return Fault(f"runs {_listing(numbers)}", message)
    (number,) = numbers
    return Fault(_told(number, points[number - 1]), message)


def _told(number: int, point: Mapping[str, Any]) -> str:
    settings = ", ".join(f"{key}={value}" for key, value in point.items())
    return f"run {number} ({settings:.120})"


def _listing(numbers: Iterable[int]) -> str:
    shown = [*map(str, numbers)]
    return ", ".join(shown[:10]) + (f" and {len(shown) - 10} more" if len(shown) > 10 else "")
