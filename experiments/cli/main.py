"""The entry point: gathers the commands and turns errors into messages and exit codes."""

from __future__ import annotations

import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Any

import click

from ...agents.agent import AgentError
from ...network.grid import GridError
from ...network.plain import printable
from ..errors import PeerError, RunFolderError, ScenarioError
from .bench import bench
from .folders import plot, show
from .listing import list_
from .paper import paper
from .solve import compare, run
from .sweep import sweep
from .validation import schema, validate

_MOST_FAULTS = 100


class _Commands(click.Group):
    """Known errors become one line each on stderr and an exit code; others keep their traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except ScenarioError as error:
            for fault in error.faults[:_MOST_FAULTS]:
                _tell(f"{error.source}: {fault}")
            if len(error.faults) > _MOST_FAULTS:
                _tell(f"{error.source}: {len(error.faults) - _MOST_FAULTS:,} more faults are not shown")
            ctx.exit(2)
        except (GridError, PeerError, RunFolderError) as error:
            _tell(str(error))
            ctx.exit(2)
        except (AgentError, OSError) as error:
            _tell(str(error))
            ctx.exit(1)


def _tell(message: str) -> None:
    """Print an error; what files and their names hold must not command the terminal."""
    click.echo(f"error: {printable(message)}", err=True)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("walras"), prog_name="walras")
def walras() -> None:
    """Decentralised power-market equilibria, round by round.

    Exit codes: 0 converged, 2 the input is wrong, 3 not converged, 1 anything else; run and compare 130 if interrupted.
    """


for _command in (run, compare, sweep, paper, validate, schema, show, plot, list_, bench):
    walras.add_command(_command)


def main() -> None:
    """Console script."""
    # A terminal that lacks a letter of somebody's name gets its code instead of an error.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(walras())
