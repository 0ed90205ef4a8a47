"""Rows of mechanisms and executors."""

from __future__ import annotations

import time
from dataclasses import replace
from statistics import median
from typing import Any

from ....agents.agent import AgentError
from ....coordinator.executor import Executor, UnansweredError
from ....coordinator.mechanism import Mechanism
from ....coordinator.run import Run, Status, run
from ....coordinator.stopping import Converged, MaxRounds
from .memory import peak_memory
from .row import Row, Subject
from .stopwatch import Deadline, median_of_repeats
from .verdict import Verdict, verdict

MAX_ROUNDS = 100_000
_WARM_UP_ROUNDS = 3
_CERTIFY_EVERY = 10


def decomposition_rows(
    subject: Subject,
    mechanism: Mechanism[Any],
    executor: Executor,
    tolerances: tuple[float, ...],
    budget_seconds: float,
) -> list[Row]:
    """One row for each tolerance, the loosest first, up to the first that is not reached.

    Every run starts cold, from the mechanism's own opening, with the agents set up anew; three rounds before
    it, not counted, load what solvers load late. What executors put off to the first round counts as set-up:
    by how much it is longer than the median of the others. Runs of less than half a second are repeated, and
    that of median time counts.

    Parameters
    ----------
    tolerances : tuple of float
        In falling order.
    budget_seconds : float
        For one run.
    """
    try:
        run(subject.problem.market, mechanism, executor, stop=MaxRounds(_WARM_UP_ROUNDS))
    except (AgentError, UnansweredError) as error:
        return [subject.row(tolerances[0], Verdict(), str(error))]
    rows: list[Row] = []
    for tolerance in tolerances:
        rows.append(_row(subject, mechanism, executor, tolerance, budget_seconds))
        if not rows[-1].reached:
            break
    return rows


def _row(
    subject: Subject, mechanism: Mechanism[Any], executor: Executor, tolerance: float, budget_seconds: float
) -> Row:
    market = subject.problem.market

    def once() -> Run:
        deadline = Deadline(time.perf_counter() + budget_seconds, budget_seconds)
        stop = Converged(tolerance) | deadline | MaxRounds(MAX_ROUNDS)
        return run(market, mechanism, executor, stop=stop, certify_every=_CERTIFY_EVERY)

    with peak_memory() as peak:
        measured = median_of_repeats(once)
    outcome = measured.result
    best, rounds = outcome.best, len(outcome.records)
    put_off_seconds = _put_off_seconds([record.seconds for record in outcome.records])
    # Agents answer within their own limits, so nothing is infeasible.
    judged = verdict(market, best.prices, best.allocation, subject.problem.judge, 0.0)
    reason = outcome.reason
    if outcome.status == Status.CONVERGED and not judged.reaches(tolerance):
        reason = f"only by its own best responses: {reason}"
    return replace(
        subject.row(tolerance, judged, reason),
        rounds=rounds,
        compile_seconds=outcome.compile_seconds + put_off_seconds,
        iterate_seconds=outcome.iterate_seconds - put_off_seconds,
        certify_seconds=outcome.certify_seconds,
        cpu_seconds=measured.cpu_seconds,
        bytes_per_round=sum(record.bytes_exchanged for record in outcome.records) / rounds,
        messages_per_round=sum(record.messages for record in outcome.records) / rounds,
        peak_memory_mib=peak.mib,
    )


def _put_off_seconds(rounds: list[float]) -> float:
    """What the first round takes beyond the median of the later ones; nothing if there are none."""
    return max(rounds[0] - median(rounds[1:]), 0.0) if len(rounds) > 1 else 0.0
