"""Reading sweep files: every fault of the file at once."""

from __future__ import annotations

from math import prod
from pathlib import Path

from pydantic import ValidationError

from ...network.plain import shown
from ..errors import Fault, ScenarioError
from ..scenario.faults import faults_in
from ..scenario.reading import read_yaml
from .sweep_schema import Sweep

MAX_RUNS = 100_000


def load_sweep(path: Path) -> Sweep:
    """Read a sweep file.

    Raises
    ------
    ScenarioError
        With all faults of the file; those of its runs are found by `plan_sweep`.
    """
    document = read_yaml(path, str(path), "is no file; a sweep is a YAML file")
    if not isinstance(document, dict):
        raise ScenarioError(str(path), [Fault("", f"holds {shown(document)}; a mapping with scenario is needed")])
    try:
        sweep = Sweep.model_validate(document)
    except ValidationError as error:
        raise ScenarioError(str(path), faults_in(error, Sweep, document)) from error
    faults = _faults(sweep)
    if faults:
        raise ScenarioError(str(path), faults)
    return sweep


def _faults(sweep: Sweep) -> list[Fault]:
    if not sweep.grid and not sweep.runs:
        return [Fault("", "nothing varies; a grid of values or a list of runs is needed")]
    listed = dict.fromkeys(key for values in sweep.runs for key in values)
    faults = [
        Fault(f"grid.{key}", "stands in runs too; a key varies in one place") for key in sweep.grid if key in listed
    ]
    faults += [
        Fault(f"set.{key}", "varies; what all runs have in common cannot")
        for key in sweep.fixed
        if key in {*listed, *sweep.grid}
    ]
    count = max(len(sweep.runs), 1) * prod(len(values) for values in sweep.grid.values())
    if count > MAX_RUNS:
        faults.append(Fault("grid", f"describes {count:,} runs; at most {MAX_RUNS:,} are allowed"))
    return faults
