"""Reading instances: a built-in name or a file, overrides, and every fault at once."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ...network.text_file import UnreadableError, read_text
from ..archive.plain_json import parse_json
from ..errors import Fault, ScenarioError
from ..scenario.faults import faults_in
from ..scenario.overrides import Override, apply_overrides, parse_override
from ..scenario.plain_yaml import PlainYamlError, read_yaml_file
from .generating.generator import generated_document
from .generating.generator_section import GeneratorSection
from .instance import Instance
from .instance_faults import cross_key_faults

_BUILT_IN = Path(str(resources.files(__package__))) / "built_in"
_GENERATOR = "generator"
_MOST_BYTES = 64 * 2**20


class _WithGenerator(BaseModel):
    model_config = ConfigDict(extra="ignore")
    generator: GeneratorSection


def built_in_instances() -> list[str]:
    """Names of the instances that come with walras."""
    return sorted(path.stem for path in _BUILT_IN.glob("*.yaml"))


def read_instance(source: str | Path, overrides: Iterable[str] = (), seed: int | None = None) -> Instance:
    """Read a built-in instance by its name, or a file: JSON where its name ends so, else YAML.

    A file is a whole instance, or has a key ``generator`` with the few numbers of `GeneratorSection`. What stands
    beside it, in the keys of an instance, takes the place of what is generated; lists are taken whole.

    Parameters
    ----------
    source : str or Path
    overrides : iterable of str
        ``key.path=value`` each: those of ``generator`` count before an instance is generated, all others after.
    seed : int, optional
        Of the generator; it counts more than an override.

    Raises
    ------
    ScenarioError
        With all faults that were found. Those of the generator come alone, since nothing is generated then.
    """
    told = str(source)
    given = [parse_override(override) for override in overrides]
    if seed is not None:
        given.append(Override(f"{_GENERATOR}.seed", seed, f"--seed {seed}"))
    document = _mapping(_read_document(told), told)
    of_generator = [override for override in given if override.keys[0] == _GENERATOR]
    if _GENERATOR in document:
        apply_overrides(document, of_generator)
        settings = _generator_section(document, told)
        beside = {key: value for key, value in document.items() if key != _GENERATOR}
        document = _merged(generated_document(settings), beside)
    elif of_generator:
        raise of_generator[0].refusal(f"{told} is a whole instance, without a {_GENERATOR}; set its own keys instead")
    apply_overrides(document, [override for override in given if override.keys[0] != _GENERATOR])
    return parse_instance(document, told)


def is_generated(source: str | Path) -> bool:
    """Whether a built-in instance or a file is generated, so that it has a seed.

    Raises
    ------
    ScenarioError
        If it cannot be read.
    """
    return _GENERATOR in _mapping(_read_document(str(source)), str(source))


def parse_instance(document: Any, source: str = "instance") -> Instance:
    """Validate a whole instance given as nested dictionaries.

    Raises
    ------
    ScenarioError
        With all faults that were found.
    """
    keys = _mapping(document, source)
    faults = cross_key_faults(keys)
    try:
        instance = Instance.model_validate(keys)
    except ValidationError as error:
        raise ScenarioError(source, [*faults_in(error, Instance, keys), *faults]) from error
    if faults:
        raise ScenarioError(source, faults)
    return instance


def _read_document(told: str) -> Any:
    path = _BUILT_IN / f"{told}.yaml" if told in built_in_instances() else Path(told)
    try:
        is_there = path.is_file()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        known = ", ".join(built_in_instances())
        raise ScenarioError(told, [Fault("", f"is neither a file nor a built-in instance ({known})")])
    try:
        document = parse_json(read_text(path, _MOST_BYTES)) if path.suffix == ".json" else read_yaml_file(path)
    except (PlainYamlError, UnreadableError) as error:
        raise ScenarioError(told, [Fault("", str(error))]) from error
    except ValueError as error:
        raise ScenarioError(told, [Fault("", f"is no plain JSON: {error}")]) from error
    _anchor_files(document, path.parent)
    return document


def _anchor_files(document: Any, folder: Path) -> None:
    """Read files that a generator names as relative to the folder of its own file: they are found from anywhere."""
    settings = document.get(_GENERATOR) if isinstance(document, dict) else None
    if not isinstance(settings, dict):
        return
    if isinstance(settings.get("trace"), str):
        settings["trace"] = str(folder / settings["trace"])
    if isinstance(settings.get("weather"), list):
        settings["weather"] = [str(folder / name) if isinstance(name, str) else name for name in settings["weather"]]


def _mapping(document: Any, source: str) -> dict[str, Any]:
    if isinstance(document, dict):
        return document
    held = "is empty" if document is None else f"holds a {type(document).__name__}"
    raise ScenarioError(source, [Fault("", f"{held}; a mapping with a {_GENERATOR} or all keys is needed")])


def _generator_section(document: dict[str, Any], source: str) -> GeneratorSection:
    try:
        return _WithGenerator.model_validate(document).generator
    except ValidationError as error:
        raise ScenarioError(source, faults_in(error, _WithGenerator, document)) from error


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Two documents in one; where both have a value, that above counts."""
    both = {**below, **above}
    for key in below.keys() & above.keys():
        if isinstance(below[key], dict) and isinstance(above[key], dict):
            both[key] = _merged(below[key], above[key])
    return both
