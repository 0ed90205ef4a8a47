"""The chains of the case study, each computed and kept, and the paths that are followed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from ...coordinator.executor import Executor
from ..kappa_path.following import follow_kappa
from ..kappa_path.kappa_path import KappaPath
from ..workers.task import Task
from .case_paths import LEAST_ALPHA
from .cases import run_chain
from .chains import Chain
from .paper_folder import PaperFolder
from .paper_settings import PAPER

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


def path_tasks(plan: Sequence[Chain]) -> list[Task[KappaPath, tuple[Chain, KappaPath]]]:
    """Paths to be followed: those of the paper's own setting without forward contracts, the longest first."""
    spot = sorted(
        (chain for chain in plan if chain.is_spot and chain.setting == PAPER), key=lambda chain: chain.disclosure
    )
    return [Task(f"path of {chain.name}", partial(_followed, chain), partial(_told, chain)) for chain in spot]


def _followed(chain: Chain) -> KappaPath:
    return follow_kappa(chain.scenario(chain.alphas[0]), LEAST_ALPHA)


def _told(chain: Chain, path: KappaPath) -> tuple[Chain, KappaPath]:
    return chain, path
