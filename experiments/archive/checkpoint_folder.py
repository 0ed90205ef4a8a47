"""Folders of checkpoints: the last ones of a run, newest first, for one process at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...coordinator.checkpoints.encoding import Arrays
from ..errors import RunFolderError
from .checkpoint_file import Checkpoint, CheckpointError, read_checkpoint, write_checkpoint
from .keeping import locked
from .new_folder import clear_abandoned

# The last one, and the one before it, should the last be damaged.
KEPT = 2


@dataclass(frozen=True)
class Identity:
    """What the rounds of a run follow from: a checkpoint of another one is of no use.

    Parameters
    ----------
    walras : str
        Version.
    mechanism, executor : str
    parameters : str
        Of the mechanism.
    scenario : str
        Digest of all else.
    """

    walras: str
    mechanism: str
    parameters: str
    executor: str
    scenario: str

    def difference(self, document: dict[str, Any]) -> str | None:
        """How a checkpoint is another run's, in words, or None."""
        for name, own in vars(self).items():
            if (theirs := document.get(name)) != own:
                return f"its {name} is {theirs}, and here it is {own}"
        return None


@dataclass(eq=False)
class CheckpointFolder:
    """Where the checkpoints of a run lie.

    Parameters
    ----------
    path : Path
    identity : Identity
    found : Checkpoint or None
        The one to go on from.
    files : list of Path
        Those that are there, the oldest first.
    number : int
        Of the last file.
    """

    path: Path
    identity: Identity
    found: Checkpoint | None
    files: list[Path]
    number: int

    def add(self, document: dict[str, Any], arrays: Arrays) -> None:
        """Write a checkpoint, and remove what is older than the one before it.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        place = self.path / f"checkpoint-{self.number + 1:06}.walras"
        write_checkpoint(place, Checkpoint({**vars(self.identity), **document}, arrays))
        self.number += 1
        self.files.append(place)
        while len(self.files) > KEPT:
            self.files.pop(0).unlink(missing_ok=True)


@contextmanager
def open_checkpoints(
    path: Path, identity: Identity, *, resume: bool, tell: Callable[[str], None]
) -> Iterator[CheckpointFolder]:
    """Make a folder of checkpoints, or take it up again, and keep other processes out as long as it is open.

    Parameters
    ----------
    path : Path
    identity : Identity
    resume : bool
        Whether to go on from the last checkpoint that can be used; without any, from the first round.
    tell : callable
        Takes lines for the user.

    Raises
    ------
    RunFolderError
        If the folder holds anything else, or checkpoints of which none can be used or none is asked for; if
        another process works on it, or it cannot be written.
    """
    is_new = not path.exists()
    try:
        if not is_new and not path.is_dir():
            raise RunFolderError(f"{path} exists already and is no folder; name a new folder")
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(f"{path} cannot be made: {error.strerror}") from error
    try:
        with locked(path, "run"):
            yield _taken_up(path, identity, resume=resume, tell=tell)
    finally:
        if is_new:
            with suppress(OSError):
                path.rmdir()


def _taken_up(path: Path, identity: Identity, *, resume: bool, tell: Callable[[str], None]) -> CheckpointFolder:
    files = sorted(path.glob("checkpoint-[0-9][0-9][0-9][0-9][0-9][0-9].walras"))
    try:
        clear_abandoned(path.glob(".checkpoint-*.part"))
        if not files and any(path.iterdir()):
            raise RunFolderError(f"{path} exists already and holds no checkpoints; name a new folder")
        probe = path / ".checkpoint-tried.part"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise RunFolderError(f"{path} cannot be written: {error.strerror}") from error
    if not resume and files:
        raise RunFolderError(f"{path} holds checkpoints already; --resume goes on from the last, or name a new folder")
    if not files:
        if resume:
            tell(f"{path} holds no checkpoint yet: the run begins with round 1")
        return CheckpointFolder(path, identity, None, [], 0)
    return _last_usable(path, identity, files, tell)


def _last_usable(path: Path, identity: Identity, files: list[Path], tell: Callable[[str], None]) -> CheckpointFolder:
    """The folder with the last checkpoint that can be used; why others cannot is told."""
    reasons = []
    for position, file in reversed([*enumerate(files, 1)]):
        try:
            found = read_checkpoint(file)
            if difference := identity.difference(found.document):
                raise CheckpointError(difference)
        except CheckpointError as error:
            reasons.append(f"{file.name} cannot be used: {error}")
            continue
        for reason in reasons:
            tell(f"warning: {path}: {reason}; the one before it is used")
        tell(f"{file}: the run goes on after round {found.document['rounds']}")
        return CheckpointFolder(path, identity, found, files[:position], _number(files[-1]))
    raise RunFolderError(f"{path}: {'; '.join(reasons)}; name a new folder")


def _number(file: Path) -> int:
    return int(file.stem.removeprefix("checkpoint-"))
