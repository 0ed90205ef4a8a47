"""The agents' Newton steps: toward their barrier optimum at the announced prices, within their limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray
from ...announcement import BidRequest
from ...bids import Book
from .local_system import LocalSystem
from .stacked_agents import StackedAgents

# A step ends this share of the way to the first limit.
_TO_LIMIT = 0.995
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


def residuals(agents: StackedAgents, book: Book, pull: FloatArray) -> Residuals:
    """Residuals at what prices are to the variables, which is used up; what is only rounding is set to zero."""
    matrices = agents.matrices
    of_low, of_up, row_worth = agents.of_limits(book.worth)
    row_room = agents.of_limits(book.room)[2]

    def bound_worth() -> FloatArray:
        result = np.zeros_like(book.quantities)
        agents.onto_bounded(result, of_low, of_up)
        return result

    # One term after the other: each is as long as all variables.
    terms = (
        lambda: -(matrices.P @ book.quantities),
        lambda: -matrices.c,
        lambda: -agents.pull_of_rows(book.multipliers, row_worth),
        bound_worth,
    )
    force = _without_rounding(pull, (term() for term in terms))
    minus_rows = -(matrices.rows @ book.quantities)
    return Residuals(
        force=force,
        equalities=_without_rounding(matrices.b.copy(), [minus_rows[: len(matrices.b)]]),
        rows=_without_rounding(matrices.h[agents.limiting], [minus_rows[agents.limiting_rows], -row_room]),
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
    of_low, of_up, row_worth = agents.of_limits(book.worth)
    low_room, up_room, row_room = agents.of_limits(book.room)
    right, rows, equalities, pull = (
        np.zeros((len(values), 2)) for values in (left.force, left.rows, left.equalities, row_worth)
    )
    right[:, 0], rows[:, 0], equalities[:, 0] = left.force, left.rows, left.equalities
    agents.onto_bounded(right[:, 0], -of_low, -of_up)
    agents.onto_bounded(right[:, 1], 1 / low_room, 1 / up_room)
    pull[:, 0], pull[:, 1] = -row_worth, 1 / row_room
    return _solve(agents, system, right, pull, equalities, rows)[0]


def direction(
    agents: StackedAgents, book: Book, system: LocalSystem, left: Residuals, force: FloatArray, barrier_usd: float
) -> Direction:
    """Newton step toward the barrier optimum.

    Parameters
    ----------
    force : array of shape (variables,)
        What a change of prices adds to the residual.
    """
    pull = barrier_usd / book.room
    pull -= book.worth
    of_low, of_up, of_rows = agents.of_limits(pull)
    right = left.force + force
    agents.onto_bounded(right, of_low, of_up)
    found = _solve(agents, system, right[:, None], of_rows[:, None], left.equalities[:, None], left.rows[:, None])
    quantities, outer, binding = (values[:, 0] for values in found)
    of_rows = (agents.matrices.rows @ quantities)[agents.limiting_rows]
    room = np.concatenate([quantities[agents.low], -quantities[agents.up], left.rows - of_rows])
    worth = book.worth / book.room
    worth *= room
    np.subtract(pull, worth, out=worth)
    # Stiff rows have their worth from the system: from their room it would be lost to rounding.
    equalities = len(left.equalities)
    for rows, worth_of_rows in (
        (agents.outer, outer[equalities:]),
        (agents.inner[system.is_binding], binding),
    ):
        at = agents.bounds + rows
        worth[at] = worth_of_rows
        room[at] = (pull[at] - worth_of_rows) / system.row_weights[rows]
    return Direction(quantities, outer[:equalities], room, worth)


def follow(agents: StackedAgents, book: Book, step: Direction, request: BidRequest) -> tuple[Book, FloatArray]:
    """Books after every agent has gone as far along its step as its own limits allow; the step is used up.

    Parameters
    ----------
    request : BidRequest
        The step follows its prices and surcharges.

    Returns
    -------
    Book
    array of shape (agents,)
        Share of its step that each agent went, the smaller one of quantities and worths.
    """
    matrices = agents.matrices
    quantity_share = _shares(agents, book.room, step.room)
    worth_share = _shares(agents, book.worth, step.worth)
    np.multiply(step.quantities, matrices.variables_of_agents.repeated(quantity_share), out=step.quantities)
    np.multiply(step.multipliers, matrices.equalities_of_agents.repeated(worth_share), out=step.multipliers)
    np.multiply(step.room, agents.limits_of_agents.repeated(quantity_share), out=step.room)
    np.multiply(step.worth, agents.limits_of_agents.repeated(worth_share), out=step.worth)
    moved = Book(
        quantities=np.add(book.quantities, step.quantities, out=step.quantities),
        multipliers=np.add(book.multipliers, step.multipliers, out=step.multipliers),
        room=np.add(book.room, step.room, out=step.room),
        worth=np.add(book.worth, step.worth, out=step.worth),
        prices=request.prices,
        surcharges=request.surcharges,
    )
    return moved, np.minimum(quantity_share, worth_share)


def _solve(
    agents: StackedAgents,
    system: LocalSystem,
    right: FloatArray,
    row_pull: FloatArray,
    equalities: FloatArray,
    rows: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    weights = system.row_weights[:, None]
    coupled = agents.shape.coupled
    right[coupled] -= system.of_inner((row_pull - weights * rows)[agents.inner])
    yielded = rows - row_pull / weights
    totals = np.concatenate([equalities, yielded[agents.outer]])
    return system.solve(right, totals, yielded[agents.inner[system.is_binding]])


def _without_rounding(total: FloatArray, terms: Iterable[FloatArray]) -> FloatArray:
    """The sum of all terms, zero where it is only rounding; `total` is the first of them, and is changed."""
    size = np.abs(total)
    for term in terms:
        total += term
        size += np.abs(term, out=term)
    size *= _ROUNDING
    total[np.abs(total) <= size] = 0.0
    return total


def _shares(agents: StackedAgents, values: FloatArray, changes: FloatArray) -> FloatArray:
    # No value is zero; agents without any have an infinite least one.
    worst = agents.limits_of_agents.least(changes / values)
    return np.asarray(_TO_LIMIT / np.maximum(-worst, _TO_LIMIT))
