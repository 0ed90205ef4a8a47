"""Tasks that workers import."""

import os
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from walras.experiments.workers.task import Task


def as_it_is(result):
    """Keep nothing, and tell the result."""
    return result


def told(compute: Callable[[], Any]) -> Task[Any, Any]:
    """A task that tells its result."""
    return Task("a task", compute, as_it_is)


def kept_slowly(place: Path) -> Task[int, None]:
    """A task that begins to write, and ends half a second later."""
    return Task("slow", os.getpid, partial(_keep_slowly, place))


def lost_at_first(folder: Path, name: str, times: int) -> Task[str, str]:
    """A task whose process dies some times; the folder gets a file each time, and it tells its name in the end."""
    return Task(name, partial(_die_or_tell, folder, name, times), as_it_is)


def _die_or_tell(folder: Path, name: str, times: int) -> str:
    before = len(list(folder.glob(f"{name}-*")))
    if before < times:
        (folder / f"{name}-{before}").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return name


def begun_and_ended(seconds: float) -> tuple[float, float]:
    """Take some time, and tell when."""
    begin = time.monotonic()
    time.sleep(seconds)
    return begin, time.monotonic()


def signal_and_wait(number: int, listener: int, folder: Path) -> None:
    """Send a signal to another process as soon as it kept something, and compute for longer than anybody waits."""
    while not (folder / "kept").exists():
        time.sleep(0.01)
    (folder / "process").write_text(str(os.getpid()))
    os.kill(listener, number)
    time.sleep(600)


def _keep_slowly(place: Path, _: int) -> None:
    place.write_text("begun")
    time.sleep(0.5)
    place.write_text("kept")
