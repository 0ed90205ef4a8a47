"""`--checkpoint DIR --every K` and `--resume`: a run that is killed goes on from its last checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import click

from ...network.plain import printable
from ..archive.checkpoint_folder import Identity, open_checkpoints
from ..archive.checkpoint_keeper import CheckpointKeeper
from ..own_parts.named_parts import mechanism_named
from ..own_parts.own_code import is_code
from ..scenario.schema import Scenario
from ..sweep.identity import scenario_key

F = TypeVar("F", bound=Callable[..., Any])
DEFAULT_EVERY = 50


def checkpoint_options(command: F) -> F:
    """Add the options about checkpoints."""
    place = click.Path(path_type=Path)
    decorators = [
        click.option("--checkpoint", type=place, metavar="DIR", help="Keep there where the run stands."),
        click.option(
            "--every",
            type=click.IntRange(min=1),
            metavar="K",
            help=f"Rounds from one checkpoint to the next.  [default: {DEFAULT_EVERY}]",
        ),
        click.option("--resume", is_flag=True, help="Go on from the last checkpoint in DIR."),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def refuse_checkpoints_without_a_place(
    place: Path | None, out: Path | None, *, every: int | None, resume: bool
) -> None:
    """Raise UsageError if options ask for checkpoints and name no place, or one that results need for themselves."""
    if place is None:
        for name, is_given in (("--every", every is not None), ("--resume", resume)):
            if is_given:
                raise click.UsageError(f"{name} needs --checkpoint DIR")
    elif out is not None:
        one, other = place.resolve(), out.resolve()
        if one.is_relative_to(other) or other.is_relative_to(one):
            raise click.UsageError(f"--checkpoint is {place} and --out is {out}; neither may lie in the other")


@contextmanager
def kept_checkpoints(
    place: Path | None, scenario: Scenario, executor: str, *, every: int | None, resume: bool
) -> Iterator[CheckpointKeeper | None]:
    """What keeps checkpoints of a run if there is a place for them; the last one is written when it ends, however."""
    if place is None:
        yield None
        return
    mechanism, arguments = scenario.coordinator.mechanism, scenario.coordinator.arguments
    parameters = arguments if is_code(mechanism) else mechanism_named(mechanism, arguments)
    identity = Identity(version("walras"), mechanism, repr(parameters), executor, scenario_key(scenario))
    with open_checkpoints(place, identity, resume=resume, tell=_tell) as folder:
        keeper = CheckpointKeeper(folder, every or DEFAULT_EVERY, lambda line: _tell(f"warning: {line}"))
        try:
            yield keeper
        finally:
            keeper.write()


def _tell(line: str) -> None:
    click.echo(printable(line), err=True)
