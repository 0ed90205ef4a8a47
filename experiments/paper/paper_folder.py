"""The folder of a case study: every finished chain in a table of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from ..archive.job_folder import Job, JobFolder, open_job_folder
from ..archive.keeping import write_aside
from ..archive.parquet import read_parquet
from ..errors import RunFolderError
from ..sweep.identity import run_key
from .chains import Chain

_CHAINS = "chains"


@dataclass(frozen=True)
class PaperFolder(JobFolder[Chain]):
    """Where the chains of a case study are kept."""

    def place(self, chain: Chain) -> Path:
        """Where the rows of a finished chain lie."""
        return self.path / _CHAINS / f"{chain.name}.parquet"

    def places(self, part: Chain) -> tuple[Path, ...]:
        """A chain is finished when its rows are written."""
        return (self.place(part),)

    def keep(self, chain: Chain, rows: pd.DataFrame) -> None:
        """Write the rows of a chain, complete or not at all."""
        write_aside(self.place(chain), partial(rows.to_parquet, index=False))

    def read(self, chains: Sequence[Chain]) -> pd.DataFrame:
        """The rows of all chains, in their order.

        Raises
        ------
        RunFolderError
            If a file is missing or broken; the message names it.
        """
        parts = []
        for chain in chains:
            source = self.place(chain)
            try:
                parts.append(read_parquet(source))
            except RunFolderError as error:
                raise RunFolderError(f"{error}; delete it to compute it again") from error
            if not _is_of(chain, parts[-1]):
                raise RunFolderError(f"{source}: is no table of this chain of markets; delete it to compute it again")
        return pd.concat(parts, ignore_index=True)


def _is_of(chain: Chain, rows: pd.DataFrame) -> bool:
    """Whether rows are those of a chain's markets."""
    return {"side", "alpha"} <= set(rows.columns) and rows["alpha"].drop_duplicates().tolist() == list(chain.alphas)


@contextmanager
def open_paper_folder(path: Path, chains: Sequence[Chain]) -> Iterator[PaperFolder]:
    """Make the folder of a case study, or take it up again, and keep other processes out as long as it is open.

    Raises
    ------
    RunFolderError
        If another process works on it, or it holds anything but this case study by this version of walras.
    """
    with open_job_folder(path, _job(chains)):
        yield PaperFolder(path)


def _job(chains: Sequence[Chain]) -> Job:
    identity = _identity(chains)

    def difference(theirs: Any) -> str | None:
        made_by = theirs["walras"]
        if theirs == identity:
            return None
        return f"walras {made_by}; this one is walras {identity['walras']}, {len(chains)} chains of markets"

    return Job("case study", "folder of a case study", (_CHAINS,), "paper.json", identity, difference)


def _identity(chains: Sequence[Chain]) -> dict[str, Any]:
    """All that the rows follow from: version, chains, and the scenario with its defaults."""
    return {
        "walras": version("walras"),
        "chains": [
            {
                "name": chain.name,
                "alphas": list(chain.alphas),
                "key": run_key(chain.scenario(chain.alphas[0]), "compiled", monolith=True),
            }
            for chain in chains
        ],
    }
