"""What a run is told to keep: checkpoints every few rounds, and where to go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ...coordinator.checkpoints.decoding import Decoder
from ...coordinator.checkpoints.encoding import Arrays, Encoder
from ...coordinator.checkpoints.standing import Standing
from ...coordinator.checkpoints.vocabulary import Classes, KeepingError, classes_of
from ...coordinator.mechanism import S
from ..errors import OwnPartError, RunFolderError
from .checkpoint_file import Checkpoint
from .checkpoint_folder import CheckpointFolder


@dataclass(eq=False)
class CheckpointKeeper:
    """Keeps where a run stands every few rounds; where there is a run for every purchase mix, all of them.

    Parameters
    ----------
    folder : CheckpointFolder
    every : int
        Rounds from one checkpoint to the next.
    tell : callable
        Takes a warning for the user.
    """

    folder: CheckpointFolder
    every: int
    tell: Callable[[str], None]
    _ended: list[tuple[Any, Arrays]] = field(default_factory=list)
    _rounds_before: int = 0
    _classes: Classes = field(default_factory=dict)
    _latest: Standing[Any] | None = None
    _is_written: bool = True

    def opened(self, standing: Standing[S]) -> Standing[S]:
        """Go on where the checkpoint says, if it knows this run.

        Raises
        ------
        OwnPartError
            If the mechanism's state cannot be kept.
        RunFolderError
            If what was kept cannot be made again.
        """
        if self._latest is not None:
            self._ended.append(self._encoded(replace(self._latest, state=None)))
            self._rounds_before += self._latest.rounds
        try:
            self._classes = classes_of(standing, "the state")
        except KeepingError as error:
            mechanism = self.folder.identity.mechanism
            raise OwnPartError(
                f"coordinator.mechanism: no checkpoint can keep the state of {mechanism}: {error}"
            ) from error
        if self.folder.found is not None:
            standing = self._restored(self.folder.found, standing)
        self._latest = standing
        return standing

    def after_round(self, standing: Standing[S]) -> None:
        """Write a checkpoint if it is time."""
        self._latest, self._is_written = standing, False
        if (self._rounds_before + standing.rounds) % self.every == 0:
            self.write()

    def write(self) -> None:
        """Write a checkpoint unless the last one says all; if that fails the user is told, and the run goes on."""
        if self._latest is None or self._is_written:
            return
        rounds = self._rounds_before + self._latest.rounds
        try:
            runs = [*self._ended, self._encoded(self._latest)]
            arrays = {name: array for _, own in runs for name, array in own.items()}
            self.folder.add({"rounds": rounds, "runs": [tree for tree, _ in runs]}, arrays)
            self._is_written = True
        except (OSError, KeepingError) as error:
            self.tell(f"{self.folder.path}: no checkpoint after round {rounds}: {error}")

    def _encoded(self, standing: Standing[Any]) -> tuple[Any, Arrays]:
        encoder = Encoder(self._classes, f"run_{len(self._ended)}_")
        return encoder.tree(standing, "the state"), encoder.arrays

    def _restored(self, found: Checkpoint, opened: Standing[S]) -> Standing[S]:
        known = found.document["runs"]
        if len(self._ended) >= len(known):
            return opened
        try:
            kept = Decoder(self._classes, found.arrays, opened.history.market).value(known[len(self._ended)])
        except KeepingError as error:
            raise RunFolderError(f"{self.folder.path}: {error}") from error
        # Runs that have ended need no state.
        return replace(kept, state=opened.state) if kept.state is None else kept
