"""All commands together; errors and signals become messages and exit codes."""

from __future__ import annotations

from importlib.metadata import version

import click

from ...agents.agent import AgentError
from ...network.grid import GridError
from ...network.plain import printable
from ..errors import OwnPartError, PeerError, RunFolderError, ScenarioError
from .bench import bench
from .explain import explain
from .folders import plot, show
from .listing import list_
from .new import new
from .paper import paper
from .process.interrupts import listening
from .solve import compare, run
from .sweep import sweep
from .validation import schema, validate

_MOST_FAULTS = 100


class _Commands(click.Group):
    """Known errors become one line each on stderr and an exit code; others keep their traceback."""

    def invoke(self, ctx: click.Context) -> None:
        """Run a command; if a signal came, the exit code says so, whatever became of the command."""
        with listening() as interrupts:
            ctx.obj = interrupts
            try:
                code = self._exit_code(ctx)
                interrupts.hold()
            except (KeyboardInterrupt, Exception) as error:
                # Some C code makes another error of an interrupt.
                if not isinstance(error, KeyboardInterrupt) and (interrupts.first is None or interrupts.is_holding):
                    raise
                click.echo("error: interrupted before there was anything to keep", err=True)
                ctx.exit(interrupts.exit_code)
            ctx.exit(code if interrupts.first is None else interrupts.exit_code)

    def _exit_code(self, ctx: click.Context) -> int:
        try:
            super().invoke(ctx)
        except click.exceptions.Exit as ending:
            return ending.exit_code
        except ScenarioError as error:
            for fault in error.faults[:_MOST_FAULTS]:
                _tell(f"{error.source}: {fault}")
            if len(error.faults) > _MOST_FAULTS:
                _tell(f"{error.source}: {len(error.faults) - _MOST_FAULTS:,} more faults are not shown")
            return 2
        except (GridError, OwnPartError, PeerError, RunFolderError) as error:
            _tell(str(error))
            return 2
        except MemoryError as error:
            click.echo(f"error: not enough memory: {error or 'the system gives no more'}", err=True)
            return 1
        except (AgentError, OSError) as error:
            _tell(str(error))
            return 1
        return 0


def _tell(message: str) -> None:
    """Print an error; what files and their names hold must not command the terminal."""
    click.echo(f"error: {printable(message)}", err=True)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("walras"), prog_name="walras")
def walras() -> None:
    """Decentralised power-market equilibria, round by round.

    Exit codes: 0 converged, 2 the input is wrong, 3 not converged, 130 Ctrl-C and 143 SIGTERM, after what there is
    has been written; 1 anything else.
    """


for _command in (new, run, compare, sweep, paper, validate, schema, show, plot, list_, explain, bench):
    walras.add_command(_command)
