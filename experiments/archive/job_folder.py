"""Folders of long jobs: finished parts are kept, and a job that was broken off goes on."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from ..errors import RunFolderError
from .keeping import locked, write_aside
from .new_folder import clear_abandoned
from .plain_json import read_json

Part = TypeVar("Part")


@dataclass(frozen=True)
class Job:
    """What a folder is claimed for.

    Parameters
    ----------
    kind : str
        In messages: "another process works on this ...".
    folder_kind : str
        In messages: "... is no ...".
    subfolders : tuple of str
        Where finished parts lie.
    identity_file : str
        Name of the file that says which job the folder holds.
    identity : dict
        What it says, as JSON.
    difference : callable
        Takes what the file says; returns in words how that is another job, or None if it is this one. May raise
        ValueError, LookupError or TypeError where it is no identity at all.
    """

    kind: str
    folder_kind: str
    subfolders: tuple[str, ...]
    identity_file: str
    identity: dict[str, Any]
    difference: Callable[[Any], str | None]


@dataclass(frozen=True)
class JobFolder(ABC, Generic[Part]):
    """Where the parts of a job are kept. Small, for it travels to every worker."""

    path: Path

    @abstractmethod
    def places(self, part: Part) -> tuple[Path, ...]:
        """Files or folders in subfolders of the job: the part is finished as soon as one of them exists."""

    def is_finished(self, part: Part) -> bool:
        """Whether the part need not be computed any more."""
        return any(place.exists() for place in self.places(part))

    def pending(self, parts: Iterable[Part]) -> list[Part]:
        """The parts that are to be computed."""
        return [part for part in parts if not self.is_finished(part)]


@contextmanager
def open_job_folder(path: Path, job: Job) -> Iterator[None]:
    """Make the folder of a job, or take it up again, and keep other processes out as long as it is open.

    Raises
    ------
    RunFolderError
        If another process works on it, or it holds anything but this job.
    """
    try:
        if path.exists() and not path.is_dir():
            raise RunFolderError(f"{path} exists already and is no folder; name a new folder")
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(f"{path} cannot be made: {error.strerror}") from error
    with locked(path, job.kind):
        try:
            _claim(path, job)
            for name in job.subfolders:
                (path / name).mkdir(exist_ok=True)
            _clear_unfinished(path, job)
            _try_writing(path)
        except OSError as error:
            raise RunFolderError(f"{path} cannot be written: {error.strerror}") from error
        try:
            yield
        finally:
            _clear_unfinished(path, job)


def _claim(path: Path, job: Job) -> None:
    """Make sure that the folder is this job's; an empty one becomes it."""
    source = path / job.identity_file
    if not source.exists():
        if {entry.name for entry in path.iterdir()} - {f".{job.identity_file}.part"}:
            raise RunFolderError(f"{path} exists already and is no {job.folder_kind}; name a new folder")
        write_aside(source, lambda aside: aside.write_text(json.dumps(job.identity, indent=1), encoding="utf-8"))
    try:
        difference = job.difference(read_json(source))
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise RunFolderError(f"{source}: cannot be read: {error}") from error
    if difference is not None:
        raise RunFolderError(f"{path} holds another {job.kind} ({difference}); name a new folder")


def _clear_unfinished(path: Path, job: Job) -> None:
    """Files and folders are filled under hidden names: those that are left were broken off."""
    clear_abandoned([*path.glob(".*.part"), *path.glob("*/.*.part")])
    for name in job.subfolders:
        clear_abandoned((path / name).glob(".*"))


def _try_writing(path: Path) -> None:
    probe = path / ".tried.part"
    probe.touch()
    probe.unlink()
