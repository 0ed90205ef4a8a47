"""The folder of a study: every part that has ended in a file of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ...archive.job_folder import Job, JobFolder, open_job_folder
from ...archive.keeping import write_aside
from ...archive.plain_json import read_json
from ...errors import RunFolderError
from ...workers.task import Task
from .claim_runs import ClaimRun
from .coalition_plans import Split
from .study_document import StudyDone
from .study_parts import Found, StudyPart
from .study_runs import StudyPoint

_PARTS = "parts"
_POINTS = TypeAdapter(list[StudyPoint])
_CLAIMS = TypeAdapter(list[ClaimRun])


@dataclass(frozen=True)
class StudyFolder(JobFolder[StudyPart]):
    """Where the parts of a study are kept."""

    def place(self, part: StudyPart) -> Path:
        """Where what was found lies."""
        return self.path / _PARTS / f"{part.key}.json"

    def places(self, part: StudyPart) -> tuple[Path, ...]:
        """A part is finished when it is written."""
        return (self.place(part),)

    def tasks(self, parts: Sequence[StudyPart]) -> list[Task[Found, None]]:
        """What is left to do: each task keeps what it found."""
        return [Task(part.told, part.compute, partial(_keep, self.place(part))) for part in self.pending(parts)]

    def read(self, scenario: str, parts: Sequence[StudyPart]) -> StudyDone:
        """What has ended of a study, in the order of its parts.

        Raises
        ------
        RunFolderError
            If a file is broken; the message names it.
        """
        ended = [part for part in parts if self.is_finished(part)]
        seeds = list(dict.fromkeys(part.seed for part in parts))
        done = StudyDone(scenario, seeds, is_complete=len(ended) == len(parts), effort=parts[0].effort)
        for part in ended:
            points, claims = _read(self.place(part))
            done.points += points
            done.claims += claims
        return done


@contextmanager
def open_study_folder(path: Path, parts: Sequence[StudyPart]) -> Iterator[StudyFolder]:
    """Make the folder of a study, or take it up again, and keep other processes out as long as it is open.

    Raises
    ------
    RunFolderError
        If another process works on it, or it holds anything but this study.
    """
    with open_job_folder(path, _job(parts)):
        yield StudyFolder(path)


def _job(parts: Sequence[StudyPart]) -> Job:
    keys = [part.key for part in parts]

    def difference(theirs: Any) -> str | None:
        their_keys, made_by = [part["key"] for part in theirs["parts"]], theirs["walras"]
        if their_keys == keys:
            return None
        common = len(set(their_keys) & set(keys))
        return f"walras {made_by}, {len(their_keys)} parts, {common} of them among the {len(keys)} of this one"

    identity = {"walras": version("walras"), "parts": [{"key": part.key, "part": part.told} for part in parts]}
    return Job("study", "study folder", (_PARTS,), "parts.json", identity, difference)


def _keep(place: Path, found: Found) -> None:
    document = {
        "points": [one.as_kept() for one in found if isinstance(one, StudyPoint)],
        "claims": [one.as_json() for one in found if isinstance(one, ClaimRun)],
    }
    write_aside(place, lambda aside: aside.write_text(json.dumps(document, allow_nan=False), encoding="utf-8"))


def _read(place: Path) -> tuple[list[StudyPoint], list[ClaimRun]]:
    document = read_json(place)
    try:
        claims = [{**one, "split": one["split"] and Split.of_json(one["split"])} for one in document["claims"]]
        return _POINTS.validate_python(document["points"]), _CLAIMS.validate_python(claims)
    except (LookupError, TypeError, AttributeError, ValidationError) as error:
        raise RunFolderError(f"{place}: is no part of a study; delete it to compute it again") from error
