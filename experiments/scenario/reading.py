"""Reading scenarios: a file, overrides, and every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...network.case import Case
from ...network.reader import is_case_name, read_case
from ..errors import Fault, ScenarioError
from ..own_parts.consent import unallowed_code
from ..own_parts.named_parts import own_part_faults
from ..own_parts.own_code import look_in
from .faults import faults_in
from .overrides import Override, apply_overrides, parse_override
from .plain_yaml import PlainYamlError, read_yaml_file
from .references import case_and_faults
from .schema import Scenario

_BUILT_IN = Path(str(resources.files(__package__))) / "built_in"
_SEE = " (see: walras schema)"


@dataclass(frozen=True, eq=False)
class ScenarioOnCase:
    """A scenario, and the case that its source held when it was read."""

    scenario: Scenario
    case: Case


@dataclass(frozen=True, eq=False)
class ScenarioSource:
    """What a file says before anything is overridden; it may be malformed.

    Parameters
    ----------
    told : str
        What the user calls the file.
    document : Any
    folder : Path
        Where it lies.
    """

    told: str
    document: Any
    folder: Path


def built_in_scenarios() -> list[str]:
    """Names of the scenarios that come with walras."""
    return sorted(path.stem for path in _BUILT_IN.glob("*.yaml"))


def load_scenario(source: str | Path, overrides: Iterable[str] = (), *, allow_code: bool = False) -> Scenario:
    """Read a built-in scenario by its name, or a YAML file.

    Parameters
    ----------
    source : str or Path
    overrides : iterable of str
        ``key.path=value`` each; list items are addressed by position or by their name.
    allow_code : bool
        Whether modules that it names may be imported: from where Python looks, then from the current directory, then
        from the folder of the file. The scenario that is returned needs no further leave.

    Raises
    ------
    ScenarioError
        With all faults that were found.
    """
    return read_scenario(source, overrides, allow_code=allow_code).scenario


def read_scenario(source: str | Path, overrides: Iterable[str] = (), *, allow_code: bool = False) -> ScenarioOnCase:
    """Read a scenario as `load_scenario` does, and keep the case that its references were held against.

    Raises
    ------
    ScenarioError
        With all faults that were found.
    """
    given = [parse_override(override) for override in overrides]
    return scenario_of(read_source(source), given, allow_code=allow_code)


def read_source(source: str | Path) -> ScenarioSource:
    """Read the file of a scenario, for one run or many.

    Raises
    ------
    ScenarioError
        If there is none, or it is no plain YAML.
    """
    told = str(source)
    is_built_in = told in built_in_scenarios()
    path = _BUILT_IN / f"{told}.yaml" if is_built_in else Path(source)
    known = ", ".join(built_in_scenarios())
    unknown = f"is neither a file nor a built-in scenario ({known}); a grid, such as case118, is named in a file"
    document = read_yaml(path, told, f"{unknown}: grid: {{source: case118}}")
    if document is None:
        raise ScenarioError(told, [Fault("", "is empty; at least a name is needed (see: walras schema)")])
    _anchor_grid(document, path.parent)
    return ScenarioSource(told, document, path.parent)


def scenario_of(
    source: ScenarioSource,
    overrides: Iterable[Override],
    read: Callable[[str], Case] = read_case,
    *,
    allow_code: bool = False,
) -> ScenarioOnCase:
    """Override what a file says, and validate it.

    Parameters
    ----------
    source : ScenarioSource
    overrides : iterable of Override
    read : callable
        Reads a case as `read_case` does; whoever reads many scenarios may remember cases.
    allow_code : bool
        As for `load_scenario`.

    Raises
    ------
    ScenarioError
        With all faults that were found.
    """
    document = deepcopy(source.document)
    apply_overrides(document, overrides)
    _anchor_grid(document, Path())
    if allow_code:
        look_in(Path(), source.folder)
    return _parsed(document, source.told, read, allow_code=allow_code)


def parse_scenario(document: Any, source: str = "scenario", *, allow_code: bool = False) -> Scenario:
    """Validate a scenario given as nested dictionaries.

    Code that it names runs only if `allow_code` says so, as for `load_scenario`; modules are found where Python looks.

    Raises
    ------
    ScenarioError
        With all faults that were found.
    """
    return _parsed(document, source, read_case, allow_code=allow_code).scenario


def read_yaml(path: Path, told: str, absent: str) -> Any:
    """Read a file of plain YAML.

    Parameters
    ----------
    path : Path
    told : str
        What the user calls the file.
    absent : str
        What to say where there is no file.

    Raises
    ------
    ScenarioError
        If it cannot be read, or is no plain YAML.
    """
    try:
        is_there = path.is_file()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        raise ScenarioError(told, [Fault("", absent)])
    try:
        return read_yaml_file(path)
    except PlainYamlError as error:
        raise ScenarioError(told, [Fault("", str(error))]) from error


def _parsed(document: Any, source: str, read: Callable[[str], Case], *, allow_code: bool) -> ScenarioOnCase:
    if not isinstance(document, dict):
        raise ScenarioError(source, [Fault("", f"holds a {type(document).__name__}; a mapping of keys is needed")])
    faults = []
    scenario = None
    try:
        scenario = Scenario.model_validate(document)
    except ValidationError as error:
        faults = faults_in(error, Scenario, document, _SEE)
    case, reference_faults = case_and_faults(document, read)
    unallowed = [] if allow_code else unallowed_code(document)
    faults = list(dict.fromkeys([*faults, *reference_faults, *unallowed]))
    if not faults and scenario is not None and case is not None:
        faults = own_part_faults(scenario, case.grid.hub)
    if faults or scenario is None or case is None:
        raise ScenarioError(source, faults)
    return ScenarioOnCase(scenario, case)


def _anchor_grid(document: Any, folder: Path) -> None:
    """Read a relative file or folder of case data as relative to a folder, so that it is found from anywhere."""
    grid = document.get("grid") if isinstance(document, dict) else None
    if isinstance(grid, dict) and isinstance(grid.get("source"), str) and not is_case_name(grid["source"]):
        grid["source"] = str((folder / grid["source"]).absolute())
