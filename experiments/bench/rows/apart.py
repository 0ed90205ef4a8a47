"""Measured calls: in this process, or in one of their own that is ended when its time is up."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from ...errors import MeasurementError
from .memory import peak_memory
from .stopwatch import Timed, median_of_repeats

T = TypeVar("T")

# A fresh process imports the package and receives its matrices first.
_START_SECONDS = 300.0


@dataclass(frozen=True, eq=False)
class Measured(Generic[T]):
    """What a call returned and took, and by how much memory rose."""

    timed: Timed[T]
    peak_mib: float | None


def here(call: Callable[[], T]) -> Measured[T]:
    """Measure in this process, cheap calls several times."""
    with peak_memory() as peak:
        measured = median_of_repeats(call)
    return Measured(measured, peak.mib)


def apart(call: Callable[[], T], seconds: float) -> Measured[T]:
    """Measure in a fresh process: many solvers know no limit of time, or look at the clock only now and then.

    Parameters
    ----------
    call : callable
        It travels, with its arguments, and so does what it returns.
    seconds : float
        What it may take.

    Raises
    ------
    MeasurementError
        If it takes longer, or the process ends without an answer, for want of memory for instance.
    """
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(call, seconds, sender), daemon=True)
    # Ctrl-C at a terminal reaches the new process too, as does what ends a batch job; both are this one's to answer.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    sender.close()
    try:
        if not receiver.poll(_START_SECONDS):
            raise MeasurementError(f"its process has not started within {_START_SECONDS:g} s")
        receiver.recv()
        if not receiver.poll(seconds):
            raise MeasurementError(f"ended after {seconds:g} s")
        answer: Measured[T] | MeasurementError = receiver.recv()
    except EOFError as error:
        process.join()
        raise MeasurementError(f"its process ended without an answer (exit code {process.exitcode})") from error
    finally:
        process.kill()
        process.join()
        receiver.close()
    if isinstance(answer, MeasurementError):
        raise answer
    return answer


def _answer(call: Callable[[], Any], seconds: float, sender: Connection[Any, Any]) -> None:
    # Nothing outlives its time, even if the process that would end it is gone.
    most = ceil((seconds + _START_SECONDS) * (os.cpu_count() or 1))
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    sender.send("ready")
    try:
        sender.send(here(call))
    except MeasurementError as error:
        sender.send(error)
