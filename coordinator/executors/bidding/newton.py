"""The agents' Newton steps: toward the solution of their barrier problems at the announced prices.

At prices p an agent's problem is to minimise ``x' P x / 2 + c' x - p' T x`` subject to ``A x = b``, and to limits,
which are bounds and inequalities ``G x + s = h``, with slacks ``s >= 0``. With duals y of equalities and z of limits,
a step is Newton's on the optimality conditions in which every ``s * z`` is to be the barrier parameter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray
from ...announcement import BidRequest
from ...bids import Book
from .local_system import LocalSystem
from .stacked_agents import StackedAgents

# Fraction to the boundary: a step ends this share of the way to the first limit.
_TO_BOUNDARY = 0.995
# Residuals below this share of their terms are rounding.
_ROUNDING = 1e-14


@dataclass(frozen=True, eq=False)
class Residuals:
    """What an iterate lacks of its agents' optimality conditions, as right-hand sides of Newton's equations.

    Parameters
    ----------
    stationarity : array of shape (variables,)
        Minus the gradient of the Lagrangian, ``T' p - P x - c - A' y - G' z`` and duals of bounds.
    equalities : array of shape (equalities,)
        ``b - A x``.
    inequalities : array of shape (limiting inequalities,)
        ``h - G x - s``; slacks of bounds are exact.
    """

    stationarity: FloatArray
    equalities: FloatArray
    inequalities: FloatArray


def residuals(agents: StackedAgents, iterate: Book, revenue_gradient: FloatArray) -> Residuals:
    """Residuals at a gradient ``T' p`` of revenues, which is used up; what is only rounding is set to zero."""
    matrices = agents.matrices
    of_low, of_up, inequality_dual = agents.of_limits(iterate.dual)
    inequality_slack = agents.of_limits(iterate.slack)[2]

    def of_bounds() -> FloatArray:
        result = np.zeros_like(iterate.quantities)
        agents.onto_bounded(result, of_low, of_up)
        return result

    # One term after the other: each is as long as all variables.
    terms = (
        lambda: -(matrices.P @ iterate.quantities),
        lambda: -matrices.c,
        lambda: -agents.from_duals(iterate.equality_dual, inequality_dual),
        of_bounds,
    )
    stationarity = _without_rounding(revenue_gradient, (term() for term in terms))
    minus_rows = -(matrices.rows @ iterate.quantities)
    return Residuals(
        stationarity=stationarity,
        equalities=_without_rounding(matrices.b.copy(), [minus_rows[: len(matrices.b)]]),
        inequalities=_without_rounding(
            matrices.h[agents.limiting], [minus_rows[agents.limiting_rows], -inequality_slack]
        ),
    )


@dataclass(frozen=True, eq=False)
class Direction:
    """A search direction: the full Newton step of everything in a book but its prices."""

    quantities: FloatArray
    equality_dual: FloatArray
    slack: FloatArray
    dual: FloatArray


def intended_changes(agents: StackedAgents, iterate: Book, system: LocalSystem, residual: Residuals) -> FloatArray:
    """Newton steps of the quantities at unchanged prices, shape (variables, 2).

    The first column is for a barrier parameter of zero, the second for each dollar of it.
    """
    of_low, of_up, inequality_dual = agents.of_limits(iterate.dual)
    low_slack, up_slack, inequality_slack = agents.of_limits(iterate.slack)
    right, inequalities, equalities, complementarity = (
        np.zeros((len(values), 2))
        for values in (residual.stationarity, residual.inequalities, residual.equalities, inequality_dual)
    )
    right[:, 0], inequalities[:, 0] = residual.stationarity, residual.inequalities
    equalities[:, 0] = residual.equalities
    agents.onto_bounded(right[:, 0], -of_low, -of_up)
    agents.onto_bounded(right[:, 1], 1 / low_slack, 1 / up_slack)
    complementarity[:, 0], complementarity[:, 1] = -inequality_dual, 1 / inequality_slack
    return _solve(agents, system, right, complementarity, equalities, inequalities)[0]


def direction(
    agents: StackedAgents,
    iterate: Book,
    system: LocalSystem,
    residual: Residuals,
    gradient_change: FloatArray,
    barrier_usd: float,
) -> Direction:
    """Newton step toward the solution of the barrier problem.

    Parameters
    ----------
    gradient_change : array of shape (variables,)
        What a change of prices adds to the stationarity residual.
    barrier_usd : float
        The barrier parameter.
    """
    # What ``s * z`` lacks of the barrier parameter, over the slack.
    complementarity = barrier_usd / iterate.slack
    complementarity -= iterate.dual
    of_low, of_up, of_rows = agents.of_limits(complementarity)
    right = residual.stationarity + gradient_change
    agents.onto_bounded(right, of_low, of_up)
    columns = (values[:, None] for values in (right, of_rows, residual.equalities, residual.inequalities))
    found = _solve(agents, system, *columns)
    quantities, dual_of_totals, dual_of_active = (values[:, 0] for values in found)
    of_rows = (agents.matrices.rows @ quantities)[agents.limiting_rows]
    slack = np.concatenate([quantities[agents.low], -quantities[agents.up], residual.inequalities - of_rows])
    dual = iterate.dual / iterate.slack
    dual *= slack
    np.subtract(complementarity, dual, out=dual)
    # Duals that the system solves for are better than those that follow from slacks: near activity these are rounding.
    equalities = len(residual.equalities)
    for rows, dual_of_rows in (
        (agents.outer, dual_of_totals[equalities:]),
        (agents.inner[system.is_active], dual_of_active),
    ):
        at = agents.bounds + rows
        dual[at] = dual_of_rows
        slack[at] = (complementarity[at] - dual_of_rows) / system.inequality_weights[rows]
    return Direction(quantities, dual_of_totals[:equalities], slack, dual)


def follow(agents: StackedAgents, iterate: Book, step: Direction, request: BidRequest) -> tuple[Book, FloatArray]:
    """The iterate after every agent has gone as far along its step as its own limits allow; the step is used up.

    Parameters
    ----------
    request : BidRequest
        The step follows its prices and surcharges.

    Returns
    -------
    Book
    array of shape (agents,)
        Step length of each agent, up to 1, the smaller one of primal and dual.
    """
    matrices = agents.matrices
    primal_length = _step_lengths(agents, iterate.slack, step.slack)
    dual_length = _step_lengths(agents, iterate.dual, step.dual)
    np.multiply(step.quantities, matrices.variables_of_agents.repeated(primal_length), out=step.quantities)
    np.multiply(step.equality_dual, matrices.equalities_of_agents.repeated(dual_length), out=step.equality_dual)
    np.multiply(step.slack, agents.limits_of_agents.repeated(primal_length), out=step.slack)
    np.multiply(step.dual, agents.limits_of_agents.repeated(dual_length), out=step.dual)
    moved = Book(
        quantities=np.add(iterate.quantities, step.quantities, out=step.quantities),
        equality_dual=np.add(iterate.equality_dual, step.equality_dual, out=step.equality_dual),
        slack=np.add(iterate.slack, step.slack, out=step.slack),
        dual=np.add(iterate.dual, step.dual, out=step.dual),
        prices=request.prices,
        surcharges=request.surcharges,
        opening=iterate.opening,
    )
    return moved, np.minimum(primal_length, dual_length)


def _solve(
    agents: StackedAgents,
    system: LocalSystem,
    right: FloatArray,
    complementarity: FloatArray,
    equalities: FloatArray,
    inequalities: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Newton's equations with the slacks of inequalities eliminated, for k right-hand sides."""
    weights = system.inequality_weights[:, None]
    coupled = agents.shape.coupled
    right[coupled] -= system.from_eliminated((complementarity - weights * inequalities)[agents.inner])
    reduced = inequalities - complementarity / weights
    totals = np.concatenate([equalities, reduced[agents.outer]])
    return system.solve(right, totals, reduced[agents.inner[system.is_active]])


def _without_rounding(total: FloatArray, terms: Iterable[FloatArray]) -> FloatArray:
    """The sum of all terms, zero where it is only rounding; `total` is the first of them, and is changed."""
    size = np.abs(total)
    for term in terms:
        total += term
        size += np.abs(term, out=term)
    size *= _ROUNDING
    total[np.abs(total) <= size] = 0.0
    return total


def _step_lengths(agents: StackedAgents, values: FloatArray, changes: FloatArray) -> FloatArray:
    # No value is zero; agents without any have an infinite least one.
    worst = agents.limits_of_agents.least(changes / values)
    return np.asarray(_TO_BOUNDARY / np.maximum(-worst, _TO_BOUNDARY))
