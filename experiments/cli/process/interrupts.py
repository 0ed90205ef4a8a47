"""Ctrl-C and SIGTERM that keep what was computed."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Which signals came, and whether they may break off what is done at the moment.

    As long as there is nothing to lose, and within `breakable`, a signal raises KeyboardInterrupt wherever the process
    is. Elsewhere it is remembered until something asks: what is being closed, printed or written is not cut in two.
    """

    def __init__(self) -> None:
        self.first: int | None = None
        self.is_holding = False
        self._raised = 0
        self._is_unanswered = False
        self._is_breakable = True

    @property
    def exit_code(self) -> int:
        """What tells that a signal ended the command, as shells count: 130 or 143."""
        return 128 + (self.first or signal.SIGINT)

    def hear(self, number: int, _: FrameType | None) -> None:
        """Take a signal."""
        self.first = self.first or number
        self._is_unanswered = True
        if self._is_breakable:
            self._raise()

    def hold(self) -> None:
        """From here on there is something to lose: signals are remembered."""
        self.is_holding = True
        self._is_breakable = False

    def after_round(self) -> None:
        """Hold, and end the run if a signal came: a round is made or not."""
        self.hold()
        if self.first is not None:
            self._raise()

    @contextmanager
    def breakable(self) -> Iterator[None]:
        """Around what may be broken off anywhere; it is not even begun if a signal waits for an answer.

        What catches the interrupt on the way, or makes another error of it as some C code does, cannot hide it.
        """
        before, raised = self._is_breakable, self._raised
        if self._is_unanswered:
            self._raise()
        self._is_breakable = True
        try:
            yield
        except Exception as error:
            if self._raised == raised:
                raise
            raise KeyboardInterrupt from error
        finally:
            self._is_breakable = before and not self.is_holding and self._raised == raised
        if self._raised != raised:
            raise KeyboardInterrupt

    def hear_again(self) -> None:
        """Take back an interrupt that Python could not raise where it was, as in a destructor."""
        self._is_unanswered = True
        self._is_breakable = True

    def _raise(self) -> None:
        self._is_unanswered = False
        # What is cleaned up on the way out is not broken off once more.
        self._is_breakable = False
        self._raised += 1
        raise KeyboardInterrupt


@contextmanager
def listening() -> Iterator[Interrupts]:
    """Take Ctrl-C and SIGTERM, those left out that the process was told to ignore when it was started."""
    interrupts = Interrupts()
    before = {number: signal.getsignal(number) for number in SIGNALS}
    hook = sys.unraisablehook

    def unraisable(told: sys.UnraisableHookArgs) -> None:
        if issubclass(told.exc_type, KeyboardInterrupt):
            interrupts.hear_again()
        else:
            hook(told)

    heard = [number for number, handler in before.items() if handler != signal.SIG_IGN]
    sys.unraisablehook = unraisable
    for number in heard:
        signal.signal(number, interrupts.hear)
    try:
        yield interrupts
    finally:
        for number in heard:
            signal.signal(number, before[number])
        sys.unraisablehook = hook
