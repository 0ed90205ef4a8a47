"""Overrides of a scenario: what `--set` and the files of sweeps put in its places."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from ...network.plain import printable
from ..errors import Fault, ScenarioError
from .plain_yaml import MAX_DEPTH, PlainYamlError, parse_yaml

_SHOWN = 200


@dataclass(frozen=True)
class Override:
    """A value and the place that it is for.

    Parameters
    ----------
    path : str
        Dotted; list items are addressed by position or by their name.
    value : Any
        As plain YAML holds it.
    told : str
        What messages call it.

    Raises
    ------
    ScenarioError
        If the path is none.
    """

    path: str
    value: Any
    told: str

    def __post_init__(self) -> None:
        """Refuse a path that leads nowhere, whatever it is applied to."""
        if not all(self.keys) or not self.path.isprintable():
            raise self.refusal("must read key.path=value")
        if len(self.keys) > MAX_DEPTH:
            raise self.refusal(f"the path has {len(self.keys)} keys; four levels are enough")

    @property
    def keys(self) -> list[str]:
        """The parts of the path."""
        return self.path.strip().split(".")

    def refusal(self, message: str) -> ScenarioError:
        """An error that quotes the override."""
        told = printable(self.told)
        told = told if len(told) <= _SHOWN else told[: _SHOWN - 3] + "..."
        return ScenarioError(told, [Fault("", message)])


def parse_override(text: str) -> Override:
    """Read ``key.path=value``, the value as plain YAML.

    Raises
    ------
    ScenarioError
        If it reads otherwise.
    """
    path, equals, value = text.partition("=")
    told = f"--set {text}"
    if not equals:
        raise Override("none", None, told).refusal("must read key.path=value")
    override = Override(path, None, told)
    try:
        return Override(path, parse_yaml(value), told)
    except PlainYamlError as error:
        raise override.refusal(f"the value {error}") from error


def apply_overrides(document: Any, overrides: Iterable[Override]) -> None:
    """Put values into a document that may be malformed, one after the other; the last one counts.

    Raises
    ------
    ScenarioError
        If an override leads nowhere.
    """
    for override in overrides:
        _apply(document, override)


def list_index(items: list[Any], key: str) -> int | None:
    """The position of a list item that is addressed by its name or its position; None where there is none."""
    for index, item in enumerate(items):
        if isinstance(item, dict) and item.get("name") == key:
            return index
    short = key.isascii() and key.isdecimal() and len(key) <= len(str(len(items)))
    return int(key) if short and int(key) < len(items) else None


def _apply(document: Any, override: Override) -> None:
    place = document
    for depth, key in enumerate(override.keys):
        last = depth == len(override.keys) - 1
        at: Any = key
        if isinstance(place, list):
            at = list_index(place, key)
            if at is None:
                names = [item.get("name") for item in place if isinstance(item, dict)]
                raise override.refusal(
                    f"{key!r} is no item of the list; allowed are 0 to {len(place) - 1} or {names!s:.200}"
                )
        elif isinstance(place, dict):
            if not last and not isinstance(place.get(key), (dict, list)):
                place[key] = {}
        else:
            raise override.refusal(f"{'.'.join(override.keys[:depth])} holds no keys")
        if last:
            place[at] = deepcopy(override.value)
        else:
            place = place[at]
