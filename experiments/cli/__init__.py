"""The command line: one small file a command."""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper
from types import FrameType


def main() -> None:
    """Console script: it answers signals and limits of memory before anything takes time to import."""
    heard = [number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) != signal.SIG_IGN]
    for number in heard:
        signal.signal(number, _end)
    # Blocks of agents are small: threads wake for each of them, and on a busy machine wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from .process.address_space import want_of_address_space

    reason = want_of_address_space()
    if reason is not None:
        sys.exit(f"error: {reason}")
    from .process.imports import kept_imports
    from .process.statistics_later import statistics_later

    with kept_imports(), statistics_later():
        from .commands import walras

    # A terminal that lacks a letter of somebody's name gets its code instead of an error.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        walras()
    finally:
        # The exit code is settled; what comes while Python closes down would only change it.
        for number in heard:
            signal.signal(number, signal.SIG_IGN)


def _end(number: int, _: FrameType | None) -> None:
    """End at once: before a command begins there is nothing to keep."""
    os._exit(128 + number)
