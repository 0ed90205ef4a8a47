"""HiGHS beside the thread that waits for it, which alone is interrupted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

import highspy

from .silent_highs import SilentHighs

_LOOK_SECONDS = 0.1


def run_beside(highs: SilentHighs, goes_on: Callable[[], bool]) -> bool:
    """Run HiGHS, and say whether it has come to its own end.

    Parameters
    ----------
    highs : SilentHighs
    goes_on : callable
        Asked every tenth of a second whether it is to go on.

    Returns
    -------
    bool
        False where the user interrupted it, or it was not to go on: HiGHS has stopped then.
    """
    run = _Run(highs)
    try:
        Thread(target=run.run, daemon=True).start()
        while not run.ended.wait(_LOOK_SECONDS):
            if not goes_on():
                return False
    except KeyboardInterrupt:
        return False
    finally:
        run.stop()
    return True


class _Run:
    """One run, which may be stopped before it has begun."""

    def __init__(self, highs: SilentHighs) -> None:
        self._highs = highs
        self._begun, self._stopped, self.ended = Event(), Event(), Event()
        self._calls = (highs.cbMipInterrupt, highs.cbSimplexInterrupt, highs.cbIpmInterrupt)
        for calls in self._calls:
            calls.subscribe(self._look_up)

    def run(self) -> None:
        """Run to the end, unless it is stopped."""
        self._begun.set()
        try:
            if not self._stopped.is_set():
                self._highs.solve()
                # HiGHS keeps threads of its own for each thread that it runs in.
                self._highs.resetGlobalScheduler(False)
        finally:
            self.ended.set()

    def stop(self) -> None:
        """End it, and return when it has ended, whatever interrupts come; if it has not begun, it never does."""
        self._stopped.set()
        while self._begun.is_set() and not self.ended.is_set():
            with suppress(KeyboardInterrupt):
                self.ended.wait(_LOOK_SECONDS)
        # HiGHS may run again.
        for calls in self._calls:
            calls.unsubscribe(self._look_up)

    def _look_up(self, event: highspy.HighsCallbackEvent) -> None:
        if self._stopped.is_set():
            event.interrupt()
