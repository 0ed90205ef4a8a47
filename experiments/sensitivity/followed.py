"""Derivatives of figures by parameters, to both sides, where there are any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...agents.arrays import BoolArray
from .critical_cone import CriticalCone
from .figures_followed import Figure
from .one_sided import Side, one_sided
from .parameters import Parameter


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
    by_x, by_equal = np.array([f.by_x for f in figures]).T, np.array([f.by_equal for f in figures]).T
    by_multipliers = np.array([f.by_multipliers for f in figures]).T
    is_product = np.array([f.is_product for f in figures], dtype=bool)
    is_unique = cone.unique(by_x, by_equal, by_multipliers)
    known: dict[tuple[int, bytes], BoolArray] = {}

    def has_derivative(side: Side) -> BoolArray:
        key = id(side.cone), side.response.kept.tobytes()
        if key not in known:
            stays = side.cone.point is cone.point
            determined = side.cone.determined(by_x, by_equal, by_multipliers, side.response.kept)
            known[key] = is_unique & determined & (stays | ~is_product)
        return known[key]

    def changes(side: Side | None, parameter: Parameter) -> list[float | None]:
        if side is None:
            return [None] * len(figures)
        has = has_derivative(side)
        return [f.change(side, parameter) if has[i] else None for i, f in enumerate(figures)]

    table = {
        (p, f): Derivative(up, down)
        for p, parameter in enumerate(parameters)
        for f, (up, down) in enumerate(zip(changes(more[p], parameter), changes(less[p], parameter), strict=True))
    }
    return Followed(parameters, figures, more, less, is_unique, table)
