"""How an equilibrium stands to its limits: which hold it, which it only touches, and which leave it free."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, IntArray
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme

# Distance [MWh, or typical volumes if less] and multiplier [typical prices] below which both count as zero.
TOLERANCE = 1e-6


class Standing(IntEnum):
    """How a point stands to an inequality."""

    FREE = 0
    TOUCHED = 1
    HELD = 2


@dataclass(frozen=True, eq=False)
class Inequalities:
    """All inequalities ``rows @ x <= sides`` of a programme: its own, and below them bounds from below and above.

    Parameters
    ----------
    rows : sparse array of shape (inequalities, n)
    sides : array of shape (inequalities,)
    own : int
        How many, the first ones, are the programme's own.
    bounded_below, bounded_above : arrays of int
        Variables with such a bound.
    """

    rows: sp.csr_array
    sides: FloatArray
    own: int
    bounded_below: IntArray
    bounded_above: IntArray

    def multipliers(self, own: FloatArray, reduced_costs: FloatArray) -> FloatArray:
        """Of all inequalities, from those of the programme's own, and ``P x + c + A.T y + G.T z``."""
        below, above = reduced_costs[self.bounded_below], reduced_costs[self.bounded_above]
        return np.concatenate([own, np.maximum(below, 0.0), np.maximum(-above, 0.0)])


def inequalities_of(programme: QuadraticProgramme) -> Inequalities:
    """Take bounds as inequalities."""
    q = programme
    identity = sp.eye_array(len(q.c), format="csr")
    below, above = np.flatnonzero(np.isfinite(q.lower)), np.flatnonzero(np.isfinite(q.upper))
    rows = sp.vstack([q.G, -identity[below], identity[above]], format="csr")
    sides = np.concatenate([q.h, -q.lower[below], q.upper[above]])
    return Inequalities(sp.csr_array(rows), sides, len(q.h), below, above)


@dataclass(frozen=True, eq=False)
class Standings:
    """How a point stands to every inequality.

    Parameters
    ----------
    of : array of Standing, shape (inequalities,)
    strictness : array of shape (inequalities,)
        The larger of distance and multiplier in their units: strict complementarity means that none is zero.
    """

    of: IntArray
    strictness: FloatArray

    @property
    def held(self) -> IntArray:
        """Inequalities with a multiplier."""
        return np.flatnonzero(self.of == Standing.HELD)

    @property
    def touched(self) -> IntArray:
        """Inequalities without slack and multiplier."""
        return np.flatnonzero(self.of == Standing.TOUCHED)


def standings(
    inequalities: Inequalities, x: FloatArray, multipliers: FloatArray, volume_mwh: float, price_usd: float
) -> Standings:
    """Tell limits that hold a point from those that do not.

    Inside the set of solutions, where interior-point methods end, every inequality has slack or a multiplier if it has
    either in any solution (Goldman and Tucker, "Theory of linear programming", 1956).

    Parameters
    ----------
    inequalities : Inequalities
    x, multipliers : arrays of shape (n,), (inequalities,)
    volume_mwh, price_usd : float
        What distances and multipliers count in.
    """
    largest = np.maximum(abs(inequalities.rows).max(axis=1).toarray().ravel(), 1e-300)
    slack = np.maximum(inequalities.sides - inequalities.rows @ x, 0.0) / largest / volume_mwh
    weight = np.maximum(multipliers, 0.0) * largest / price_usd
    strictness = np.maximum(slack, weight)
    of = np.where(strictness < TOLERANCE, Standing.TOUCHED, np.where(weight > slack, Standing.HELD, Standing.FREE))
    return Standings(of.astype(np.int64), strictness)
