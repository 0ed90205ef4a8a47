"""All commands together; errors and signals become messages and exit codes."""

from __future__ import annotations

from importlib.metadata import version

import click

from ...agents.agent import AgentError
from ...coordinator.executor import UnavailableError
from ...coordinator.programmes.unsolved import UnsolvedProgrammeError
from ...network.grid import GridError
from ...network.plain import printable
from ..errors import OwnPartError, PeerError, RunFolderError, ScenarioError
from ..workers.task import LostWorkerError
from .process.interrupts import listening
from .process.lazy_group import LazyGroup

_MOST_FAULTS = 100
# Where a command is defined, and the first sentence of its help: only the one that is called is imported.
COMMANDS = {
    "bench": (
        ".bench:bench",
        "Measure mechanisms, executors, monoliths and peers; every result is certified by regrets.",
    ),
    "compare": (".solve:compare", "Iterate a scenario to clearing, with the monolith beside it."),
    "explain": (
        ".explain:explain",
        "Say in plain words what a term of tables, JSON, diagnoses and options means; alone: list all terms.",
    ),
    "list": (".listing:list_", "List built-in scenarios, microgrid instances, grids, mechanisms and executors."),
    "microgrid": (
        ".microgrid.microgrid_group:microgrid",
        "Schedule compute and power of datacenters that are microgrids (the system of arXiv 2605.03751).",
    ),
    "new": (
        ".new:new",
        "Write a market of three buses with an own agent and an own mechanism, which runs as it is, to begin from.",
    ),
    "paper": (
        ".paper:paper",
        "Repeat the case study of arXiv 2602.19310: its tables, figures and claims with verdicts.",
    ),
    "plot": (
        ".folders:plot",
        "Draw a run (convergence, the network with prices and congested lines, all hours), or curves of a sweep.",
    ),
    "run": (".solve:run", "Iterate a scenario to clearing."),
    "schema": (".validation:schema", "Print the JSON Schema of a scenario."),
    "show": (".folders:show", "Read the folder of a run or of a sweep back."),
    "sweep": (".sweep:sweep", "Run a scenario many times, with other values each time."),
    "validate": (
        ".validation:validate",
        "Print every error of a scenario at once, each with its path, the value and what is allowed.",
    ),
    "why": (
        ".why.explain_price:why",
        "Say who and what set the price at a bus, and what more load, limits, weights, rates and costs would change.",
    ),
}


class _Commands(LazyGroup):
    """Known errors become one line each on stderr and an exit code; others keep their traceback."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Import the command that is named before signals are listened to: until then they end the process at once."""
        self.import_called(ctx, args)
        return super().parse_args(ctx, args)

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
        except (GridError, OwnPartError, PeerError, RunFolderError, UnavailableError) as error:
            _tell(str(error))
            return 2
        except MemoryError as error:
            click.echo(f"error: not enough memory: {error or 'the system gives no more'}", err=True)
            return 1
        except BrokenPipeError:
            # Who reads has seen enough, as `head` has: click ends without a word.
            raise
        except (AgentError, LostWorkerError, UnsolvedProgrammeError, OSError) as error:
            _tell(str(error))
            return 1
        return 0


def _tell(message: str) -> None:
    """Print an error; what files and their names hold must not command the terminal."""
    click.echo(f"error: {printable(message)}", err=True)


@click.group(
    cls=_Commands, places=COMMANDS, package=__package__, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(version("walras"), prog_name="walras")
def walras() -> None:
    """Decentralised power-market equilibria, round by round.

    Exit codes: 0 converged, 2 the input is wrong, 3 not converged, 130 Ctrl-C and 143 SIGTERM, after what there is
    has been written; 1 anything else.
    """
