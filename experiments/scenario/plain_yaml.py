"""Plain YAML: mappings, lists, words and numbers; whatever else a file holds is refused with its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

import yaml
from yaml.constructor import ConstructorError

from ...network.plain import number_in, shown
from ...network.text_file import UnreadableError, read_text

MAX_BYTES = 2**20
# A year of hours in three lists. A scenario has four levels.
MAX_ITEMS = 30_000
MAX_DEPTH = 20
_LONGEST_WHOLE = 40
_TAG = "tag:yaml.org,2002:"
_BOOLEANS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_NOTHING = ("", "~", "null")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_SPECIAL = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}


class PlainYamlError(ValueError):
    """A text is no plain YAML; the message says what and where, and leaves it to the reader to name the source."""


def read_yaml_file(path: Path) -> Any:
    """Read a file of plain YAML.

    Raises
    ------
    PlainYamlError
        If it is none, or holds more than `MAX_BYTES`.
    """
    try:
        return parse_yaml(read_text(path, MAX_BYTES))
    except UnreadableError as error:
        raise PlainYamlError(str(error)) from error


def parse_yaml(text: str) -> Any:
    """Read a text of plain YAML: nested dictionaries and lists of words, numbers, booleans and None.

    Numbers are those of YAML 1.2 (1e-6 is one; 012 is 12; 1:30 and 1_000 are words), dates are words.

    Raises
    ------
    PlainYamlError
        If it is none; also for tags that do not fit, aliases, merge keys, keys given twice, numbers that cannot be
        computed with, characters that cannot be printed, and more than `MAX_ITEMS` items or `MAX_DEPTH` levels.
    """
    try:
        return yaml.load(text, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        raise PlainYamlError(f"is no plain YAML: {_told(error)}") from error
    except yaml.YAMLError as error:
        raise PlainYamlError(f"is no plain YAML: {' '.join(str(error).split())}") from error


def _told(error: yaml.MarkedYAMLError) -> str:
    message = ", ".join(part for part in (error.context, error.problem) if part)
    mark = error.problem_mark or error.context_mark
    return message if mark is None else f"{message} (line {mark.line + 1}, column {mark.column + 1})"


def _refusal(message: str, mark: yaml.Mark) -> ConstructorError:
    return ConstructorError(None, None, message, mark)


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _refusal(f"a list or mapping is no {node.tag.removeprefix(_TAG)}", node.start_mark)
    return str(node.value)


class _PlainLoader(yaml.SafeLoader):
    """Loader whose every refusal has a line and a column."""

    yaml_constructors: ClassVar[dict[Any, Any]] = {}
    items = 0
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        events: Any = self  # the stubs leave peek_event untyped
        mark = events.peek_event().start_mark
        if self.check_event(yaml.AliasEvent):
            raise _refusal("aliases are not allowed", mark)
        self.items += 1
        if self.items > MAX_ITEMS:
            raise _refusal(f"more than {MAX_ITEMS:,} items are not read", mark)
        if self.depth > MAX_DEPTH:
            raise _refusal("it is nested too deeply; four levels are enough", mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge keys would be merged here: what they say could be overridden without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if not isinstance(key_node, yaml.ScalarNode):
                raise _refusal("a list or mapping cannot be a key", key_node.start_mark)
            # Quoted or not, 1 and "1" are one key to a reader.
            key = key_node.value
            if key == "<<":
                raise _refusal("merge keys (<<) are not allowed", key_node.start_mark)
            if key in seen:
                raise _refusal(f"key {shown(key)} is used twice; every key may stand once", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)

    def word(self, node: yaml.Node) -> str:
        text = _text(node)
        if not text.isprintable():
            raise _refusal(f"{shown(text)} holds a character that cannot be printed", node.start_mark)
        return text

    def whole(self, node: yaml.Node) -> int:
        text = _text(node)
        if not _WHOLE.fullmatch(text):
            raise _refusal(f"{shown(text)} is no whole number", node.start_mark)
        if len(text) > _LONGEST_WHOLE:
            raise _refusal(f"{shown(text)} has {len(text)} digits; at most {_LONGEST_WHOLE} are read", node.start_mark)
        return int(text)

    def number(self, node: yaml.Node) -> float:
        text = _text(node)
        try:
            return float(_SPECIAL[text.lower()]) if text.lower() in _SPECIAL else number_in(text)
        except ValueError as error:
            raise _refusal(f"{shown(text)} {error}", node.start_mark) from error

    def boolean(self, node: yaml.Node) -> bool:
        text = _text(node)
        if text.lower() not in _BOOLEANS:
            raise _refusal(f"{shown(text)} is neither true nor false", node.start_mark)
        return _BOOLEANS[text.lower()]

    def nothing(self, node: yaml.Node) -> None:
        text = _text(node)
        if text.lower() not in _NOTHING:
            raise _refusal(f"{shown(text)} is not null", node.start_mark)

    def unknown(self, node: yaml.Node) -> Any:
        raise _refusal(f"the tag {shown(node.tag)} is not allowed", node.start_mark)


for _name, _construct in (
    ("str", _PlainLoader.word),
    ("int", _PlainLoader.whole),
    ("float", _PlainLoader.number),
    ("bool", _PlainLoader.boolean),
    ("null", _PlainLoader.nothing),
    ("seq", _PlainLoader.construct_yaml_seq),
    ("map", _PlainLoader.construct_yaml_map),
):
    _PlainLoader.add_constructor(_TAG + _name, _construct)
_PlainLoader.add_constructor(None, _PlainLoader.unknown)
# None of YAML 1.1. The first that matches counts.
_PlainLoader.yaml_implicit_resolvers = {}
for _name, _pattern, _first in (
    ("bool", r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF", "yYnNtTfFoO"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    _PlainLoader.add_implicit_resolver(_TAG + _name, re.compile(rf"^(?:{_pattern})$"), list(_first))
