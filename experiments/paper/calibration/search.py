"""The search for the point that misses the targets least: global, then local, repeatable by its seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import differential_evolution, minimize

from ....agents.arrays import BoolArray, FloatArray
from .freedoms import Freedoms
from .nodal_model import NodalModel, NodalState
from .targets import Targets

# Of misses in tolerances; what is farther off counts no more, so that one hopeless target does not rule.
_FARTHEST = 30.0
_POPULATION, _GENERATIONS, _LOCAL_STEPS = 6, 120, 4000


@dataclass(frozen=True, eq=False)
class Fit:
    """The best point of a search.

    Parameters
    ----------
    point : array
        See `Freedoms`.
    states : list of NodalState
        The market there, at each of the targets' purchases.
    misses : array of shape (targets,)
        In tolerances, those that were held out too.
    loss : float
        Squares of the misses that were fitted, and the departure from published data.
    tried : array of shape (evaluations, numbers + 1)
        Every point that the search saw, with its largest fitted miss.
    """

    point: FloatArray
    states: list[NodalState]
    misses: FloatArray
    loss: float
    tried: FloatArray = field(repr=False)


def best_fit(model: NodalModel, freedoms: Freedoms, targets: Targets, fitted: BoolArray, seed: int) -> Fit:
    """Search all points, globally and then locally.

    Differential evolution (Storn and Price 1997), then Nelder and Mead's simplex; numbers that gain nothing return to
    what is published. The departure from published data is added to the squares of the misses, which picks the nearest
    among points that meet the targets alike (Tikhonov and Arsenin, "Solutions of Ill-Posed Problems", 1977).

    Parameters
    ----------
    model : NodalModel
    freedoms : Freedoms
    targets : Targets
    fitted : array of bool, shape (targets,)
        The others are held out.
    seed : int

    Raises
    ------
    RuntimeError
        If the model serves its load at no point that was tried.
    """
    tried: list[FloatArray] = []

    def loss(point: FloatArray) -> float:
        states = model.states(freedoms.supply(point), targets.purchases_mwh)
        if states is None:
            return len(fitted) * _FARTHEST**2
        misses = np.minimum(np.abs(targets.misses(states)[fitted]), _FARTHEST)
        tried.append(np.append(point, misses.max()))
        return float(np.sum(misses**2)) + freedoms.departure(point)

    found = differential_evolution(
        loss, freedoms.bounds, seed=seed, x0=freedoms.published, maxiter=_GENERATIONS, popsize=_POPULATION, polish=False
    )
    near = _nearest(loss, found.x, freedoms)
    point = _nearest(loss, _restored(loss, near, freedoms.published), freedoms)
    states = model.states(freedoms.supply(point), targets.purchases_mwh)
    if states is None:
        raise RuntimeError("the load can be served at no costs that were tried")
    return Fit(point, states, targets.misses(states), loss(point), np.array(tried))


def _nearest(loss: Callable[[FloatArray], float], start: FloatArray, freedoms: Freedoms) -> FloatArray:
    settings: Any = {"maxfev": _LOCAL_STEPS, "xatol": 1e-6, "fatol": 1e-9, "adaptive": True}
    found = minimize(loss, start, method="Nelder-Mead", bounds=freedoms.bounds, options=settings)
    return np.asarray(found.x)


def _restored(loss: Callable[[FloatArray], float], point: FloatArray, published: FloatArray) -> FloatArray:
    """A point with every number as published that gains nothing by being another."""
    for index, value in enumerate(published):
        trial = point.copy()
        trial[index] = value
        if loss(trial) <= loss(point):
            point = trial
    return point
