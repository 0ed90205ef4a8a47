"""Peak memory: of this process while something runs, and of a process with all its descendants."""

from __future__ import annotations

import ctypes
import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROC = Path("/proc")
_SAMPLE_SECONDS = 0.5


class Peak:
    """Most memory so far [MiB]; None where the system does not tell."""

    mib: float | None = None


@contextmanager
def peak_memory() -> Iterator[Peak]:
    """Measure by how much the resident memory of this process rises at most (Linux's VmHWM, reset before).

    Memory that the process holds but does not use is given back before, as far as the allocator can; what it
    keeps is used first, so this is a lower bound.
    """
    peak = Peak()
    gc.collect()
    _give_back()
    try:
        (_PROC / "self" / "clear_refs").write_text("5")
    except OSError:
        yield peak
        return
    before = _status_kib("self", "VmRSS")
    yield peak
    peak.mib = max(_status_kib("self", "VmHWM") - before, 0) / 1024


class ProcessPeak(Peak):
    """Most memory that a process has held, as the system tells while it runs.

    What `wait4` tells afterwards counts what the parent held when it was started.
    """

    def __init__(self, pid: int) -> None:
        self._pid = str(pid)

    def look(self) -> None:
        """Ask the system again; a process that has ended changes nothing."""
        kib = _status_kib(self._pid, "VmHWM")
        if kib:
            self.mib = kib / 1024


@contextmanager
def peak_of_process_tree(pid: int, peak: Peak) -> Iterator[None]:
    """Sample the proportional memory (PSS) of a process and its descendants twice a second."""
    done = threading.Event()

    def sample() -> None:
        while not done.wait(_SAMPLE_SECONDS):
            peak.mib = max(peak.mib or 0.0, _tree_kib(pid) / 1024)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _give_back() -> None:
    """Ask the C library, where it is GNU's, to return free memory to the system."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _status_kib(process: str, key: str) -> int:
    for line in _read(_PROC / process / "status").splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1])
    return 0


def _tree_kib(root: int) -> int:
    children: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdecimal():
            fields = _read(folder / "stat").rpartition(")")[2].split()
            if fields:
                children.setdefault(int(fields[1]), []).append(int(folder.name))
    waiting, total = [root], 0
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        total += sum(
            int(line.split()[1])
            for line in _read(_PROC / str(pid) / "smaps_rollup").splitlines()
            if line.startswith("Pss:")
        )
    return total


def _read(path: Path) -> str:
    """Text of a file of a process, empty if the process has ended meanwhile."""
    try:
        return path.read_text()
    except OSError:
        return ""
