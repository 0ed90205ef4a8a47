"""The chains of the case study, each computed and kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from ...coordinator.executor import Executor
from ..workers.task import Task
from .cases import run_chain
from .chains import Chain
from .paper_folder import PaperFolder

# Ex ante, intervals without forward contracts take a look at many purchase mixes.
_MIXES = 4


def chain_tasks(
    chains: Sequence[Chain], folder: PaperFolder, executor: Executor | str = "compiled"
) -> list[Task[pd.DataFrame, Chain]]:
    """What is left to do of a case study, the longest first: each task keeps the rows of a chain and returns it."""
    return [
        Task(f"chain {chain.name}", partial(run_chain, chain, executor), partial(_keep, folder, chain))
        for chain in sorted(folder.pending(chains), key=_effort, reverse=True)
    ]


def _keep(folder: PaperFolder, chain: Chain, rows: pd.DataFrame) -> Chain:
    folder.keep(chain, rows)
    return chain


def _effort(chain: Chain) -> int:
    return len(chain.alphas) * (_MIXES if chain.is_spot and chain.disclosure == "ex_ante" else 1)
