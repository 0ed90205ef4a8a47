"""Ctrl-C that keeps what was computed."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
    """Raise KeyboardInterrupt at the first Ctrl-C or SIGTERM, and yield a function that tells whether one came.

    What catches the interrupt on the way cannot hide it. The second one finds everything as it was before.
    """
    came = False
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def remember(*_: object) -> None:
        nonlocal came
        came = True
        restore()
        raise KeyboardInterrupt

    for number in _SIGNALS:
        signal.signal(number, remember)
    try:
        yield lambda: came
    finally:
        restore()
