"""The chains of the case study, each computed and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ...coordinator.executor import Executor
from ..archive.workers import kept_to_the_end
from .cases import run_chain
from .chains import Chain
from .paper_folder import PaperFolder

# Ex ante, intervals without forward contracts take a look at many purchase mixes.
_MIXES = 4


def chain_tasks(
    chains: Sequence[Chain], folder: PaperFolder, executor: Executor | str = "compiled"
) -> list[Callable[[], Chain]]:
    """What is left to do of a case study, the longest first: each task keeps the rows of a chain and returns it."""
    longest_first = sorted(folder.pending(chains), key=_effort, reverse=True)
    return [partial(_compute, chain, folder, executor) for chain in longest_first]


def _compute(chain: Chain, folder: PaperFolder, executor: Executor | str) -> Chain:
    rows = run_chain(chain, executor)
    with kept_to_the_end():
        folder.keep(chain, rows)
    return chain


def _effort(chain: Chain) -> int:
    return len(chain.alphas) * (_MIXES if chain.is_spot and chain.disclosure == "ex_ante" else 1)
