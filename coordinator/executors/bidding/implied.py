"""Limits that leave an agent no room: inequalities that hold as equalities wherever it complies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from ....agents.arrays import BoolArray, FloatArray, IntArray
from ....agents.canonical.canonical_problem import CanonicalProblem

# Room below this share of typical quantities is none.
_NO_ROOM = 1e-8
# What the linear programme takes for zero, relative to typical quantities; HiGHS allows nothing smaller.
_ZERO = 1e-10
_OPTIMAL = 0


@dataclass(frozen=True, eq=False)
class Pinned:
    """What has one value wherever an agent complies.

    Parameters
    ----------
    rows : array of int
        Inequalities that have no slack.
    variables : array of int
        Variables at a bound or between bounds that they cannot leave.
    quantities : array of shape (variables,)
        A point at which every other limit has room.
    """

    rows: IntArray
    variables: IntArray
    quantities: FloatArray


def pinned(problem: CanonicalProblem, lower: FloatArray, upper: FloatArray, typical: FloatArray) -> Pinned | None:
    """Find them by linear programmes that give room to as many limits as possible.

    What has room somewhere needs not have it where others do, but the mean of two such points gives it to both;
    so those that are left are asked again, until nothing is gained (Freund, Roundy and Todd, "Identifying the set
    of always-active constraints in a system of linear inequalities by a single linear program", MIT, 1985).

    Parameters
    ----------
    lower, upper : arrays of shape (variables,)
        Bounds; a variable whose bounds coincide is known to have one value.
    typical : array of shape (variables,)
        Orders of magnitude.

    Returns
    -------
    Pinned or None
        None if nothing is, or if the linear programmes do not say.
    """
    limits = _Limits.of(problem, lower, upper, typical)
    open_ones = np.zeros(len(limits.right), dtype=bool)
    points: list[FloatArray] = []
    while not open_ones.all():
        found = limits.roomiest(~open_ones)
        if found is None:
            return None
        has_room = limits.room(found) > _NO_ROOM
        gains = has_room & ~open_ones
        if not gains.any():
            points = points or [found]
            break
        open_ones |= has_room
        points.append(found)
    if open_ones.all():
        return None
    quantities = np.mean(points, axis=0) * typical
    rows, bounds = np.split(~open_ones, [len(problem.h)])
    return Pinned(np.flatnonzero(rows), np.unique(limits.bounded[bounds]), quantities)


@dataclass(frozen=True, eq=False)
class _Limits:
    """Inequalities and bounds as rows, in multiples of typical quantities and of what these make of a row.

    Parameters
    ----------
    rows, right : sparse array of shape (limits, variables), array of shape (limits,)
        Bounds of variables with one value only are left out.
    bounded : array of int
        Whose each bound is.
    """

    rows: sp.csr_array
    right: FloatArray
    bounded: IntArray
    equalities: sp.csr_array
    equal_to: FloatArray
    lower: FloatArray
    upper: FloatArray

    @staticmethod
    def of(problem: CanonicalProblem, lower: FloatArray, upper: FloatArray, typical: FloatArray) -> _Limits:
        is_free = lower < upper
        low, up = np.flatnonzero(np.isfinite(lower) & is_free), np.flatnonzero(np.isfinite(upper) & is_free)
        identity = sp.eye_array(len(typical), format="csr")
        units = sp.diags_array(typical)
        G, h = _in_own_units(sp.csr_array(problem.G @ units), problem.h, is_free)
        A, b = _in_own_units(sp.csr_array(problem.A @ units), problem.b, np.ones_like(is_free))
        return _Limits(
            rows=sp.csr_array(sp.vstack([G, -identity[low], identity[up]])),
            right=np.concatenate([h, -lower[low] / typical[low], upper[up] / typical[up]]),
            bounded=np.concatenate([low, up]),
            equalities=A,
            equal_to=b,
            lower=lower / typical,
            upper=upper / typical,
        )

    def room(self, x: FloatArray) -> FloatArray:
        """Slack of every limit; infinite for rows that limit nobody."""
        slack = self.right - self.rows @ x
        return np.asarray(np.where(np.diff(self.rows.indptr) > 0, slack, np.inf))

    def roomiest(self, wanting: BoolArray) -> FloatArray | None:
        """Quantities that give the most room, up to one each, to some limits in all."""
        variables, own = self.rows.shape[1], np.flatnonzero(wanting)
        room = sp.csr_array((np.ones(len(own)), (own, np.arange(len(own)))), shape=(len(self.right), len(own)))
        nothing = sp.csr_array((self.equalities.shape[0], len(own)))
        # The stubs of linprog know neither sparse matrices nor bounds in one array.
        limits: Any = sp.hstack([self.rows, room], format="csr")
        equalities: Any = sp.hstack([self.equalities, nothing], format="csr")
        bounds: Any = np.column_stack(
            [
                np.concatenate([self.lower, np.zeros(len(own))]),
                np.concatenate([self.upper, np.ones(len(own))]),
            ]
        )
        costs = np.concatenate([np.zeros(variables), -np.ones(len(own))])
        options: Any = {"primal_feasibility_tolerance": _ZERO, "dual_feasibility_tolerance": _ZERO}
        found = linprog(costs, limits, self.right, equalities, self.equal_to, bounds, "highs", options=options)
        return np.asarray(found.x)[:variables] if found.status == _OPTIMAL else None


def _in_own_units(rows: sp.csr_array, right: FloatArray, members: BoolArray) -> tuple[sp.csr_array, FloatArray]:
    """Rows over what typical quantities make of them; those over no member are left empty, and ask nothing."""
    size = np.asarray(abs(rows) @ np.ones(rows.shape[1]))
    asks = np.asarray(abs(rows) @ members.astype(np.float64)) > 0
    unit = np.where(asks & (size > 0), size, 1.0)
    scaled = sp.csr_array(sp.diags_array(asks / unit) @ rows)
    scaled.eliminate_zeros()
    return scaled, np.where(asks, right / unit, 0.0)
