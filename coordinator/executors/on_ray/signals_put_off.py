"""Signals that wait until what must not be cut in two is done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def signals_put_off() -> Iterator[None]:
    """Around what must not be cut in two; what comes meanwhile is heard afterwards, by whoever listened before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def remember(number: int, _: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, remember) for number in _SIGNALS}
    try:
        yield
    finally:
        for listened, handler in before.items():
            signal.signal(listened, handler)
        for number in came:
            signal.raise_signal(number)


def heard_again() -> None:
    """Put Python's own handlers back where a library has left the system's in their place."""
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            signal.signal(number, signal.getsignal(number))
