"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from ...coordinator.catalogue import EXECUTORS, MECHANISMS
from ...coordinator.executor import Executor
from ...coordinator.executors.on_ray.on_ray import OnRay
from ...network.plain import printable
from ..errors import Fault, ScenarioError
from ..own_parts.own_code import is_code
from ..results.shown_hour import hour_fault
from ..scenario.reading import ScenarioOnCase, read_scenario
from ..scenario.schema import Scenario
from .checkpointing import checkpoint_options

F = TypeVar("F", bound=Callable[..., Any])
MOST_WORKERS = 1024
RAY = "ray"


class NumberWithin(click.FloatRange):
    """A number between two ends, which NaN is not; click's own range takes it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number."""
        number = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value} is no number", param, ctx)
        return number


class FiniteFloat(NumberWithin):
    """A number above 0."""

    def __init__(self, most: float) -> None:
        super().__init__(min=0, min_open=True, max=most)


class MechanismName(click.Choice[str]):
    """A mechanism of the catalogue, or an own one."""

    def __init__(self) -> None:
        super().__init__(list(MECHANISMS))

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name; who reads the scenario says what is wrong with one of code."""
        return value if is_code(value) else super().convert(value, param, ctx)


def allow_code_option(command: F) -> F:
    """Add the option that lets code run which names on the command line or in files lead to."""
    return click.option(
        "--allow-code",
        is_flag=True,
        help="Let module:Class stand where a mechanism or an agent is named: run that code.",
    )(command)


@dataclass(frozen=True)
class SolveOptions:
    """What the options that run, compare and sweep have in common say."""

    mechanism: str | None
    executor: str
    inner: str | None
    ray_address: str | None
    workers: int | None
    tolerance: float | None
    max_rounds: int | None
    overrides: tuple[str, ...]
    seed: int | None
    allow_code: bool
    out: Path | None
    as_json: bool
    verbose: bool
    quiet: bool

    @property
    def answering(self) -> Executor:
        """The executor that the options name."""
        return executor_of_options(self.executor, self.inner, self.workers, self.ray_address)

    @property
    def scenario_overrides(self) -> list[str]:
        """All overrides of the scenario; options count as overrides too."""
        named = {
            "coordinator.mechanism": self.mechanism,
            "coordinator.tolerance": self.tolerance,
            "coordinator.max_rounds": self.max_rounds,
            "seed": self.seed,
        }
        options = [f"{key}={value}" for key, value in named.items() if value is not None]
        return [*self.overrides, *options]


@dataclass(frozen=True)
class RunOptions(SolveOptions):
    """What the options of run and compare say."""

    scenario: str
    hour: int | None
    selection: str | None
    checkpoint: Path | None
    every: int | None
    resume: bool

    def load(self) -> ScenarioOnCase:
        """The scenario with all overrides, and its case.

        Raises
        ------
        ScenarioError
            Also if it has no such hour as is to be shown.
        """
        overrides = self.scenario_overrides + ([f"selection={self.selection}"] if self.selection else [])
        loaded = read_scenario(self.scenario, overrides, allow_code=self.allow_code)
        if fault := hour_fault(self.hour, loaded.scenario.periods):
            raise ScenarioError(self.scenario, [Fault("", fault)])
        return loaded


def executor_of_options(name: str, inner: str | None, workers: int | None, ray_address: str | None) -> Executor:
    """The executor that options name.

    Raises
    ------
    click.UsageError
        If some say how Ray is to be used, and it is not.
    """
    if name == RAY:
        return OnRay(EXECUTORS[inner or "compiled"], workers, ray_address)
    for option, value in (("--inner", inner), ("--ray-address", ray_address)):
        if value is not None:
            raise click.UsageError(f"{option} needs --executor {RAY}.")
    return EXECUTORS[name]


@contextmanager
def faults_of(source: str) -> Iterator[None]:
    """Report faults that are found after reading under the name the user gave."""
    try:
        yield
    except ScenarioError as error:
        raise ScenarioError(source, error.faults) from error


def tell_written(out: Path | None, *, quiet: bool) -> None:
    """Say on stderr where results were written, if anywhere."""
    if out is not None and not quiet:
        click.echo(f"written to {printable(str(out))}", err=True)


def run_options(command: F) -> F:
    """Add the scenario argument and the options of `RunOptions` to a command."""
    rules = click.Choice(get_args(Scenario.model_fields["selection"].annotation))
    text = "Which of several equal contract matrices is shown; none: the one that is found, which is faster."
    selection_option = click.option("--selection", type=rules, help=text)
    text = "With --executor ray: processes, one core each.  [default: all cores]"
    workers_option = click.option("--workers", type=click.IntRange(1, MOST_WORKERS), help=text)
    with_rounds = solve_options(checkpoint_options(command))
    return click.argument("scenario")(hour_option(selection_option(workers_option(with_rounds))))


def hour_option(command: F) -> F:
    """Add the option for the hour that tables and maps show."""
    text = "Hour that tables and maps show.  [default: the one in which nodal prices differ most]"
    return click.option("--hour", type=int, metavar="H", help=text)(command)


def executor_options(command: F) -> F:
    """Add the options that name an executor to a command."""
    decorators = [
        click.option(
            "--executor",
            type=click.Choice(list(EXECUTORS)),
            default="compiled",
            show_default=True,
            help="How responses are computed; the answers are the same.",
        ),
        click.option(
            "--inner",
            type=click.Choice(["compiled", "batched"]),
            help="With --executor ray: what answers in each worker.  [default: compiled]",
        ),
        click.option(
            "--ray-address",
            metavar="HOST:PORT",
            help="With Ray: one that runs there.  [default: one is started here]",
        ),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def solve_options(command: F) -> F:
    """Add the options of `SolveOptions` to a command."""
    decorators = [
        click.option("--mechanism", type=MechanismName(), help="How prices are adjusted."),
        executor_options,
        click.option("--tolerance", type=float, help="Certified gap and imbalance at which to stop."),
        click.option("--max-rounds", type=int, help="Budget of rounds."),
        click.option(
            "--set", "overrides", multiple=True, metavar="KEY.PATH=VALUE", help="Override the scenario; repeatable."
        ),
        click.option("--seed", type=int, help="Kept with the results."),
        allow_code_option,
        click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write the results there."),
        click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout and nothing else."),
        click.option("-v", "--verbose", is_flag=True, help="Print more: all buses, surpluses and regrets, all runs."),
        click.option("-q", "--quiet", is_flag=True, help="No progress line."),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command
