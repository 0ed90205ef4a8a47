"""Files of checkpoints: a line with a digest of the rest, which is arrays and one JSON document in NumPy's format."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import file_digest
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import numpy as np

from ...coordinator.checkpoints.encoding import Arrays
from .keeping import write_durably

FORMAT = 1

_KIND = b"walras checkpoint "
_DOCUMENT = "document"


class CheckpointError(ValueError):
    """A file is no checkpoint that can be used; the message says why."""


@dataclass(frozen=True)
class Checkpoint:
    """What a file holds: one JSON document, and the arrays that it names."""

    document: dict[str, Any]
    arrays: Arrays


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a file, complete or absent.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    text = json.dumps(checkpoint.document, allow_nan=False).encode()
    members: dict[str, Any] = {_DOCUMENT: np.frombuffer(text, dtype=np.uint8), **checkpoint.arrays}

    def write(aside: Path) -> None:
        with aside.open("w+b") as file:
            file.write(_first_line("0" * 64))
            np.savez(file, **members)
            digest = _digest(file)
            file.seek(0)
            file.write(_first_line(digest))

    write_durably(path, write)


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a file back.

    Raises
    ------
    CheckpointError
        If it is damaged, or none that this version of walras has written.
    """
    try:
        with path.open("rb") as file:
            _refuse_other(file)
            file.seek(len(_first_line("0" * 64)))
            with np.load(file, allow_pickle=False) as members:
                arrays = {name: members[name] for name in members.files}
    except OSError as error:
        raise CheckpointError(f"it cannot be read: {error.strerror}") from error
    return Checkpoint(json.loads(arrays.pop(_DOCUMENT).tobytes()), arrays)


def _refuse_other(file: BufferedIOBase) -> None:
    line = file.read(len(_first_line("0" * 64)))
    if not line.startswith(_KIND):
        raise CheckpointError("it is no checkpoint of walras")
    words = line.split()
    if words[2:3] != [str(FORMAT).encode()]:
        raise CheckpointError(f"it has another format than {FORMAT}, which this version of walras writes")
    if line != _first_line(_digest(file)):
        raise CheckpointError("it is damaged: its content has another digest than its first line says")


def _digest(file: BufferedIOBase) -> str:
    """Digest of all that follows the first line."""
    file.seek(len(_first_line("0" * 64)))
    return file_digest(file, "sha256").hexdigest()


def _first_line(digest: str) -> bytes:
    return _KIND + f"{FORMAT} {digest}\n".encode()
