"""The plan: which methods are measured, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ...coordinator.catalogue import EXECUTORS, MECHANISMS
from ...coordinator.mechanisms.admm import ADMM
from ..own_parts.named_parts import mechanism_named
from .peers.environments import PATH, PeerEnvironment
from .peers.path import path_rows
from .peers.peers import peer_rows
from .peers.plain_loop import PlainLoop
from .problems.problems import Problem
from .rows.decompositions import decomposition_rows
from .rows.monoliths import newton_rows, qp_rows
from .rows.qp_solvers import QP_SOLVERS
from .rows.row import Kind, Row, Subject
from .rows.whole_command import VERBS

TOLERANCES = (1e-3, 1e-4, 1e-6)
# Executors make the same rounds; it is enough to see them with a mechanism of cheap rounds and one of few.
CROSSED = ("admm", "slope-bids")
NEWTON = "semismooth newton"
MONOLITHS = (*QP_SOLVERS, NEWTON)


@dataclass(frozen=True)
class Plan:
    """What to measure.

    Parameters
    ----------
    problems : tuple of str
        Names of `problem_builders`.
    pairs : tuple of (str, str)
        Mechanisms, by their names in `MECHANISMS` or as module:Class, and executors, by their names in `EXECUTORS`.
    budget_seconds : float
        For one run; a row that takes longer did not reach its tolerance.
    large_budget_seconds : float
        The same in large markets.
    total_seconds : float
        No row begins later; what is left out then is named.
    peer_budget_seconds : float
        For all checkpoints of a peer in an environment of its own.
    peers : tuple of PeerEnvironment
        Measured on the exchange problem; PATH on the complementarity problem of every market that is not large.
    exchange_size : int
        Sellers, and buyers, of the exchange problem.
    seed : int
        Of the exchange problem's numbers.
    commands : tuple of str
        Grids of which whole commands are measured.
    command_seconds : float
        For one of them.
    monoliths : tuple of str
        Solvers of the whole market, of `MONOLITHS`.
    """

    problems: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    budget_seconds: float
    large_budget_seconds: float
    total_seconds: float = float("inf")
    peer_budget_seconds: float = 60.0
    peers: tuple[PeerEnvironment, ...] = ()
    exchange_size: int = 50
    seed: int = 0
    commands: tuple[str, ...] = ()
    command_seconds: float = 60.0
    monoliths: tuple[str, ...] = MONOLITHS

    @property
    def measurements(self) -> int:
        """How many methods on all problems, and commands, are measured if nothing is left out."""
        solvers = sum(environment.peer == PATH for environment in self.peers)
        everywhere = len(self.monoliths) + solvers + len(self.pairs)
        on_exchange = self.problems.count("exchange") * (1 + len(self.peers) - solvers)
        return everywhere * len(self.problems) + on_exchange + len(VERBS) * len(self.commands)


def all_pairs(own: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """Every mechanism, some own ones too, by every executor."""
    return tuple((mechanism, executor) for mechanism in [*MECHANISMS, *own] for executor in EXECUTORS)


def crossed_pairs() -> tuple[tuple[str, str], ...]:
    """Every mechanism by the first executor, and the mechanisms in `CROSSED` by every executor."""
    first = next(iter(EXECUTORS))
    return tuple(pair for pair in all_pairs() if pair[0] in CROSSED or pair[1] == first)


def measurements(problem: Problem, plan: Plan) -> Iterator[tuple[Subject, Callable[[], list[Row]]]]:
    """All methods that are measured on a problem, in order, each with what measures it.

    In large markets the first executor speaks for all, which make the same rounds.
    """
    budget = plan.large_budget_seconds if problem.is_large else plan.budget_seconds
    for mechanism, executor in plan.pairs:
        if problem.is_large and executor != next(iter(EXECUTORS)):
            continue
        subject = Subject(problem, Kind.DECOMPOSITION, mechanism, executor)
        yield (
            subject,
            partial(
                decomposition_rows, subject, mechanism_named(mechanism, {}), EXECUTORS[executor], TOLERANCES, budget
            ),
        )
    for solver in (name for name in QP_SOLVERS if name in plan.monoliths):
        subject = Subject(problem, Kind.QP, solver)
        yield subject, partial(qp_rows, subject, TOLERANCES, budget)
    if NEWTON in plan.monoliths:
        subject = Subject(problem, Kind.COMPLEMENTARITY, NEWTON)
        yield subject, partial(newton_rows, subject, TOLERANCES, budget)
    for environment in plan.peers:
        if environment.peer == PATH and not problem.is_large:
            subject = Subject(problem, Kind.COMPLEMENTARITY, PATH)
            yield subject, partial(path_rows, subject, environment, TOLERANCES, plan.peer_budget_seconds)
    if problem.exchange is None:
        return
    loop = PlainLoop()
    subject = Subject(problem, Kind.PEER, "admm", loop.name)
    yield subject, partial(decomposition_rows, subject, ADMM(), loop, TOLERANCES, budget)
    for environment in plan.peers:
        if environment.peer != PATH:
            subject = Subject(problem, Kind.PEER, environment.peer)
            budget = plan.peer_budget_seconds
            yield subject, partial(peer_rows, subject, problem.exchange, environment, TOLERANCES, budget)
