"""States from arrays and a tree of plain values: only classes are made that a state is known to consist of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Any

from ..market import Market
from .encoding import Arrays
from .vocabulary import SEQUENCES, SPARSE, Classes, KeepingError, kept_fields


@dataclass(frozen=True)
class Decoder:
    """Makes values of trees and arrays as `Encoder` has made them.

    Parameters
    ----------
    classes : Classes
        Those that may occur.
    arrays : dict of str to array
    market : Market
        The one that states refer to.
    """

    classes: Classes
    arrays: Arrays
    market: Market

    def value(self, tree: Any) -> Any:
        """The value of a tree.

        Raises
        ------
        KeepingError
            If no such tree was made of a value that consists of these classes.
        """
        if not isinstance(tree, dict):
            return tree
        try:
            ((what, told),) = tree.items()
            if what in SEQUENCES:
                return SEQUENCES[what](self._items(told))
            return self._makers[what](told)
        except (LookupError, TypeError, ValueError) as error:
            if isinstance(error, KeepingError):
                raise
            raise KeepingError(f"what was kept is none of what states consist of: {error}") from error

    @property
    def _makers(self) -> dict[str, Callable[[Any], Any]]:
        return {
            "float": float,
            "market": lambda _: self.market,
            "enum": lambda told: self._known(told[0])[told[1]],
            "array": self.arrays.__getitem__,
            "number": lambda name: self.arrays[name][()],
            "sparse": self._sparse,
            "deque of at most": lambda told: deque(self._items(told[1]), told[0]),
            "dict": lambda told: {self.value(key): self.value(item) for key, item in told},
            "object": lambda told: self._made(told[0], {name: self.value(part) for name, part in told[1].items()}),
        }

    def _items(self, told: Any) -> list[Any]:
        ((what, content),) = told.items()
        match what:
            case "items":
                return [self.value(item) for item in content]
            case "floats" | "ints":
                numbers: list[Any] = self.arrays[content].tolist()
                return numbers
            case "arrays":
                # Each by itself, as they were: parts of one array would keep all of it.
                return [row.copy() for row in self.arrays[content]]
            case "objects":
                name, count, columns = content
                parts = {field: self._items(column) for field, column in columns.items()}
                return [self._made(name, {field: column[i] for field, column in parts.items()}) for i in range(count)]
        raise KeepingError(f"what was kept has no items that are {what!r}")

    def _sparse(self, told: Any) -> Any:
        kind, shape, *parts = told
        data, indices, indptr = (self.arrays[name] for name in parts)
        return SPARSE[kind]((data, indices, indptr), shape=tuple(shape))

    def _made(self, name: str, parts: dict[str, Any]) -> Any:
        """An instance as it was: what its class does when one is made has been done."""
        kind = self._known(name)
        needed = {own.name for own in kept_fields(kind)}
        if needed != set(parts):
            raise KeepingError(f"what was kept of {kind.__name__} is {', '.join(parts)}, and not {', '.join(needed)}")
        result = object.__new__(kind)
        for own in fields(kind):
            object.__setattr__(result, own.name, parts[own.name] if own.name in needed else _default(own))
        return result

    def _known(self, name: str) -> type[Any]:
        if name not in self.classes:
            raise KeepingError(f"what was kept is of the type {name}, of which no state of this mechanism consists")
        return self.classes[name]


def _default(own: Any) -> Any:
    return own.default if own.default_factory is MISSING else own.default_factory()
