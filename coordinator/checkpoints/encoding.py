"""States into arrays and a tree of plain values: no code, and nothing that JSON and NumPy do not know."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, is_dataclass
from enum import Enum
from typing import Any

import numpy as np

from ..market import Market
from .vocabulary import PLAIN, SEQUENCES, SPARSE, Classes, KeepingError, class_name, kept_fields, unkept

Arrays = dict[str, np.ndarray[Any, Any]]

_LARGEST = 2**63


@dataclass(frozen=True)
class Encoder:
    """Puts values into a tree and arrays.

    In the tree None, truth values, whole numbers, finite numbers and text stand for themselves; all else is a
    dictionary of one key that says what it is. Sequences of numbers, of arrays of one shape and of dataclasses of one
    type become arrays as long as they are, one for every field.

    Parameters
    ----------
    classes : Classes
        Those that may occur.
    prefix : str
        Of the arrays' names.
    arrays : dict of str to array
        Filled on the way.
    """

    classes: Classes
    prefix: str
    arrays: Arrays = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)

    def tree(self, value: object, place: str) -> Any:
        """The tree of a value.

        Raises
        ------
        KeepingError
            If it cannot be kept; `place` is what it is called then.
        """
        kind = type(value)
        if isinstance(value, float) and kind is float and not math.isfinite(value):
            return {"float": str(value)}
        if kind in PLAIN:
            return value
        if isinstance(value, Market):
            return {"market": None}
        if isinstance(value, Enum) and value.name in type(value).__members__:
            return {"enum": [self._known(kind, place), value.name]}
        if isinstance(value, np.ndarray) and kind is np.ndarray:
            return {"array": self._array(value, place)}
        if isinstance(value, np.generic):
            return {"number": self._array(np.asarray(value), place)}
        if kind in SPARSE.values():
            return {"sparse": self._sparse(value, place)}
        if isinstance(value, deque) and value.maxlen is not None:
            return {"deque of at most": [value.maxlen, self._items(value, place)]}
        if isinstance(value, tuple | list | deque) and kind in SEQUENCES.values():
            return {kind.__name__: self._items(value, place)}
        if isinstance(value, dict) and kind is dict:
            return {"dict": [[self.tree(key, place), self.tree(item, place)] for key, item in value.items()]}
        if is_dataclass(value):
            own = [(f.name, self.tree(getattr(value, f.name), f"{kind.__name__}.{f.name}")) for f in kept_fields(kind)]
            return {"object": [self._known(kind, place), dict(own)]}
        raise unkept(place, kind)

    def _items(self, items: Sequence[object] | deque[object], place: str) -> Any:
        """The tree of what a sequence holds."""
        kinds = {type(item) for item in items}
        kind = kinds.pop() if len(kinds) == 1 else None
        if kind is float:
            return {"floats": self._array(np.array(list(items)), place)}
        whole = [item for item in items if type(item) is int and -_LARGEST <= item < _LARGEST]
        if whole and len(whole) == len(items):
            return {"ints": self._array(np.array(whole, dtype=np.int64), place)}
        vectors = [item for item in items if type(item) is np.ndarray and item.ndim == 1]
        if vectors and len(vectors) == len(items) and len({(item.shape, item.dtype) for item in vectors}) == 1:
            return {"arrays": self._array(np.stack(vectors), place)}
        if kind is not None and is_dataclass(kind) and not issubclass(kind, Market):
            columns = {
                own.name: self._items([getattr(item, own.name) for item in items], f"{kind.__name__}.{own.name}")
                for own in kept_fields(kind)
            }
            return {"objects": [self._known(kind, place), len(items), columns]}
        return {"items": [self.tree(item, f"an item of {place}") for item in items]}

    def _sparse(self, value: Any, place: str) -> list[Any]:
        parts = [self._array(part, place) for part in (value.data, value.indices, value.indptr)]
        return [type(value).__name__, list(value.shape), *parts]

    def _array(self, values: np.ndarray[Any, Any], place: str) -> str:
        """Name of an array; one that stands in several places is kept once, and one again when it is read."""
        if values.dtype.hasobject:
            raise KeepingError(f"{place} is an array of Python objects, which no checkpoint can keep")
        name = self._names.setdefault(id(values), f"{self.prefix}{len(self.arrays)}")
        self.arrays[name] = values
        return name

    def _known(self, kind: type[Any], place: str) -> str:
        name = class_name(kind)
        if self.classes.get(name) is not kind:
            raise KeepingError(f"{place} is of the type {kind.__name__}, which is not declared for it")
        return name
