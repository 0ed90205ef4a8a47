"""From the answer of an interior-point method to one that meets its conditions to the last digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme
from .held_system import HeldSystem
from .limits_held import Inequalities

_MOST_STEPS = 30
# Of distances and multipliers: a wrong sign that is rounding, in MWh and $/MWh.
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Conditions:
    """A point with all multipliers.

    Parameters
    ----------
    x, equal, multipliers : arrays of shape (n,), (equalities,), (inequalities,)
    """

    x: FloatArray
    equal: FloatArray
    multipliers: FloatArray

    def residual(self, programme: QuadraticProgramme, inequalities: Inequalities) -> float:
        """Largest violation of the KKT conditions of the programme, in MWh and $/MWh."""
        q, limits = programme, inequalities
        slope = q.P @ self.x + q.c + q.A.T @ self.equal + limits.rows.T @ self.multipliers
        complementary = np.minimum(limits.sides - limits.rows @ self.x, self.multipliers)
        parts = (q.A @ self.x - q.b, slope, complementary)
        return max(float(np.abs(part).max(initial=0.0)) for part in parts)


def polished(
    start: Conditions, programme_at: Callable[[FloatArray], QuadraticProgramme], inequalities: Inequalities
) -> Conditions:
    """Take Newton steps for the limits that seem to hold, and correct which these are by the signs that come out.

    An interior point ends at a distance from limits that have no price of about the square root of its tolerance: too
    far to tell whether it touches them. The steps are the least ones, and leave what is open where it is.

    Parameters
    ----------
    start : Conditions
    programme_at : callable
        The quadratic programme near some variables.
    inequalities : Inequalities

    Returns
    -------
    Conditions
        Those with the least residual that were met.
    """
    limits = inequalities
    best, now = start, start
    least = start.residual(programme_at(start.x), limits)
    is_held = start.multipliers > limits.sides - limits.rows @ start.x
    for _ in range(_MOST_STEPS):
        q = programme_at(now.x)
        kept = np.flatnonzero(is_held)
        rows = sp.csr_array(sp.vstack([q.A, limits.rows[kept]], format="csr"))
        weights = np.concatenate([now.equal, now.multipliers[kept]])
        missing = np.concatenate([q.b, limits.sides[kept]]) - rows @ now.x
        step, change, is_solved = HeldSystem(q.P, rows).solve(
            -(q.P @ now.x + q.c + rows.T @ weights)[:, None], missing[:, None]
        )
        equal, own = np.split(weights + change[:, 0], [len(q.b)])
        multipliers = np.zeros_like(now.multipliers)
        multipliers[kept] = own
        now = Conditions(now.x + step[:, 0], equal, multipliers)
        residual = now.residual(programme_at(now.x), limits)
        if residual < least:
            best, least = now, residual
        elif not is_solved[0]:
            break
        slack = limits.sides - limits.rows @ now.x
        turned = np.where(is_held, multipliers < -_ROUNDING, slack < -_ROUNDING)
        if not turned.any() and residual <= _ROUNDING:
            break
        is_held = is_held ^ turned
    return best
