"""Reading scenarios: YAML by the safe loader, overrides, and every fault at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from ...network.case import Case
from ...network.reader import is_case_name
from ..errors import Fault, ScenarioError
from .references import case_and_faults
from .schema import Scenario

MAX_BYTES = 2**20
_BUILT_IN = Path(str(resources.files(__package__))) / "built_in"


@dataclass(frozen=True, eq=False)
class ScenarioOnCase:
    """A scenario, and the case that its source held when it was read."""

    scenario: Scenario
    case: Case


def built_in_scenarios() -> list[str]:
    """Names of the scenarios that come with walras."""
    return sorted(path.stem for path in _BUILT_IN.glob("*.yaml"))


def load_scenario(source: str | Path, overrides: Iterable[str] = ()) -> Scenario:
    """Read a built-in scenario by its name, or a YAML file.

    Parameters
    ----------
    source : str or Path
    overrides : iterable of str
        ``key.path=value`` each; list items are addressed by position or by their name.

    Raises
    ------
    ScenarioError
        With all faults that were found.
    """
    return read_scenario(source, overrides).scenario


def read_scenario(source: str | Path, overrides: Iterable[str] = ()) -> ScenarioOnCase:
    """Read a scenario as `load_scenario` does, and keep the case that its references were held against.

    Raises
    ------
    ScenarioError
        With all faults that were found.
    """
    built_in = _BUILT_IN / f"{source}.yaml"
    is_built_in = str(source) in built_in_scenarios()
    path = built_in if is_built_in else Path(source)
    known = ", ".join(built_in_scenarios())
    document = read_yaml(path, str(source), f"is neither a file nor a built-in scenario ({known})")
    if document is None:
        raise ScenarioError(str(source), [Fault("", "is empty; at least a name is needed (see: walras schema)")])
    _anchor_grid(document, path.parent)
    for override in overrides:
        _apply(document, override)
    _anchor_grid(document, Path())
    return _parsed(document, str(source))


def parse_scenario(document: Any, source: str = "scenario") -> Scenario:
    """Validate a scenario given as nested dictionaries.

    Raises
    ------
    ScenarioError
        With all faults that were found.
    """
    return _parsed(document, source).scenario


def _parsed(document: Any, source: str) -> ScenarioOnCase:
    if not isinstance(document, dict):
        raise ScenarioError(source, [Fault("", f"holds a {type(document).__name__}; a mapping of keys is needed")])
    faults = []
    scenario = None
    try:
        scenario = Scenario.model_validate(document)
    except ValidationError as error:
        faults += [_as_fault(detail, document) for detail in error.errors()]
    case, reference_faults = case_and_faults(document)
    faults += [fault for fault in reference_faults if fault not in faults]
    if faults or scenario is None or case is None:
        raise ScenarioError(source, faults)
    return ScenarioOnCase(scenario, case)


def read_yaml(path: Path, source: str, absent: str) -> Any:
    """Read a file of plain YAML.

    Parameters
    ----------
    path : Path
    source : str
        What the user calls the file.
    absent : str
        What to say where there is no file.

    Raises
    ------
    ScenarioError
        If it cannot be read; also for more than `MAX_BYTES`, aliases, and keys given twice.
    """

    def refuse(message: str) -> ScenarioError:
        return ScenarioError(source, [Fault("", message)])

    try:
        if not path.is_file():
            raise refuse(absent)
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise refuse(f"has {size:,} bytes; at most {MAX_BYTES:,} are read")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise refuse(f"is no UTF-8 text (byte {error.start}); a YAML file is needed") from error
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise refuse(f"cannot be read: {error}") from error
    try:
        return yaml.load(text, Loader=_ScenarioLoader)
    except yaml.YAMLError as error:
        raise refuse(f"is no plain YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise refuse("is nested too deeply; four levels are enough") from error


class _ScenarioLoader(yaml.SafeLoader):
    """Safe loader that refuses aliases, and keys given twice, of which YAML silently keeps the last.

    It reads 1e-6 as a number, as YAML 1.2 does and people expect.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = str(key_node.value)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} is used twice; every key may stand once", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            events: Any = self  # the stubs leave peek_event untyped
            mark = events.peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, "aliases are not allowed", mark)
        return super().compose_node(parent, index)


_ScenarioLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)


def _anchor_grid(document: Any, folder: Path) -> None:
    """Read a relative file or folder of case data as relative to a folder, so that it is found from anywhere."""
    grid = document.get("grid") if isinstance(document, dict) else None
    if isinstance(grid, dict) and isinstance(grid.get("source"), str) and not is_case_name(grid["source"]):
        grid["source"] = str((folder / grid["source"]).absolute())


def _apply(document: Any, override: str) -> None:
    key_path, equals, text = override.partition("=")
    keys = key_path.strip().split(".")

    def refuse(message: str) -> ScenarioError:
        return ScenarioError(f"--set {override}", [Fault("", message)])

    if not equals or not all(keys):
        raise refuse("must read key.path=value")
    try:
        value = yaml.load(text, Loader=_ScenarioLoader)
    except yaml.YAMLError as error:
        raise refuse(f"the value is no plain YAML: {' '.join(str(error).split())}") from error
    place = document
    for depth, key in enumerate(keys):
        last = depth == len(keys) - 1
        if isinstance(place, list):
            index = _list_index(place, key)
            if index is None:
                names = [item.get("name") for item in place if isinstance(item, dict)]
                raise refuse(f"{key!r} is no item of the list; allowed are 0 to {len(place) - 1} or {names}")
            key_or_index: Any = index
        elif isinstance(place, dict):
            key_or_index = key
            if not last and not isinstance(place.get(key), (dict, list)):
                place[key] = {}
        else:
            raise refuse(f"{'.'.join(keys[:depth])} holds no keys")
        if last:
            place[key_or_index] = value
        else:
            place = place[key_or_index]


def _list_index(items: list[Any], key: str) -> int | None:
    for index, item in enumerate(items):
        if isinstance(item, dict) and item.get("name") == key:
            return index
    return int(key) if key.isdecimal() and int(key) < len(items) else None


def _as_fault(detail: Any, document: dict[str, Any]) -> Fault:
    path = ".".join(_keys_of_the_file(detail["loc"], document))
    if detail["type"] == "extra_forbidden":
        return Fault(path, f"unknown key; {_allowed_keys(detail['loc'])} (see: walras schema)")
    if detail["type"] == "missing":
        return Fault(path, "is missing")
    shown = repr(detail["input"])
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    description = _description(detail["loc"])
    note = f" ({description})" if description else ""
    return Fault(path, f"is {shown}; {detail['msg'].removeprefix('Value error, ')}{note}")


def _section(loc: tuple[Any, ...]) -> type[BaseModel]:
    """The part of the schema in which the last key of a location stands."""
    section: type[BaseModel] = Scenario
    for part in loc[:-1]:
        field = section.model_fields.get(part) if isinstance(part, str) else None
        candidates = [] if field is None else [field.annotation, *get_args(field.annotation)]
        models = [kind for kind in candidates if isinstance(kind, type) and issubclass(kind, BaseModel)]
        section = models[0] if models else section
    return section


def _allowed_keys(loc: tuple[Any, ...]) -> str:
    keys = list(_section(loc).model_fields)
    close = get_close_matches(str(loc[-1]), keys, n=1)
    meant = f"did you mean {close[0]}? " if close else ""
    return f"{meant}allowed are {', '.join(keys)}"


def _description(loc: tuple[Any, ...]) -> str | None:
    field = _section(loc).model_fields.get(str(loc[-1]))
    return None if field is None else field.description


def _keys_of_the_file(loc: tuple[Any, ...], document: Any) -> Iterator[str]:
    """The parts of a location that the file has or lacks; pydantic mixes in names of its own types."""
    place = document
    for part in loc:
        is_key = isinstance(place, dict) and part in place
        if is_key or (isinstance(place, list) and isinstance(part, int)):
            place = place[part]
            yield str(part)
        elif isinstance(place, dict) and part == loc[-1] and str(part).isidentifier():
            yield str(part)
