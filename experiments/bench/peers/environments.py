"""Peers in environments of their own: a Python that has them, and a script that is run there."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from ...errors import PeerError
from ..rows.memory import Peak, peak_of_process_tree

_SCRIPTS = Path(str(resources.files(__package__))) / "peer_scripts"
PATH = "path"
# What must be importable there, and what is run.
_MODULES_AND_SCRIPTS = {
    "a2dr": ("a2dr", "a2dr_exchange.py"),
    "dede": ("dede", "dede_exchange.py"),
    PATH: ("gamspy", "path_mlcp.py"),
}
PEERS = tuple(_MODULES_AND_SCRIPTS)
# Starting, stating the problem and the last checkpoint take their time too.
_GRACE_SECONDS = 300.0
_CHECK_SECONDS = 120.0


@dataclass(frozen=True)
class PeerEnvironment:
    """A peer and the Python that has it installed.

    Raises
    ------
    PeerError
        If the peer is unknown, the Python is no program, or the peer cannot be imported there.
    """

    peer: str
    python: Path

    def __post_init__(self) -> None:
        """Refuse at once what would fail after minutes."""
        if self.peer not in PEERS:
            raise PeerError(f"{self.peer!r} is no peer that walras knows; known are {', '.join(PEERS)}")
        try:
            is_program = self.python.is_file() and os.access(self.python, os.X_OK)
        except (OSError, ValueError):
            is_program = False
        if not is_program:
            raise PeerError(f"{self.peer}: {self.python} is no program; the Python of its environment is needed")
        module, _ = _MODULES_AND_SCRIPTS[self.peer]
        _call([self.program, "-c", f"import {module}"], _CHECK_SECONDS, self.peer, Peak())

    @property
    def program(self) -> str:
        """What is run. A bare name would be looked up in PATH, and links are left: they tell Python its packages."""
        return str(self.python.absolute())

    @property
    def script(self) -> Path:
        """What is run there."""
        return _SCRIPTS / _MODULES_AND_SCRIPTS[self.peer][1]

    def run(
        self, write_problem: Callable[[Path], object], budget_seconds: float
    ) -> tuple[dict[str, np.ndarray[Any, Any]], float | None]:
        """What the script wrote, and the most memory [MiB] that it and its processes held.

        Raises
        ------
        PeerError
            If it fails, takes much longer than its budget, or writes nothing that can be read.
        """
        with tempfile.TemporaryDirectory(prefix="walras-peer-") as folder:
            problem_file, result_file = Path(folder) / "problem", Path(folder) / "result.npz"
            write_problem(problem_file)
            command = [self.program, str(self.script), str(problem_file), str(result_file), str(budget_seconds)]
            peak = Peak()
            _call(command, budget_seconds + _GRACE_SECONDS, self.peer, peak)
            try:
                with np.load(result_file, allow_pickle=False) as data:
                    return {key: data[key] for key in data.files}, peak.mib
            except (OSError, ValueError, EOFError, BadZipFile) as error:
                raise PeerError(f"{self.peer} wrote no result that can be read: {error}") from error


def _call(command: list[str], seconds: float, peer: str, peak: Peak) -> None:
    """Run a program to its end; what it started is ended with it if it takes too long.

    Raises
    ------
    PeerError
        If it fails or takes longer than that.
    """
    # Without this Ray leaves a token in the user's home.
    environment = {**os.environ, "RAY_AUTH_MODE": "disabled"}
    try:
        started = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise PeerError(f"{peer}: {command[0]} is no program that can be run: {error.strerror}") from error
    with started as process:
        try:
            with peak_of_process_tree(process.pid, peak):
                _, complaints = process.communicate(timeout=seconds)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise PeerError(f"{peer} does not end within {seconds:g} s") from error
            raise
    if process.returncode:
        last = complaints.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
        raise PeerError(f"{peer} fails: {last[0]}")
