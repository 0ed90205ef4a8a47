"""Measuring a plan row by row, within a limit of time and until somebody interrupts."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import product

from ...network.grid import GridError
from ..errors import InfeasibleError, ScenarioError, UnsolvedError
from .measurements import TOLERANCES, Plan, measurements
from .problems.problems import Problem, problem_builders
from .rows.row import Kind, Row, Subject
from .rows.verdict import Verdict
from .rows.whole_command import VERBS, TimedCommand, timed_grid


@dataclass(frozen=True)
class Bench:
    """All rows, whole commands, and a sentence for whatever was left out."""

    rows: tuple[Row, ...]
    canonicalise_seconds: dict[str, float]
    skipped: tuple[str, ...]
    commands: tuple[TimedCommand, ...] = ()


def bench(
    plan: Plan,
    on_step: Callable[[str], object],
    breakable: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Bench:
    """Measure all commands and rows of a plan, one after the other; what may not end runs beside this process.

    Parameters
    ----------
    plan : Plan
    on_step : callable
        Called with what is measured next, as often as `Plan.measurements` says unless something is left out.
    breakable : callable
        What it returns is around every measurement. On a KeyboardInterrupt there what was measured before is returned;
        it must raise one at the end as well, since a peer may answer an interrupt for itself.
    """
    measuring = _Measuring(plan, on_step, breakable, time.perf_counter() + plan.total_seconds)
    try:
        measuring.measure_commands()
        for name, build in problem_builders(plan.exchange_size, plan.seed).items():
            if name in plan.problems:
                measuring.measure_on(name, build)
    except KeyboardInterrupt:
        measuring.skipped.append(f"interrupted at {measuring.step}; whatever comes after it is left out")
    return Bench(
        tuple(measuring.rows), measuring.canonicalise_seconds, tuple(measuring.skipped), tuple(measuring.commands)
    )


@dataclass
class _Measuring:
    """What has been measured so far."""

    plan: Plan
    on_step: Callable[[str], object]
    breakable: Callable[[], AbstractContextManager[object]]
    latest: float
    step: str = ""
    rows: list[Row] = field(default_factory=list)
    canonicalise_seconds: dict[str, float] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    commands: list[TimedCommand] = field(default_factory=list)

    def measure_commands(self) -> None:
        late = []
        for grid, verb in product(self.plan.commands, VERBS):
            step = f"walras {verb} {grid}"
            if self.is_late():
                late.append(step)
                continue
            self.step = step
            self.on_step(step)
            # Whatever keeps a run from its end would keep a comparison too.
            lost = [f"{one.verb} did not get there" for one in self.commands if one.grid == grid and not one.reached]
            if lost:
                self.commands.append(TimedCommand(grid, verb, f"not tried: {lost[0]}"))
                continue
            with self.breakable():
                measured = timed_grid(grid, verb, self.plan.command_seconds)
            self.commands.append(measured)
        if late:
            self.leave_out(late)

    def measure_on(self, name: str, build: Callable[[], Problem]) -> None:
        self.step = name
        if self.is_late():
            self.leave_out([name])
            return
        try:
            with self.breakable():
                problem = build()
        except (GridError, ScenarioError, InfeasibleError, UnsolvedError) as error:
            self.skipped.append(f"{name} is left out: {error}")
            return
        self.canonicalise_seconds[name] = problem.canonicalise_seconds
        late = []
        for subject, measure in measurements(problem, self.plan):
            step = f"{subject.method} {subject.executor}".strip() + f" on {name}"
            if self.is_late():
                late.append(step)
                continue
            self.step = step
            self.on_step(step)
            with self.breakable():
                measured = self.not_tried(subject) or measure()
            self.rows += measured
        if late:
            self.leave_out(late)

    def is_late(self) -> bool:
        return time.perf_counter() > self.latest

    def leave_out(self, steps: list[str]) -> None:
        verb = "is" if len(steps) == 1 else "are"
        self.skipped.append(f"{', '.join(steps)} {verb} left out: {self.plan.total_seconds / 60:g} minutes are spent")

    def not_tried(self, subject: Subject) -> list[Row]:
        """A row that says on which smaller problem the same method got nowhere; else none.

        Solvers of the QP are tried on every problem: all of them know the way, and large ones give them more time.
        """
        if subject.kind == Kind.QP:
            return []
        loosest, way = TOLERANCES[0], (subject.kind, subject.method, subject.executor)
        lost = [
            row.problem
            for row in self.rows
            if (row.kind, row.method, row.executor) == way
            and row.tolerance == loosest
            and not row.reached
            and row.goods < len(subject.problem.market.goods)
        ]
        if not lost:
            return []
        return [subject.row(loosest, Verdict(), f"not tried: it did not reach {loosest:g} on {lost[0]}")]
