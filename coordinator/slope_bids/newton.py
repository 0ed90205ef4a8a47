"""The agents' Newton steps: toward their barrier optimum at the announced prices, within their limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..bids import Book
from ..market import FloatArray
from .local_system import LocalSystem
from .stacked import StackedAgents

# A step ends this share of the way to the first limit.
_TO_LIMIT = 0.99
# Residuals below this share of their terms are rounding.
_ROUNDING = 1e-14


@dataclass(frozen=True, eq=False)
class Residuals:
    """How far books are from their agents' optimality conditions.

    Parameters
    ----------
    force : array of shape (variables,)
        Prices less marginal costs and worths of limits.
    equalities : array of shape (equalities,)
    rows : array of shape (inequalities,)
    """

    force: FloatArray
    equalities: FloatArray
    rows: FloatArray


def residuals(agents: StackedAgents, book: Book, prices: FloatArray) -> Residuals:
    """Residuals at the price of every copy, shape (copies,), with what is only rounding set to zero."""
    bound_worth = book.worth[: agents.bounds]
    row_worth = book.worth[agents.bounds :]
    row_room = book.room[agents.bounds :]
    terms = [
        -(agents.P @ book.quantities),
        -agents.c,
        agents.from_trades @ prices,
        -(agents.from_equalities @ book.multipliers),
        -(agents.from_inequalities @ row_worth),
        _onto_variables(agents, bound_worth),
    ]
    return Residuals(
        force=_without_rounding(terms),
        equalities=_without_rounding([agents.b, -(agents.A @ book.quantities)]),
        rows=_without_rounding([agents.h, -(agents.G @ book.quantities), -row_room]),
    )


@dataclass(frozen=True, eq=False)
class Direction:
    """A Newton step: the changes of everything in a book."""

    quantities: FloatArray
    multipliers: FloatArray
    room: FloatArray
    worth: FloatArray


def intended_changes(agents: StackedAgents, book: Book, system: LocalSystem, left: Residuals) -> FloatArray:
    """Newton changes of the quantities at unchanged prices, shape (variables, 2).

    The first column is for a barrier of zero, the second for each dollar of it.
    """
    pull = np.column_stack([-book.worth, 1 / book.room])
    base = np.column_stack([left.force, np.zeros_like(left.force)])
    rows = np.column_stack([left.rows, np.zeros_like(left.rows)])
    equalities = np.column_stack([left.equalities, np.zeros_like(left.equalities)])
    return _solve(agents, system, pull, base, equalities, rows)[0]


def direction(
    agents: StackedAgents, book: Book, system: LocalSystem, left: Residuals, force: FloatArray, barrier_usd: float
) -> Direction:
    """Newton step toward the barrier optimum.

    Parameters
    ----------
    force : array of shape (variables,)
        What a change of prices adds to the residual.
    """
    pull = barrier_usd / book.room - book.worth
    right = (pull, left.force + force, left.equalities, left.rows)
    quantities, outer, binding = (
        found[:, 0] for found in _solve(agents, system, *(values[:, None] for values in right))
    )
    weights = system.weights
    worth, room = np.empty_like(pull), np.empty_like(pull)
    low = len(agents.low)
    room[:low] = quantities[agents.low]
    room[low : agents.bounds] = -quantities[agents.up]
    room[agents.bounds :] = left.rows - agents.G @ quantities
    worth[:] = pull - weights * room
    # Stiff rows have their worth from the system: from their room it would be lost to rounding.
    equalities = len(agents.b)
    for rows, found in (
        (agents.outer, outer[equalities:]),
        (agents.inner[system.is_binding], binding),
    ):
        at = agents.bounds + rows
        worth[at] = found
        room[at] = (pull[at] - found) / weights[at]
    return Direction(quantities, outer[:equalities], room, worth)


def follow(agents: StackedAgents, book: Book, step: Direction, count: int) -> tuple[Book, FloatArray]:
    """Books after every agent has gone as far along its step as its own limits allow.

    Returns
    -------
    Book
    array of shape (count,)
        Share of its step that each agent went, the smaller one of quantities and worths.
    """
    quantity_share = _shares(book.room, step.room, agents.limit_agent, count)
    worth_share = _shares(book.worth, step.worth, agents.limit_agent, count)
    limits = agents.limit_agent
    moved = Book(
        quantities=book.quantities + quantity_share[agents.variable_agent] * step.quantities,
        multipliers=book.multipliers + worth_share[agents.equality_agent] * step.multipliers,
        room=book.room + quantity_share[limits] * step.room,
        worth=book.worth + worth_share[limits] * step.worth,
    )
    return moved, np.minimum(quantity_share, worth_share)


def _solve(
    agents: StackedAgents,
    system: LocalSystem,
    pull: FloatArray,
    force: FloatArray,
    equalities: FloatArray,
    rows: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    weights = system.weights[agents.bounds :, None]
    row_pull = pull[agents.bounds :]
    right = force + _onto_variables(agents, pull[: agents.bounds])
    right[agents.coupled] -= system.of_inner((row_pull - weights * rows)[agents.inner])
    yielded = rows - row_pull / weights
    totals = np.concatenate([equalities, yielded[agents.outer]])
    return system.solve(right, totals, yielded[agents.inner[system.is_binding]])


def _onto_variables(agents: StackedAgents, bound_values: FloatArray) -> FloatArray:
    low = len(agents.low)
    result = np.zeros((len(agents.c), *bound_values.shape[1:]))
    result[agents.low] += bound_values[:low]
    result[agents.up] -= bound_values[low:]
    return result


def _without_rounding(terms: list[FloatArray]) -> FloatArray:
    total, size = np.zeros_like(terms[0]), np.zeros_like(terms[0])
    for term in terms:
        total += term
        size += np.abs(term)
    total[np.abs(total) <= _ROUNDING * size] = 0.0
    return total


def _shares(values: FloatArray, changes: FloatArray, owners: np.ndarray, count: int) -> FloatArray:
    falling = changes < 0
    result = np.ones(count)
    np.minimum.at(result, owners[falling], -_TO_LIMIT * values[falling] / changes[falling])
    return result
