"""The units of one agent: tolerances of solvers are absolute, and agents differ by decades."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...agents.canonical.canonical_problem import CanonicalProblem
from .forcing import forced_bounds

# Excess over a limit that is rounding, and the most that an answer may have, in the agent's size.
ROUNDING = 1e-9
ACCEPTED_EXCESS = 1e-7
# An answer so many times larger than the size that was taken is looked for again in units of its own, and
# so is one so many times smaller than a size that is but a guess.
_ANOTHER_SIZE = 100.0
# How often an answer is looked for.
LOOKED_FOR = 3
# Limits below this share of where an agent's costs lead it are as good as 0: they are rounding beside it.
_NOTHING = 1e-13


@dataclass(frozen=True)
class AgentUnits:
    """What an agent's variables and costs are measured in.

    Parameters
    ----------
    size : float
        Of its variables; above 0.
    worth_usd : float
        Of its costs; above 0.
    """

    size: float
    worth_usd: float


def reach(curvature: float, linear: FloatArray) -> float:
    """How far variables would go if only the curvature of a cost stopped them; 1 where nothing drives or stops them."""
    steepness = float(np.abs(linear).max(initial=0.0))
    return steepness / curvature if steepness > 0 and curvature > 0 else 1.0


class Limits:
    """The constraints of a problem, to hold answers against.

    Parameters
    ----------
    problem : CanonicalProblem

    Attributes
    ----------
    rows : sparse array of shape (equalities and inequalities, n)
    least, most : arrays of shape (n + rows,)
        Of the variables and, after them, of the rows.
    largest : float
        Of all that are finite; 0 if there are no others.
    """

    def __init__(self, problem: CanonicalProblem) -> None:
        self.rows = sp.csr_array(sp.vstack([problem.A, problem.G], format="csr"))
        self.least = np.concatenate([problem.lower, problem.b, np.full(len(problem.h), -np.inf)])
        self.most = np.concatenate([problem.upper, problem.b, problem.h])
        sides = np.abs(np.concatenate([self.least, self.most]))
        self.largest = float(sides[np.isfinite(sides)].max(initial=0.0))
        self._problem = problem

    def excess(self, x: FloatArray, values: FloatArray) -> float:
        """How far variables and the values of the rows at them are beyond a limit, the worst; 0 if none."""
        reached = np.concatenate([x, values])
        return float(max((reached - self.most).max(initial=0.0), (self.least - reached).max(initial=0.0)))

    def kept(self, x: FloatArray) -> FloatArray:
        """Variables that keep their bounds to the last bit, and equalities by those that have room.

        A solver's rounding is that of the largest limit, and may be more than all that is traded.
        """
        n, (lower, upper) = len(x), self._forced_bounds
        result = np.clip(x, lower, upper)
        if np.array_equal(result, x):
            return x
        has_room = (result > lower) & (result < upper)
        is_equality = self.least[n:] == self.most[n:]
        equalities = self.rows[is_equality]
        missing = self.least[n:][is_equality] - equalities @ result
        result[has_room] += np.linalg.lstsq(equalities[:, has_room].toarray(), missing)[0]
        return result if self.excess(result, self.rows @ result) <= self.excess(x, self.rows @ x) else x

    @cached_property
    def _forced_bounds(self) -> tuple[FloatArray, FloatArray]:
        problem, least = self._problem, np.full(len(self._problem.h), -np.inf)
        rows = [
            (sp.csr_array(problem.A), problem.b, problem.b),
            (sp.csr_array(problem.G), least, problem.h),
        ]
        return forced_bounds(rows, problem.lower, problem.upper)

    def are_units_of(self, x: FloatArray, units: AgentUnits, size: float) -> bool:
        """Whether an answer is of about the size of units that were taken for a size; in others digits are lost.

        Limits from below say nothing of how much more an agent wants, such as a load that owes a thousandth of it.

        Parameters
        ----------
        x : array of shape (n,)
        units : AgentUnits
        size : float
            That of an answer before, or 0 if there was none.
        """
        largest = float(np.abs(x).max(initial=0.0)) / units.size
        is_guess = not (size or self.largest)
        return largest <= _ANOTHER_SIZE and not (is_guess and 0 < largest < 1 / _ANOTHER_SIZE)

    def units(self, curvature: float, linear: FloatArray, size: float = 0.0) -> AgentUnits:
        """Units in which the numbers of a cost are about one.

        Parameters
        ----------
        curvature : float
            The largest.
        linear : array of shape (n,)
            Linear term of the cost.
        size : float, optional
            Of the variables. Default: the largest limit, or if all are nothing where the curvature stops.
        """
        steepness = float(np.abs(linear).max(initial=0.0))
        size = size or self.largest
        if size <= _NOTHING * reach(curvature, linear):
            size = reach(curvature, linear)
        return AgentUnits(size, steepness * size or curvature * size**2 or 1.0)
