"""Columns of a long table of text, whose first cell that cannot be is told with its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ....agents.arrays import BoolArray, FloatArray
from ....network.plain import listing, shown
from ...errors import Fault, ScenarioError

TimeArray = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class TraceColumn:
    """Some cells of a column.

    Parameters
    ----------
    path : Path
        Of the file.
    name : str
    lines : sequence of int
        Line of the file on which each cell stands.
    cells : sequence of str
    """

    path: Path
    name: str
    lines: Sequence[int]
    cells: Sequence[str]

    def numbers(self) -> FloatArray:
        """Finite numbers of at least 0; shape (cells,)."""
        values = pd.to_numeric(pd.Series(self.cells, dtype=object), errors="coerce").to_numpy(dtype=np.float64)
        self._refuse_where(~(np.isfinite(values) & (values >= 0)), "a finite number of at least 0 is needed")
        return values

    def times(self) -> TimeArray:
        """Dates with times of day, in UTC where they have a zone; shape (cells,)."""
        times = pd.to_datetime(pd.Series(self.cells, dtype=object), utc=True, format="ISO8601", errors="coerce")
        self._refuse_where(times.isna().to_numpy(), "a time such as 2023-11-16 18:17:03.98 is needed")
        return times.dt.tz_localize(None).to_numpy(dtype="datetime64[ns]")

    def are(self, word: str, allowed: Sequence[str]) -> BoolArray:
        """Which cells are a word, where each must be one of some; shape (cells,)."""
        cells = np.array(self.cells, dtype=object)
        self._refuse_where(~np.isin(cells.astype(str), list(allowed)), f"allowed are {listing(allowed)}")
        return np.asarray(cells == word)

    def _refuse_where(self, wrong: BoolArray, needed: str) -> None:
        if wrong.any():
            row = int(wrong.argmax())
            place = f"line {self.lines[row]}, column {self.name}"
            raise trace_refusal(self.path, f"{place}: is {shown(self.cells[row])}; {needed}")


def trace_refusal(path: Path, message: str) -> ScenarioError:
    """An error that names a trace."""
    return ScenarioError(str(path), [Fault("", message)])
