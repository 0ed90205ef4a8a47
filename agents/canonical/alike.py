"""Agents whose declarations have one structure, and what stands for them all."""

from __future__ import annotations

from dataclasses import dataclass, field

import cvxpy as cp
import numpy as np

from ..agent import Declaration
from ..arrays import FloatArray
from .structure import MOST_ENTRIES, with_parameters


@dataclass(frozen=True, eq=False)
class Group:
    """Agents that one declaration stands for, and the values that its parameters have for each."""

    declaration: Declaration
    parameters: list[cp.Parameter]
    members: list[int]
    values: list[list[FloatArray]]


@dataclass(eq=False)
class Alike:
    """Agents of one structure: what the first one declared, and the constants' values for each."""

    declaration: Declaration
    constants: tuple[cp.Constant, ...]
    members: list[int] = field(default_factory=list)
    values: list[list[FloatArray]] = field(default_factory=list)

    def alone(self) -> Group:
        """The first one by itself."""
        return Group(self.declaration, [], self.members[:1], [[]])

    def together(self) -> Group | None:
        """Parameters in place of the constants that are not the same for all; None if CVXPY's rules forbid them."""
        if len(self.members) == 1:
            return self.alone()
        values = [np.stack(of_members) for of_members in zip(*self.values, strict=True)]
        differing = [index for index, each in enumerate(values) if (each != each[0]).any()]
        if sum(values[index][0].size for index in differing) > MOST_ENTRIES:
            return None
        parameters = [_parameter(values[index]) for index in differing]
        replaced = {
            id(self.constants[index]): parameter for index, parameter in zip(differing, parameters, strict=True)
        }
        try:
            declaration = with_parameters(self.declaration, replaced)
        except (TypeError, ValueError):
            # Some functions take no parameter where they take a constant.
            return None
        problem = cp.Problem(cp.Minimize(declaration.cost), [*declaration.constraints, declaration.trades == 0])
        if not problem.is_dpp():
            return None
        return Group(
            declaration,
            parameters,
            self.members,
            [[values[index][at] for index in differing] for at in range(len(self.members))],
        )


def _parameter(values: FloatArray) -> cp.Parameter:
    """A parameter that takes these values, told its sign if that is known: convexity hangs on it."""
    nonneg = bool((values >= 0).all())
    nonpos = not nonneg and bool((values <= 0).all())
    return cp.Parameter(values.shape[1:], nonneg=nonneg, nonpos=nonpos, value=values[0])
