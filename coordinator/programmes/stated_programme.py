"""A mixed-integer linear programme as CVXPY states it, and as HiGHS takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, replace
from typing import Self

import cvxpy as cp
import numpy as np
import scipy.sparse as sp
from cvxpy.reductions.solution import Solution

from ...agents.arrays import FloatArray
from .integer_programme import Incumbent, IntegerProgramme, solve_integer


@dataclass(frozen=True, eq=False)
class Limit:
    """Tighter bounds of a variable, numbers or arrays of its shape."""

    variable: cp.Variable
    least: float | FloatArray
    most: float | FloatArray


class StatedProgramme:
    """A problem of CVXPY with linear objective and constraints, some of whose variables are boolean.

    Parameters
    ----------
    problem : cvxpy.Problem

    Attributes
    ----------
    problem : cvxpy.Problem
        That is what any other solver may be given; its variables have values after `take`.
    programme : IntegerProgramme
    """

    def __init__(self, problem: cp.Problem) -> None:
        self.problem = problem
        data, chain, inverse = problem.get_problem_data(cp.HIGHS)
        self._back = list(zip(chain.reductions[:-1], inverse[:-1], strict=True))
        self._x = data[cp.settings.PARAM_PROB].x.id
        self._first_columns: dict[int, int] = data[cp.settings.PARAM_PROB].var_id_to_col
        equalities = data["dims"].zero
        sides = data["b"]
        constant = float(data[cp.settings.PARAM_PROB].apply_parameters()[1])
        is_integer = np.zeros(len(data["c"]), dtype=bool)
        is_integer[data["bool_vars_idx"]] = True
        lower, upper = (_bounds(data, key, len(is_integer), default) for key, default in _BOUNDS)
        self.programme = IntegerProgramme(
            data["c"],
            constant,
            sp.csc_array(data["A"]),
            np.concatenate([sides[:equalities], np.full(len(sides) - equalities, -np.inf)]),
            sides,
            np.where(is_integer, np.maximum(lower, 0.0), lower),
            np.where(is_integer, np.minimum(upper, 1.0), upper),
            is_integer,
        )

    def solve(
        self,
        gap: float,
        seconds: float = np.inf,
        on_progress: Callable[[float, float, float], None] | None = None,
        start: FloatArray | None = None,
    ) -> Incumbent:
        """Solve by branch and cut; start and errors as for `solve_integer`."""
        return solve_integer(self.programme, gap, seconds, start, on_progress)

    @property
    def choices(self) -> int:
        """How many variables are whole."""
        return int(self.programme.is_integer.sum())

    def point(self, values: Iterable[tuple[cp.Variable, FloatArray]]) -> FloatArray:
        """A point where some variables have values and the others are open, NaN; shape (n,)."""
        x = np.full(len(self.programme.c), np.nan)
        for variable, value in values:
            x[self.columns(variable)] = value.ravel(order="F")
        return x

    def columns(self, variable: cp.Variable) -> slice:
        """Where the entries of a variable stand, column by column; one without entries stands nowhere."""
        if not variable.size:
            return slice(0, 0)
        first = self._first_columns[variable.id]
        return slice(first, first + variable.size)

    def within(self, limits: Iterable[Limit]) -> Self:
        """The same under tighter bounds, which need not be stated anew; it shares variables with this one."""
        lower, upper = self.programme.lower.copy(), self.programme.upper.copy()
        for limit in limits:
            shape, columns = limit.variable.shape, self.columns(limit.variable)
            least, most = (np.broadcast_to(side, shape).ravel(order="F") for side in (limit.least, limit.most))
            lower[columns] = np.maximum(lower[columns], least)
            upper[columns] = np.minimum(upper[columns], most)
        narrower = copy(self)
        narrower.programme = replace(self.programme, lower=lower, upper=upper)
        return narrower

    @property
    def value_usd(self) -> float:
        """The objective at the values that were taken."""
        return float(self.problem.objective.value)

    def take(self, x: FloatArray) -> None:
        """Give all variables the values of a point whose whole variables are rounded and kept, the others best."""
        p = self.programme
        if p.is_integer.any():
            kept = np.round(x[p.is_integer])
            lower, upper = p.lower.copy(), p.upper.copy()
            lower[p.is_integer] = upper[p.is_integer] = kept
            nothing = np.zeros(len(x), dtype=bool)
            polished = solve_integer(replace(p, lower=lower, upper=upper, is_integer=nothing), 0.0)
            x = x if polished.x is None else polished.x
        # Multipliers there are none: without any CVXPY does not look for them.
        solution = Solution(cp.OPTIMAL, 0.0, {self._x: x}, None, {})
        for reduction, inverse in reversed(self._back):
            solution = reduction.invert(solution, inverse)
        self.problem.unpack(solution)


_BOUNDS = (("lower_bounds", -np.inf), ("upper_bounds", np.inf))


def _bounds(data: dict[str, FloatArray | None], key: str, count: int, default: float) -> FloatArray:
    given = data.get(key)
    return np.full(count, default) if given is None else np.asarray(given, dtype=np.float64)
