"""Derivatives of figures by parameters, to both sides, where there are any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...agents.arrays import BoolArray, FloatArray
from .critical_cone import CriticalCone
from .figures_followed import Figure
from .parameters import Parameter
from .to_one_side import Side, one_sided


@dataclass(frozen=True)
class Derivative:
    """What one unit of a parameter more, and one less, is worth to a figure, each per unit; None where nothing is.

    A derivative from the left is the change per unit less with its sign turned, so that both agree where nothing kinks.
    """

    more: float | None
    less: float | None


@dataclass(frozen=True, eq=False)
class Followed:
    """All derivatives at a point.

    Parameters
    ----------
    parameters, figures : sequences
    more, less : lists of Response or None
        How the point moves for each unit more, and less, of each parameter; None where it cannot move steadily.
    is_unique : array of bool, shape (figures,)
        Whether the figure itself has one value.
    table : dict of (parameter, figure) positions to Derivative
    """

    parameters: Sequence[Parameter]
    figures: Sequence[Figure]
    more: list[Side | None]
    less: list[Side | None]
    is_unique: BoolArray
    table: dict[tuple[int, int], Derivative]


def follow(cone: CriticalCone, parameters: Sequence[Parameter], figures: Sequence[Figure]) -> Followed:
    """Move to both sides along every parameter, and see what figures do."""
    directions = [parameter.direction for parameter in parameters]
    more = one_sided(cone, directions)
    is_smooth = not len(cone.standing.touched)
    # Where limits are held or free and nothing jumps, the way back is the way there.
    back = [i for i, side in enumerate(more) if not is_smooth or side is None or side.cone is not cone]
    less = list(more)
    for i, side in zip(back, one_sided(cone, [-directions[i] for i in back]), strict=True):
        less[i] = None if side is None else -side
    more = [side if parameter.can_rise else None for side, parameter in zip(more, parameters, strict=True)]
    less = [side if parameter.can_fall else None for side, parameter in zip(less, parameters, strict=True)]
    rows = _Rows(figures)
    is_unique = rows.unique(cone)
    known = {} if len(cone.standing.touched) else {(id(cone), cone.standing.held.tobytes()): is_unique}

    def changes(sides: list[Side | None]) -> list[list[float | None]]:
        result: list[list[float | None]] = []
        for values, side, parameter in zip(rows.changes(sides), sides, parameters, strict=True):
            if side is None:
                result.append([None] * len(figures))
                continue
            key = id(side.cone), side.response.kept.tobytes()
            if key not in known:
                known[key] = is_unique & rows.determined(cone, side)
            effects = {name: effect.at(side.cone.point) for name, effect in parameter.effects.items()}
            moved = [value + effects.get(f.name, 0.0) for value, f in zip(values.tolist(), figures, strict=True)]
            result.append([value if has else None for value, has in zip(moved, known[key].tolist(), strict=True)])
        return result

    both = zip(changes(more), changes(less), strict=True)
    table = {
        (p, f): Derivative(up, down)
        for p, (ups, downs) in enumerate(both)
        for f, (up, down) in enumerate(zip(ups, downs, strict=True))
    }
    return Followed(parameters, figures, more, less, is_unique, table)


class _Rows:
    """Figures as rows of matrices."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self._by_x = np.array([f.by_x for f in figures])
        self._by_equal = np.array([f.by_equal for f in figures])
        self._by_multipliers = np.array([f.by_multipliers for f in figures])
        self._is_product = np.array([f.is_product for f in figures], dtype=bool)

    def unique(self, cone: CriticalCone) -> BoolArray:
        """Which figures have one value at the point."""
        return cone.unique(self._by_x.T, self._by_equal.T, self._by_multipliers.T)

    def determined(self, cone: CriticalCone, side: Side) -> BoolArray:
        """Which figures all moves to a side have in common, of those whose derivatives are known there."""
        kept = side.response.kept
        found = side.cone.determined(self._by_x.T, self._by_equal.T, self._by_multipliers.T, kept)
        return found if side.cone.point is cone.point else found & ~self._is_product

    def changes(self, sides: list[Side | None]) -> FloatArray:
        """How the figures move with trades and multipliers, zero where there is no side: shape (sides, figures)."""
        moving = [side.response for side in sides if side is not None]
        result = np.zeros((len(sides), len(self._by_x)))
        if moving:
            changed = self._by_x @ np.array([one.x for one in moving]).T
            changed += self._by_equal @ np.array([one.equal for one in moving]).T
            changed += self._by_multipliers @ np.array([one.multipliers for one in moving]).T
            result[[side is not None for side in sides]] = changed.T
        return result
