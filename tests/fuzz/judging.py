"""One odd input, given to the command line in this process, and what must hold whatever it is."""

import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import click
from click.testing import CliRunner

from walras.experiments.cli import bench, sweep
from walras.experiments.cli.commands import walras

# Of the processor: how long a busy machine lets a process wait says nothing of its input.
SECONDS = 10.0
# Commands that would compute for long end with this code as soon as their input has been taken.
TAKEN = 77
# A process that only waits hangs, too.
_PATIENCE = 12
CODES = {0, 2, 3, TAKEN}


@dataclass(frozen=True)
class Input:
    """An input.

    `told` shows it, `names` is what an error must name, and `lost` says what of it was dropped where it was taken.
    """

    kind: str
    arguments: list[str]
    told: str
    names: str = ""
    lost: Callable[[str], str | None] = lambda out: None


@dataclass(frozen=True)
class Verdict:
    code: int
    fault: str | None


class Hang(BaseException):
    """Raised by the alarm; no handler of errors may catch it."""


def taken(*_, **__):
    raise click.exceptions.Exit(TAKEN)


def nothing_is_computed(monkeypatch):
    """Let sweep and bench end when they would begin to compute."""
    monkeypatch.setattr(sweep, "_compute", taken)
    monkeypatch.setattr(bench, "measure", taken)


def judge(given: Input) -> Verdict:
    """Give an input to the command line; the fault is None where all holds."""
    try:
        return within(SECONDS, lambda: _judge(given))
    except Hang:
        return Verdict(-1, f"it took more than {SECONDS:g} s of the processor, or waited {_PATIENCE:g} times as long")


def within(seconds: float, act: Callable[[], Verdict]) -> Verdict:
    def ring(*_):
        raise Hang

    alarms = {
        signal.SIGPROF: (signal.ITIMER_PROF, seconds),
        signal.SIGALRM: (signal.ITIMER_REAL, _PATIENCE * seconds),
    }
    before = {number: signal.signal(number, ring) for number in alarms}
    for timer, after in alarms.values():
        signal.setitimer(timer, after)
    try:
        return act()
    finally:
        for timer, _ in alarms.values():
            signal.setitimer(timer, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _judge(given: Input) -> Verdict:
    # In colour, as at a terminal: elsewhere click takes out what would be orders to one.
    result = CliRunner().invoke(walras, given.arguments, color=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        last = "".join(traceback.format_exception(result.exception)[-6:])
        return Verdict(1, f"traceback:\n{last}")
    return Verdict(result.exit_code, _fault(given, result))


def _fault(given: Input, result) -> str | None:
    code, out, err = result.exit_code, result.stdout, result.stderr
    if code not in CODES:
        return f"exit code {code}: {err[-300:]}"
    orders = [c for c in out + err if not c.isprintable() and c != "\n"]
    if orders:
        return f"characters {orders[:5]} reach the terminal"
    if code == 2:
        if out or not err.strip():
            return f"refused with {out[:100]!r} on stdout and {err[:100]!r} on stderr"
        return None if given.names in err else f"the error does not name {given.names}: {err[:300]}"
    return given.lost(out)
