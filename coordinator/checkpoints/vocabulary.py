"""What a state may consist of, so that it can be kept as arrays and plain numbers: found before the first round."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from enum import Enum
from functools import cached_property
from inspect import isabstract, isclass
from types import NoneType, UnionType
from typing import Any, Protocol, get_args, get_origin, get_type_hints

import numpy as np
import scipy.sparse as sp

from ..market import Market
from ..mechanism import MADE_AGAIN

Classes = Mapping[str, type[Any]]

PLAIN = (NoneType, bool, int, float, str)
SPARSE = {kind.__name__: kind for kind in (sp.csr_array, sp.csc_array, sp.csr_matrix, sp.csc_matrix)}
SEQUENCES: dict[str, type[Any]] = {"tuple": tuple, "list": list, "deque": deque}
_KEPT_AS_THEY_ARE = (*PLAIN, *SPARSE.values(), *SEQUENCES.values(), dict, Market, np.generic)


class KeepingError(ValueError):
    """Something cannot be kept, or not be made again from what was kept; the message names it."""


def class_name(kind: type[Any]) -> str:
    """What a class is called among others."""
    return f"{kind.__module__}:{kind.__qualname__}"


def kept_fields(kind: type[Any]) -> list[Field[Any]]:
    """Fields of a dataclass without those that are made again."""
    return [own for own in fields(kind) if not own.metadata.items() >= MADE_AGAIN.items()]


def classes_of(value: object, place: str) -> dict[str, type[Any]]:
    """Dataclasses and enumerations that a value consists of, or may consist of as its fields are declared.

    No other classes are made when it is read back.

    Parameters
    ----------
    value : object
        A sample, as the state before the first round.
    place : str
        What it is called in messages.

    Raises
    ------
    KeepingError
        If a part of it, or what is declared for one, is of a type that cannot be kept.
    """
    found: dict[str, type[Any]] = {}
    _add_parts(value, place, found)
    return found


def unkept(place: str, kind: type[Any]) -> KeepingError:
    """What to raise where something of a type stands that cannot be kept."""
    return KeepingError(
        f"{place} is of the type {kind.__name__}, which no checkpoint can keep; numbers, text, arrays, sparse arrays, "
        "tuples, lists, deques and dictionaries can be kept, and dataclasses and enumerations of these"
    )


def _add_parts(value: object, place: str, found: dict[str, type[Any]]) -> None:
    kind = type(value)
    if isinstance(value, Enum):
        found[class_name(kind)] = kind
    elif isinstance(value, tuple | list | deque | dict) and kind in (*SEQUENCES.values(), dict):
        for item in value if not isinstance(value, dict) else (*value, *value.values()):
            _add_parts(item, f"an item of {place}", found)
    elif is_dataclass(value) and not isinstance(value, Market):
        if class_name(kind) not in found:
            _add_fields(kind, found)
        _refuse_other_attributes(value, kind)
        for own in kept_fields(kind):
            _add_parts(getattr(value, own.name), f"{kind.__name__}.{own.name}", found)
    elif not (kind in (*PLAIN, *SPARSE.values(), np.ndarray) or isinstance(value, Market | np.generic)):
        raise unkept(place, kind)


def _add_declared(hint: Any, place: str, found: dict[str, type[Any]]) -> None:
    """Add what is declared somewhere; where that leaves open what comes, it is looked at when it has come."""
    kind = get_origin(hint) or hint
    if kind is np.ndarray:
        return
    for part in get_args(hint):
        _add_declared(part, place, found)
    if not isclass(kind) or kind in (Any, object, UnionType) or isabstract(kind) or Protocol in kind.__bases__:
        return
    if issubclass(kind, Enum):
        found[class_name(kind)] = kind
    elif class_name(kind) in found or issubclass(kind, _KEPT_AS_THEY_ARE):
        return
    elif is_dataclass(kind):
        _add_fields(kind, found)
    else:
        raise unkept(place, kind)


def _add_fields(kind: type[Any], found: dict[str, type[Any]]) -> None:
    found[class_name(kind)] = kind
    declared = _declared(kind)
    for own in kept_fields(kind):
        _add_declared(declared.get(own.name, Any), f"{kind.__name__}.{own.name}", found)


def _declared(kind: type[Any]) -> dict[str, Any]:
    try:
        return get_type_hints(kind)
    except NameError:
        # A name that is known to type checkers alone.
        return {}


def _refuse_other_attributes(value: object, kind: type[Any]) -> None:
    """Raise KeepingError if a dataclass remembers something beside its fields and what follows from them."""
    own = {own.name for own in fields(kind)}
    for name in vars(value) if hasattr(value, "__dict__") else ():
        if name not in own and not isinstance(getattr(kind, name, None), cached_property):
            raise KeepingError(f"{kind.__name__}.{name} is no field, so that no checkpoint would keep it")
