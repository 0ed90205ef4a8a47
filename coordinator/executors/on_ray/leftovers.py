"""What Ray leaves behind where it was ended while it still began: helpers without the process that minded them."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Sockets have paths of 107 bytes at most, of which Ray needs 75.
_LONGEST_FOLDER = 30
_TRIES, _TRY_SECONDS = 20, 0.1


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder for what Ray writes; at the end nothing is left of it, nor of the processes that write to it."""
    usual = tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix="walras-", dir=usual if len(usual) <= _LONGEST_FOLDER else "/tmp"))
    try:
        yield folder
    finally:
        for _ in range(_TRIES):
            writing = _processes_with_files_in(folder)
            for process in writing:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process, signal.SIGKILL)
            # Who is about to end may write once more.
            shutil.rmtree(folder, ignore_errors=True)
            if not writing and not folder.exists():
                break
            time.sleep(_TRY_SECONDS)


def _processes_with_files_in(folder: Path) -> list[int]:
    """Other processes that hold a file open there; the names that helpers of Ray take do not tell whose they are."""
    within, found = f"{folder}/", []
    for process in Path("/proc").glob("[0-9]*"):
        # Most are somebody else's, and some end meanwhile.
        with suppress(OSError):
            if int(process.name) != os.getpid() and any(
                os.readlink(file).startswith(within) for file in (process / "fd").iterdir()
            ):
                found.append(int(process.name))
    return found
