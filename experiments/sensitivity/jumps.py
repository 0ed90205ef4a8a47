"""Where a point cannot move steadily: multipliers or trades that are not unique leave for an end of their set."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from ...coordinator.programmes.quadratic_programme import Ending, QuadraticProgramme, solve_programme
from ...coordinator.programmes.unsolved import UnsolvedProgrammeError
from .critical_cone import PIQP_SETTINGS, CriticalCone
from .direction import Direction
from .limits_held import Standing, Standings, inequalities_of, standings
from .polishing import Conditions, polished


def landed(cone: CriticalCone, direction: Direction) -> CriticalCone | None:
    """The cone at that end of the set of solutions and multipliers that a direction asks for; None if there is none.

    Gol'shtein, "Theory of Convex Programming", 1972: to the first order the least cost changes by what a direction
    adds to the Lagrangian, at the worst of all multipliers and the best of all solutions. A direction that changes
    marginal costs asks for a solution, one that changes right-hand sides for multipliers.
    """
    return _at_trades(cone, direction) if direction.gradient.any() else _at_multipliers(cone, direction)


def _at_multipliers(cone: CriticalCone, direction: Direction) -> CriticalCone | None:
    """Multipliers of the least first-order cost of a move, over all limits without slack."""
    point, standing = cone.point, cone.standing
    active = np.flatnonzero(standing.of != Standing.FREE)
    free = np.full(len(point.x), np.inf)
    first_order = QuadraticProgramme(
        P=sp.csc_array(point.programme.P.shape),
        c=point.gradient,
        A=point.programme.A,
        b=direction.equal,
        G=sp.csc_array(point.inequalities.rows[active]),
        h=direction.at_most[active],
        lower=-free,
        upper=free,
    )
    try:
        ending = solve_programme(first_order, PIQP_SETTINGS)
    except UnsolvedProgrammeError:
        return None
    end, told = _sharpened(first_order, ending, point.market.typical_price_usd)
    of, strictness = np.zeros_like(standing.of), standing.strictness.copy()
    of[active], strictness[active] = told.of, told.strictness
    multipliers = np.zeros_like(point.multipliers)
    multipliers[active] = end.multipliers
    return CriticalCone(replace(point, equal=end.equal, multipliers=multipliers), Standings(of, strictness))


def _at_trades(cone: CriticalCone, direction: Direction) -> CriticalCone | None:
    """The cheapest of all solutions, at which limits that it reaches have no price yet.

    What solutions share is kept (Mangasarian, "A simple characterization of solution sets of convex programs", 1988).
    """
    point, standing = cone.point, cone.standing
    q, limits = point.programme, point.inequalities
    held, others = standing.held, np.flatnonzero(standing.of != Standing.HELD)
    curved = sp.csr_array(q.P)[np.flatnonzero(q.P.diagonal())]
    kept = sp.vstack([q.A, limits.rows[held], curved], format="csc")
    free = np.full(len(point.x), np.inf)
    among_equals = QuadraticProgramme(
        P=sp.csc_array(q.P.shape),
        c=direction.gradient,
        A=sp.csc_array(kept),
        b=kept @ point.x,
        G=sp.csc_array(limits.rows[others]),
        h=limits.sides[others],
        lower=-free,
        upper=free,
    )
    try:
        ending = solve_programme(among_equals, PIQP_SETTINGS)
    except UnsolvedProgrammeError:
        return None
    end, told = _sharpened(among_equals, ending, 1.0)
    of, strictness = standing.of.copy(), standing.strictness.copy()
    of[others] = np.minimum(told.of, Standing.TOUCHED)
    strictness[others] = told.strictness
    return CriticalCone(replace(point, x=end.x), Standings(of, strictness))


def _sharpened(programme: QuadraticProgramme, ending: Ending, price_usd: float) -> tuple[Conditions, Standings]:
    """The end of a programme without bounds to the last digits, and how it stands to its limits."""
    limits = inequalities_of(programme)
    end = polished(Conditions(ending.x, ending.y, ending.z), lambda _: programme, limits)
    return end, standings(limits, end.x, end.multipliers, 1.0, price_usd)
