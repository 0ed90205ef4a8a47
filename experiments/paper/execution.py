"""The chains of the case study, side by side in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import as_completed
from functools import partial

from ..workers import submit_all, worker_pool
from .cases import run_chain
from .chains import Chain
from .folder import PaperFolder

# Ex ante, intervals without forward contracts take a look at many purchase mixes.
_MIXES = 4


def execute(chains: Sequence[Chain], folder: PaperFolder, workers: int) -> Generator[Chain, None, None]:
    """Compute chains and keep them, the longest first.

    Parameters
    ----------
    chains : sequence of Chain
    folder : PaperFolder
    workers : int
        Number of processes. The rows do not depend on it.

    Yields
    ------
    Chain
        Each chain as it ends.

    Raises
    ------
    OSError
        If the folder cannot be written.
    BrokenProcessPool
        If a worker is killed; chains that are finished are kept.
    """
    if not chains:
        return
    longest_first = sorted(chains, key=_effort, reverse=True)
    with worker_pool(min(workers, len(chains))) as pool:
        tasks: list[Callable[[], Chain]] = [partial(_compute, chain, folder) for chain in longest_first]
        yield from (future.result() for future in as_completed(submit_all(pool, tasks)))


def _compute(chain: Chain, folder: PaperFolder) -> Chain:
    folder.keep(chain, run_chain(chain))
    return chain


def _effort(chain: Chain) -> int:
    return len(chain.alphas) * (_MIXES if chain.is_spot and chain.disclosure == "ex_ante" else 1)
