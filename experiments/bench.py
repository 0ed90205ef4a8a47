"""The benchmark: executors side by side, mechanisms by rounds and seconds, and the monolith."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from ..coordinator import ADMM, EXECUTORS, MECHANISMS, Compiled, Converged, Market, MaxRounds, run
from .monolith.equilibrium import solve_monolith, solve_welfare_qp
from .monolith.mlcp import stack

TOLERANCES = (1e-3, 1e-4, 1e-6)
SOLVES = 5


@dataclass(frozen=True)
class ExecutorRow:
    """An executor's median time for the responses of one round."""

    executor: str
    compile_seconds: float
    round_milliseconds: float
    times_faster_than_serial: float


@dataclass(frozen=True)
class MechanismRow:
    """A mechanism's way to a tolerance; `reached` says whether it got there.

    Its seconds are those of rounds and certificates; compiling is left out, for the monolith too.
    """

    mechanism: str
    tolerance: float
    reached: bool
    rounds: int
    seconds: float
    relative_gap: float
    max_relative_imbalance: float
    times_slower_than_monolith: float


@dataclass(frozen=True)
class Bench:
    """All rows, and the seconds of the monolith in the same process.

    `monolith_solve_seconds` is the median of warm solves of the welfare QP, from assembled matrices.
    """

    executors: tuple[ExecutorRow, ...]
    mechanisms: tuple[MechanismRow, ...]
    monolith_solve_seconds: float
    monolith_total_seconds: float
    monolith_residual: float


def bench(market: Market, *, rounds: int = 60, max_rounds: int = 5000, on_step: Callable[[str], object]) -> Bench:
    """Measure everything in one process.

    Parameters
    ----------
    market : Market
    rounds : int
        Rounds that the executors answer in turn, the same announcements for each.
    max_rounds : int
        Budget of each mechanism.
    on_step : callable
        Called with what is measured next.
    """
    on_step("monolith")
    equilibrium = solve_monolith(market)
    solve_seconds = _monolith_solve_seconds(market)
    on_step("executors")
    executors = _executor_rows(market, rounds)
    mechanisms = []
    for name in MECHANISMS:
        for tolerance in TOLERANCES:
            on_step(f"{name} to {tolerance:g}")
            mechanisms.append(_mechanism_row(market, name, tolerance, max_rounds, solve_seconds))
            if not mechanisms[-1].reached:
                break
    return Bench(executors, tuple(mechanisms), solve_seconds, equilibrium.seconds, equilibrium.mlcp_residual)


def _monolith_solve_seconds(market: Market) -> float:
    stacked = stack(market)
    seconds = []
    for _ in range(SOLVES):
        begin = time.perf_counter()
        solve_welfare_qp(stacked)
        seconds.append(time.perf_counter() - begin)
    return median(seconds)


def _executor_rows(market: Market, rounds: int) -> tuple[ExecutorRow, ...]:
    mechanism = ADMM()
    compile_seconds, answers = {}, {}
    for name, executor in EXECUTORS.items():
        begin = time.perf_counter()
        answers[name] = executor.compile(market)
        compile_seconds[name] = time.perf_counter() - begin
    state = mechanism.start(market)
    times: dict[str, list[float]] = {name: [] for name in EXECUTORS}
    for _ in range(rounds):
        for name, respond in answers.items():
            begin = time.perf_counter()
            responses = respond(state.announcement)
            times[name].append(time.perf_counter() - begin)
        state = mechanism.step(state, responses)
    # The first answer of each includes set-up that CVXPY and the solvers put off.
    medians = {name: median(series[1:]) for name, series in times.items()}
    return tuple(
        ExecutorRow(name, compile_seconds[name], 1000 * medians[name], medians["serial"] / medians[name])
        for name in EXECUTORS
    )


def _mechanism_row(
    market: Market, name: str, tolerance: float, max_rounds: int, monolith_seconds: float
) -> MechanismRow:
    outcome = run(
        market, MECHANISMS[name], Compiled(), stop=Converged(tolerance) | MaxRounds(max_rounds), certify_every=10
    )
    seconds = outcome.iterate_seconds + outcome.certify_seconds
    certificate = outcome.certificate
    return MechanismRow(
        mechanism=name,
        tolerance=tolerance,
        reached=certificate.worst <= tolerance,
        rounds=len(outcome.records),
        seconds=seconds,
        relative_gap=certificate.relative_gap,
        max_relative_imbalance=certificate.max_relative_imbalance,
        times_slower_than_monolith=seconds / monolith_seconds,
    )
