"""The argument and the options that name an instance, shared by the commands below `walras microgrid`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def instance_options(command: F) -> F:
    """Add the argument ``scenario`` and the options ``seed`` and ``overrides``, which `read_instance` takes."""
    decorators = [
        click.argument("scenario"),
        click.option("--seed", type=click.IntRange(min=0), help="Seed of the generator; it counts more than --set."),
        click.option(
            "--set",
            "overrides",
            multiple=True,
            metavar="KEY.PATH=VALUE",
            help="Override a value; generator.KEY before an instance is generated, all else after. Repeatable.",
        ),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command
