"""Faults that the schema finds, in the words of the file."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from ...network.plain import printable, shown
from ..errors import Fault


def faults_in(error: ValidationError, model: type[BaseModel], document: Any, note: str = "") -> list[Fault]:
    """Every fault of a document that a model refused.

    Parameters
    ----------
    error : ValidationError
    model : type of BaseModel
    document : Any
        That the model refused.
    note : str
        Where to look up keys, in brackets.
    """
    return [_as_fault(detail, model, document, note) for detail in error.errors(include_url=False)]


def _as_fault(detail: Any, model: type[BaseModel], document: Any, note: str) -> Fault:
    loc = detail["loc"]
    path = printable(".".join(_keys_of_the_file(loc, document)))
    if detail["type"] == "extra_forbidden":
        return Fault(path, f"unknown key; {_allowed_keys(model, loc)}{note}")
    description = _description(model, loc)
    if detail["type"] == "missing":
        return Fault(path, "is missing" + (f"; {description}" if description else ""))
    explained = f" ({description})" if description else ""
    return Fault(path, f"is {shown(detail['input'])}; {detail['msg'].removeprefix('Value error, ')}{explained}")


def _section(model: type[BaseModel], loc: tuple[Any, ...]) -> type[BaseModel]:
    """The part of the schema in which the last key of a location stands."""
    section = model
    for part in loc[:-1]:
        field = section.model_fields.get(part) if isinstance(part, str) else None
        candidates = [] if field is None else [field.annotation, *get_args(field.annotation)]
        models = [kind for kind in candidates if isinstance(kind, type) and issubclass(kind, BaseModel)]
        section = models[0] if models else section
    return section


def _allowed_keys(model: type[BaseModel], loc: tuple[Any, ...]) -> str:
    keys = [field.alias or name for name, field in _section(model, loc).model_fields.items()]
    close = get_close_matches(str(loc[-1])[:100], keys, n=1)
    meant = f"did you mean {close[0]}? " if close else ""
    return f"{meant}allowed are {', '.join(keys)}"


def _description(model: type[BaseModel], loc: tuple[Any, ...]) -> str | None:
    fields = _section(model, loc).model_fields
    named = {field.alias or name: field for name, field in fields.items()}
    # Of a list or table, whose items have no words of their own, those of the whole.
    known = next((named[str(part)] for part in reversed(loc) if str(part) in named), None)
    return None if known is None else known.description


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
