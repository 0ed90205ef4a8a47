"""The structure of a declaration: all of it but its goods and its small numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import cvxpy as cp
import numpy as np
from cvxpy.atoms.atom import Atom
from cvxpy.constraints import Equality, Inequality

from ..agent import Declaration
from ..arrays import FloatArray

# What CVXPY keeps for n parameters grows like n squared; larger constants belong to the structure.
MOST_ENTRIES = 600


class _NotComparableError(Exception):
    """A part of which nobody can say whether another one is equal."""


@dataclass(frozen=True, eq=False)
class Structure:
    """What declarations have in common, and the constants in which they may differ.

    Parameters
    ----------
    key : hashable
        Equal for declarations that differ in goods and in the values of these constants alone.
    constants : tuple of cp.Constant
        Small, dense, real and finite ones, in the order in which the declaration holds them.
    """

    key: object
    constants: tuple[cp.Constant, ...]

    @property
    def values(self) -> list[FloatArray]:
        """Values of the constants."""
        return [constant.value for constant in self.constants]


def structure(declaration: Declaration) -> Structure | None:
    """The structure of a declaration; None if it has no variables, or parts that cannot be compared."""
    walk = _Walk()
    try:
        roots = [walk.number(part) for part in (declaration.cost, declaration.trades, *declaration.constraints)]
    except _NotComparableError:
        return None
    if not walk.has_variables:
        return None
    return Structure((len(declaration.goods), *roots, *walk.keys), tuple(walk.constants))


def with_parameters(declaration: Declaration, parameters: Mapping[int, cp.Parameter]) -> Declaration:
    """The same declaration with parameters in place of the constants of these ids."""
    made: dict[int, Any] = dict(parameters)

    def remade(part: Any) -> Any:
        if id(part) not in made:
            made[id(part)] = part.copy([remade(arg) for arg in part.args]) if part.args else part
        return made[id(part)]

    constraints = [remade(constraint) for constraint in declaration.constraints]
    return Declaration(remade(declaration.cost), remade(declaration.trades), declaration.goods, constraints)


class _Walk:
    """Numbers every part of a declaration once, so that parts which occur twice are told from equal ones."""

    def __init__(self) -> None:
        self.keys: list[object] = []
        self.constants: list[cp.Constant] = []
        self.has_variables = False
        self._numbers: dict[int, int] = {}

    def number(self, part: Any) -> int:
        """The number of a part."""
        known = self._numbers.get(id(part))
        if known is None:
            self.keys.append(self._key(part))
            known = self._numbers[id(part)] = len(self.keys) - 1
        return known

    def _key(self, part: Any) -> object:
        kind = type(part)
        if isinstance(part, Atom):
            return kind, *map(self.number, part.args), _frozen(part.get_data())
        if kind is cp.Constant:
            return self._constant(part)
        if kind is cp.Variable:
            self.has_variables |= part.size > 0
            return kind, part.shape, _frozen(list(part.attributes.items()))
        if kind in (Equality, Inequality):
            return kind, *map(self.number, part.args)
        raise _NotComparableError

    def _constant(self, constant: cp.Constant) -> object:
        value = constant.value
        if not isinstance(value, np.ndarray):
            return cp.Constant, value.shape, _digest(value.indptr, value.indices, value.data)
        if value.size > MOST_ENTRIES or value.dtype != np.float64 or not np.isfinite(value).all():
            return cp.Constant, value.shape, _digest(value)
        self.constants.append(constant)
        return cp.Constant, value.shape


def _frozen(value: Any) -> object:
    freeze = _FREEZERS.get(type(value))
    if freeze is None:
        raise _NotComparableError
    return type(value), freeze(value)


def _same(value: Any) -> object:
    return value


_FREEZERS: dict[type, Callable[[Any], object]] = {
    **dict.fromkeys((type(None), bool, int, float, str), _same),
    **dict.fromkeys((list, tuple), lambda values: tuple(map(_frozen, values))),
    slice: lambda piece: _frozen([piece.start, piece.stop, piece.step]),
    np.ndarray: lambda array: (array.shape, _digest(array)),
}


def _digest(*arrays: np.ndarray) -> object:
    digest = sha256()
    for array in arrays:
        if array.dtype.hasobject:
            raise _NotComparableError
        digest.update(array.dtype.str.encode())
        digest.update(array.tobytes())
    return digest.digest()
