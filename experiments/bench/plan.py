"""The plan: which rows are measured, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ...coordinator import ADMM, EXECUTORS, MECHANISMS
from ...network import GridError
from ..errors import InfeasibleError, ScenarioError
from .decompositions import decomposition_rows
from .monoliths import newton_rows, qp_rows
from .peers import PeerEnvironment, peer_rows
from .plain_loop import PlainLoop
from .problems import Problem, problem_builders
from .qp_solvers import QP_SOLVERS
from .row import Kind, Row, Subject

TOLERANCES = (1e-3, 1e-4, 1e-6)


@dataclass(frozen=True)
class Plan:
    """What to measure.

    Parameters
    ----------
    problems : tuple of str
        Names of `problem_builders`.
    pairs : tuple of (str, str)
        Mechanisms and executors, by their names in `MECHANISMS` and `EXECUTORS`.
    budget_seconds : float
        For one run; a row that takes longer did not reach its tolerance.
    peer_budget_seconds : float
        For all checkpoints of a peer in an environment of its own.
    peers : tuple of PeerEnvironment
        Measured on the exchange problem.
    exchange_size : int
        Sellers, and buyers, of the exchange problem.
    seed : int
        Of the exchange problem's numbers.
    """

    problems: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    budget_seconds: float
    peer_budget_seconds: float = 60.0
    peers: tuple[PeerEnvironment, ...] = ()
    exchange_size: int = 50
    seed: int = 0


@dataclass(frozen=True)
class Bench:
    """All rows, and a sentence for every problem that was skipped."""

    rows: tuple[Row, ...]
    canonicalise_seconds: dict[str, float]
    skipped: tuple[str, ...]


def all_pairs() -> tuple[tuple[str, str], ...]:
    """Every mechanism by every executor."""
    return tuple((mechanism, executor) for mechanism in MECHANISMS for executor in EXECUTORS)


def quick_pairs() -> tuple[tuple[str, str], ...]:
    """Every mechanism by the first executor, and every executor by the first mechanism."""
    first_mechanism, first_executor = next(iter(MECHANISMS)), next(iter(EXECUTORS))
    return tuple(pair for pair in all_pairs() if first_mechanism in pair or first_executor in pair)


def bench(plan: Plan, on_step: Callable[[str], object]) -> Bench:
    """Measure all rows of a plan, one after the other, in this process; peers with environments run beside it.

    Parameters
    ----------
    plan : Plan
    on_step : callable
        Called with what is measured next.
    """
    rows: list[Row] = []
    skipped: list[str] = []
    canonicalise_seconds = {}
    builders = problem_builders(plan.exchange_size, plan.seed)
    for name in plan.problems:
        on_step(f"building {name}")
        try:
            problem = builders[name]()
        except (GridError, ScenarioError, InfeasibleError) as error:
            skipped.append(f"{name} is left out: {error}")
            continue
        canonicalise_seconds[name] = problem.canonicalise_seconds
        for subject, measure in _measurements(problem, plan):
            on_step(f"measuring {subject.method} {subject.executor} on {name}")
            rows += measure()
    return Bench(tuple(rows), canonicalise_seconds, tuple(skipped))


def _measurements(problem: Problem, plan: Plan) -> Iterator[tuple[Subject, Callable[[], list[Row]]]]:
    budget = plan.budget_seconds
    for solver in QP_SOLVERS:
        subject = Subject(problem, Kind.QP, solver)
        yield subject, partial(qp_rows, subject, TOLERANCES, budget)
    subject = Subject(problem, Kind.COMPLEMENTARITY, "semismooth newton")
    yield subject, partial(newton_rows, subject, TOLERANCES, budget)
    for mechanism, executor in plan.pairs:
        subject = Subject(problem, Kind.DECOMPOSITION, mechanism, executor)
        yield (
            subject,
            partial(decomposition_rows, subject, MECHANISMS[mechanism], EXECUTORS[executor], TOLERANCES, budget),
        )
    if problem.exchange is None:
        return
    loop = PlainLoop()
    subject = Subject(problem, Kind.PEER, "admm", loop.name)
    yield subject, partial(decomposition_rows, subject, ADMM(), loop, TOLERANCES, budget)
    for environment in plan.peers:
        subject = Subject(problem, Kind.PEER, environment.peer)
        yield subject, partial(peer_rows, subject, problem.exchange, environment, TOLERANCES, plan.peer_budget_seconds)
