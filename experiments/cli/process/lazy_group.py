"""Groups of commands of which only the one that is called is imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from .imports import kept_imports


class LazyGroup(click.Group):
    """A group that tells of its commands without importing any.

    Parameters
    ----------
    places : mapping of str to tuple of str
        By name: ``module:attribute``, and the first sentence of the command's help.
    package : str
        That modules are relative to.
    options : Any
        Of a click group.
    """

    def __init__(self, *, places: Mapping[str, tuple[str, str]], package: str, **options: Any) -> None:
        super().__init__(**options)
        self._places = places
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return sorted(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, if there is one of this name."""
        if cmd_name not in self._places:
            return None
        module, _, name = self._places[cmd_name][0].partition(":")
        with kept_imports():
            command: click.Command = getattr(import_module(module, self._package), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List all commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._places[name][1]) for name in self.list_commands(ctx)])

    def import_called(self, ctx: click.Context, args: Sequence[str]) -> None:
        """Import the command that arguments call, and that of a group below it."""
        command = self.get_command(ctx, args[0]) if args else None
        if isinstance(command, LazyGroup):
            command.import_called(ctx, args[1:])
