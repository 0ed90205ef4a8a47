"""JSON in which every key stands once and every number is finite."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from ...network.plain import number_in, shown
from ...network.text_file import UnreadableError, read_text
from ..errors import RunFolderError

MOST_BYTES = 128 * 2**20
_LONGEST_WHOLE = 40


def read_json(path: Path) -> Any:
    """Read a file of plain JSON.

    Raises
    ------
    RunFolderError
        If it is none; the message names it.
    """
    try:
        return parse_json(read_text(path, MOST_BYTES))
    except UnreadableError as error:
        raise RunFolderError(f"{path}: {error}") from error
    except ValueError as error:
        raise RunFolderError(f"{path}: cannot be read: {error}") from error


def parse_json(text: str) -> Any:
    """Read a text of plain JSON.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_float=_number, parse_int=_whole, parse_constant=_no_number
        )
    except RecursionError as error:
        raise ValueError(str(error)) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for key, value in pairs:
        if key in document:
            raise ValueError(f"key {shown(key)} is used twice")
        document[key] = value
    return document


def _number(text: str) -> float:
    try:
        return number_in(text)
    except ValueError as error:
        raise ValueError(f"{shown(text)} {error}") from error


def _whole(text: str) -> int:
    if len(text) > _LONGEST_WHOLE:
        raise ValueError(f"{shown(text)} has {len(text)} digits; at most {_LONGEST_WHOLE} are read")
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number; what is not finite is null")
