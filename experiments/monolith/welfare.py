"""The welfare problem: one convex problem with the KKT conditions of all agents and of clearing."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import brentq

from ...agents.arrays import FloatArray
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme, solve_programme
from ...coordinator.programmes.unsolved import InfeasibleProgrammeError, UnsolvedProgrammeError
from ..errors import InfeasibleError
from ..settlement.disclosed_value import DisclosedValue
from ..settlement.stacked_market import StackedMarket

_MAX_NEWTON_STEPS = 50
_SETTLED = 1e-11
# Limits of a watt beside those of gigawatts take PIQP many steps.
_PIQP = {
    "max_iter": 2000,
    "eps_abs": 1e-11,
    "eps_rel": 1e-12,
    "eps_duality_gap_abs": 1e-10,
    "eps_duality_gap_rel": 1e-12,
}


def solve_welfare_qp(stacked: StackedMarket) -> FloatArray:
    """Solution u of the MLCP (variables, multipliers, prices) by the interior-point solver PIQP, else by Clarabel.

    Raises
    ------
    InfeasibleError
        If no allocation clears.
    RuntimeError
        If the solvers find no solution although one exists.
    """
    return _solve(stacked, stacked.P, stacked.c)


def solve_disclosed_welfare(
    stacked: StackedMarket, value: DisclosedValue, near_mwh: FloatArray | None = None
) -> FloatArray:
    """Solution u under ex ante disclosure for given purchase mixes.

    The value of disclosed emissions joins the welfare objective. Newton's method solves the problem,
    with a welfare QP in every step and an exact line search.

    Parameters
    ----------
    stacked : StackedMarket
    value : DisclosedValue
    near_mwh : array of shape (disclosed,), optional
        Volumes to begin with.

    Raises
    ------
    InfeasibleError
        If no allocation clears.
    RuntimeError
        If a QP is not solved or Newton's method does not settle.
    """
    x: FloatArray | None = None
    # From the kink at the curtailed energy Newton's method climbs to the solution without overshooting.
    volume = value.curtailed_mwh if near_mwh is None else near_mwh
    for _ in range(_MAX_NEWTON_STEPS):
        curvature = value.curvature(volume)
        bend = sp.csc_array(value.volumes_of.T @ sp.diags_array(curvature) @ value.volumes_of)
        linear = stacked.c + value.volumes_of.T @ (value.marginal(volume) - curvature * volume)
        u = _solve(stacked, sp.csc_array(stacked.P + bend), linear)
        new = u[: len(stacked.c)]
        if x is not None:
            new = x + _step_length(stacked, value, x, new - x) * (new - x)
        x, moved = new, value.volumes_of @ new - volume
        volume = volume + moved
        if np.abs(moved).max(initial=0.0) <= _SETTLED * max(1.0, np.abs(volume).max(initial=0.0)):
            return u
    raise RuntimeError(f"disclosed volumes still move after {_MAX_NEWTON_STEPS} Newton steps, the last by {moved} MWh")


def _step_length(stacked: StackedMarket, value: DisclosedValue, x: FloatArray, way: FloatArray) -> float:
    """Step in (0, 1] that minimises the convex objective along a way."""
    curvature, slope = way @ (stacked.P @ way), (stacked.P @ x + stacked.c) @ way
    start, change = value.volumes_of @ x, value.volumes_of @ way

    def derivative(step: float) -> float:
        return float(slope + step * curvature + value.marginal(start + step * change) @ change)

    if derivative(0.0) >= 0 or derivative(1.0) <= 0:
        return 1.0
    return float(brentq(derivative, 0.0, 1.0, xtol=1e-15))


def _solve(stacked: StackedMarket, P: sp.csc_array, c: FloatArray) -> FloatArray:
    s = stacked
    equalities = sp.csc_array(sp.vstack([s.A, s.K], format="csc"))
    programme = QuadraticProgramme(P, c, equalities, np.concatenate([s.b, -s.k]), s.G, s.h, s.lower, s.upper)
    try:
        found = solve_programme(programme, _PIQP)
    except InfeasibleProgrammeError as error:
        raise InfeasibleError("no allocation satisfies all agents' constraints and clears") from error
    except UnsolvedProgrammeError as error:
        raise RuntimeError(f"the welfare QP was not solved: {error}") from error
    multipliers, minus_prices = np.split(found.y, [len(s.b)])
    return np.concatenate([found.x, multipliers, found.z, -minus_prices])
