"""A direction: how the data of a market's quadratic programme change with a parameter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...agents.arrays import FloatArray
from .sharp_point import SharpPoint


@dataclass(frozen=True, eq=False)
class Direction:
    """Changes for each unit of a parameter.

    Parameters
    ----------
    gradient : array of shape (n,)
        Of marginal costs at the point.
    equal, at_most : arrays of shape (equalities,), (inequalities,)
        Of right-hand sides.
    """

    gradient: FloatArray
    equal: FloatArray
    at_most: FloatArray

    def __neg__(self) -> Direction:
        """The other way."""
        return Direction(-self.gradient, -self.equal, -self.at_most)

    def __add__(self, other: Direction) -> Direction:
        """Both at once."""
        return Direction(self.gradient + other.gradient, self.equal + other.equal, self.at_most + other.at_most)

    def value_change(self, point: SharpPoint) -> float:
        """By how much all costs together rise for each unit, where multipliers are unique (the envelope theorem)."""
        return float(point.x @ self.gradient - point.equal @ self.equal - point.multipliers @ self.at_most)


def no_change(point: SharpPoint) -> Direction:
    """The direction in which nothing changes."""
    return Direction(np.zeros(len(point.x)), np.zeros(len(point.equal)), np.zeros(len(point.multipliers)))
