"""Semismooth Newton: the general complementarity problem, from a point nearby."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from ...agents.arrays import FloatArray
from .complementarity import Complementarity

_MAX_STEPS = 200
_SHRINK = 0.5
_SHORTEST = 1e-8


def solve_complementarity(problem: Complementarity, start: FloatArray, tolerance: float) -> FloatArray:
    """Move a point towards a solution by Levenberg-Marquardt steps on Fischer-Burmeister functions.

    Billups, "Algorithms for complementarity problems and generalized equations", 1995, for the
    box form; De Luca, Facchinei and Kanzow, "A theoretical and numerical comparison of some semismooth
    algorithms for complementarity problems", 2000, for the damping. Nothing guarantees a solution, since
    the problem is not monotone: look at the residual of what is returned.

    Parameters
    ----------
    problem : Complementarity
    start : array, shape of u
    tolerance : float
        Natural residual at which to stop.

    Returns
    -------
    array, shape of u
        The point with the least natural residual that was met.
    """
    u = np.clip(start, problem.mlcp.lower, problem.mlcp.upper)
    best, least = u, problem.residual(u)
    damping = 1e-6
    value, jacobian = _fischer_burmeister(problem, u)
    for _ in range(_MAX_STEPS):
        if least <= tolerance:
            break
        gradient = jacobian.T @ value
        normal = sp.csc_matrix(jacobian.T @ jacobian + damping * sp.eye_array(len(u)))
        step = splu(normal).solve(-gradient)
        merit, length = value @ value, 1.0
        while length > _SHORTEST:
            trial = u + length * step
            trial_value, trial_jacobian = _fischer_burmeister(problem, trial)
            if trial_value @ trial_value <= (1 - 1e-4 * length) * merit:
                break
            length *= _SHRINK
        else:
            damping *= 100
            if damping > 1e6:
                break
            continue
        damping = max(damping * (0.2 if length == 1 else 2), 1e-12)
        u, value, jacobian = trial, trial_value, trial_jacobian
        residual = problem.residual(u)
        if residual < least:
            best, least = u, residual
    return best


def _fischer_burmeister(problem: Complementarity, u: FloatArray) -> tuple[FloatArray, sp.csr_array]:
    """Functions that vanish exactly at solutions, and an element of their generalised Jacobian."""
    lower, upper = problem.mlcp.lower, problem.mlcp.upper
    F = problem.value(u)
    below, above = np.isfinite(lower), np.isfinite(upper)
    # Both bounds: phi(u - l, -phi(upper - u, -F)); a missing bound leaves its phi out.
    inner, by_gap, by_slope = _phi(np.where(above, upper - u, 0.0), -F)
    inner = np.where(above, -inner, F)
    inner_u, inner_F = np.where(above, by_gap, 0.0), np.where(above, by_slope, 1.0)
    outer, by_gap, by_slope = _phi(np.where(below, u - lower, 0.0), inner)
    value = np.where(below, outer, inner)
    on_u = np.where(below, by_gap + by_slope * inner_u, inner_u)
    on_F = np.where(below, by_slope * inner_F, inner_F)
    return value, sp.csr_array(sp.diags_array(on_u) + sp.diags_array(on_F) @ problem.derivative(u))


def _phi(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """``a + b - sqrt(a^2 + b^2)`` with its derivatives."""
    norm = np.hypot(a, b)
    safe = np.where(norm > 0, norm, 1.0)
    corner = 1 - np.sqrt(0.5)
    by_a = np.where(norm > 0, 1 - a / safe, corner)
    by_b = np.where(norm > 0, 1 - b / safe, corner)
    return a + b - norm, by_a, by_b
