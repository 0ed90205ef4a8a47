"""The desk of agents in workers: their books are dealt to shards, and what these answer is put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol, TypeVar

import numpy as np

from ....agents.arrays import BoolArray, FloatArray, IntArray
from ....agents.canonical.stacked_matrices import owners
from ...announcement import BidRequest, Prices
from ...bids import Book, BookOpening
from ...market import Market
from ..bidding.all_agents import typical_steepness
from ..bidding.own_bids import OwnBids
from ..bidding.stacked_agents import StackedAgents
from .desk_messages import DeskSetup, Step
from .shards import Shard

Stacked = TypeVar("Stacked", Step, OwnBids)


class Workers(Protocol):
    """One worker a shard."""

    def prepare(self, method: str, questions: Sequence[tuple[Any, ...]]) -> None:
        """Call a method of all workers, and of whoever takes the place of a lost one."""
        ...

    def ask(self, method: str, questions: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call a method of all workers, and wait for what they answer."""
        ...


class RayDesk:
    """Books stay with whoever asks: workers are given them in every round, so a lost one is replaced by any other.

    Parameters
    ----------
    market : Market
    shards : sequence of Shard
    workers : Workers
    agents : StackedAgents
        All agents of the market, as the desk in one process would have them.
    """

    def __init__(self, market: Market, shards: Sequence[Shard], workers: Workers, agents: StackedAgents) -> None:
        self._shards, self._workers = shards, workers
        self._places = [_Places.of(shard, agents) for shard in shards]
        steepness = typical_steepness(market)
        problems = agents.matrices.problems
        setups = []
        for shard, places in zip(shards, self._places, strict=True):
            own = enumerate(shard.members.tolist())
            restated = {
                number: problems[agent] for number, agent in own if problems[agent] is not market.problems[agent]
            }
            setups.append((DeskSetup(restated, agents.idle.of(places.quantities), steepness),))
        workers.prepare("keep_books", setups)

    def stepped(self, book: Book, request: BidRequest) -> tuple[Book, FloatArray]:
        """The books after one step, and the length of each agent's."""
        return self._moved(self._ask("stepped", book, request), book, request)

    def bids(self, book: Book) -> OwnBids:
        """What agents bid at their books."""
        own: list[OwnBids] = self._ask("bids", book)
        return self._stacked(OwnBids, own)

    def answered(self, book: Book, request: BidRequest) -> tuple[Book, FloatArray, OwnBids]:
        """A step, and the bids after it."""
        steps, own = zip(*self._ask("answered", book, request), strict=True)
        moved, progress = self._moved(steps, book, request)
        return moved, progress, self._stacked(OwnBids, own)

    def _ask(self, method: str, book: Book, *requests: BidRequest) -> list[Any]:
        return self._workers.ask(
            "at_desk",
            [
                (method, _own_book(book, shard, places), *map(shard.told, requests))
                for shard, places in zip(self._shards, self._places, strict=True)
            ],
        )

    def _moved(self, steps: Sequence[Step], book: Book, request: BidRequest) -> tuple[Book, FloatArray]:
        step = self._stacked(Step, steps)
        moved = Book(
            quantities=step.quantities,
            equality_dual=step.equality_dual,
            slack=step.slack,
            dual=step.dual,
            prices=request.prices,
            surcharges=request.surcharges,
            opening=book.opening,
        )
        return moved, step.progress

    def _stacked(self, kind: type[Stacked], parts: Sequence[Stacked]) -> Stacked:
        """What all shards answer, as all agents stand in the market."""
        return kind(**{own.name: self._put_together(own.name, parts) for own in fields(kind)})

    def _put_together(self, name: str, parts: Sequence[Stacked]) -> FloatArray:
        values: list[FloatArray] = [getattr(part, name) for part in parts]
        places: list[IntArray] = [getattr(own, name) for own in self._places]
        by_shard = np.concatenate(values)
        result = np.empty_like(by_shard)
        result[np.concatenate(places)] = by_shard
        return result


@dataclass(frozen=True, eq=False)
class _Places:
    """Where what belongs to a shard stands among what belongs to all, by the names that it has in books and bids."""

    quantities: IntArray
    equality_dual: IntArray
    slack: IntArray
    dual: IntArray
    progress: IntArray
    trades: IntArray
    costs: IntArray
    intended: IntArray
    flexibility: IntArray
    give: IntArray
    barrier: IntArray
    limit_weights: IntArray
    held_usd: IntArray
    force_of_held: IntArray

    @staticmethod
    def of(shard: Shard, agents: StackedAgents) -> _Places:
        matrices = agents.matrices
        is_member = np.zeros(len(matrices.problems), dtype=bool)
        is_member[shard.members] = True
        of_variables, of_equalities, of_inequalities = (
            is_member[owners(begins)] for begins in (matrices.variables, matrices.equalities, matrices.inequalities)
        )
        of_limiting = of_inequalities[agents.limiting]
        limits = _one_after_the_other(of_variables[agents.low], of_variables[agents.up], of_limiting)
        return _Places(
            quantities=np.flatnonzero(of_variables),
            equality_dual=np.flatnonzero(of_equalities),
            slack=limits,
            dual=limits,
            progress=shard.members,
            trades=shard.copies,
            costs=shard.members,
            intended=shard.copies,
            flexibility=np.flatnonzero(of_variables),
            give=_one_after_the_other(of_equalities, of_limiting[agents.outer]),
            barrier=np.flatnonzero(of_variables[agents.shape.coupled]),
            limit_weights=np.flatnonzero(of_limiting[agents.inner]),
            held_usd=shard.members,
            force_of_held=np.flatnonzero(of_variables[agents.idle.variables]),
        )


def _one_after_the_other(*are_own: BoolArray) -> IntArray:
    return np.flatnonzero(np.concatenate(are_own))


def _own_book(book: Book, shard: Shard, places: _Places) -> Book:
    opening = book.opening
    told = shard.told(Prices(book.prices, book.surcharges))
    opened = shard.told(Prices(opening.prices, opening.surcharges))
    return Book(
        quantities=book.quantities[places.quantities],
        equality_dual=book.equality_dual[places.equality_dual],
        slack=book.slack[places.slack],
        dual=book.dual[places.dual],
        prices=told.prices,
        surcharges=told.surcharges,
        opening=BookOpening(opened.prices, opened.surcharges, opening.barrier_usd),
    )
