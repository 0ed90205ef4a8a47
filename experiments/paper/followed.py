"""The case study between its samples: paths in kappa, their breakpoints, and how far samples are from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from ..kappa_path.cost_weights import kappa_of
from ..kappa_path.following import follow_kappa
from ..kappa_path.kappa_path import KappaPath
from ..workers.task import Task
from .chains import Chain
from .lookup import Cases, Paths

LEAST_ALPHA = 0.05
# What the figures show, with its unit and the number of digits that the paper prints of it.
_SHOWN = {
    "lease price [$/GPU]": tuple(f"lease.mdc{number}.price_usd_per_gpu" for number in (1, 2, 3)),
    "CO2 of the workload [t]": ("co2_t.local", "co2_t.mdc"),
    "cost of the workload [$]": ("workload_cost_usd.local", "workload_cost_usd.mdc"),
    "CO2 of the system [t]": ("co2_t.system",),
}


def path_tasks(plan: Sequence[Chain]) -> list[Task[KappaPath, tuple[Chain, KappaPath]]]:
    """Paths to be followed: those of the chains without forward contracts, the longest first."""
    spot = sorted((chain for chain in plan if chain.is_spot), key=lambda chain: chain.disclosure)
    return [Task(f"path of {chain.name}", partial(_followed, chain), partial(_told, chain)) for chain in spot]


def _followed(chain: Chain) -> KappaPath:
    return follow_kappa(chain.scenario(chain.alphas[0]), LEAST_ALPHA)


def _told(chain: Chain, path: KappaPath) -> tuple[Chain, KappaPath]:
    return chain, path


def breakpoint_table(paths: Paths) -> pd.DataFrame:
    """All breakpoints in the order of kappa.

    Returns
    -------
    DataFrame
        Columns: emission_rates, disclosure, kappa_usd_per_kg, alpha, jumps, what_happens.
    """
    rows = [
        {
            "emission_rates": table,
            "disclosure": scheme,
            "kappa_usd_per_kg": point.kappa,
            "alpha": point.alpha,
            "jumps": point.is_jump,
            "what_happens": point.name,
        }
        for (table, scheme), path in paths.items()
        for point in path.breakpoints
    ]
    columns = ["emission_rates", "disclosure", "kappa_usd_per_kg", "alpha", "jumps", "what_happens"]
    return pd.DataFrame(rows, columns=columns)


def sample_differences(paths: Paths, cases: Cases) -> pd.DataFrame:
    """The largest difference of samples from the paths, below alpha = 1, where contracts are arbitrary.

    Returns
    -------
    DataFrame
        One row for each path and kind of figure. Columns: emission_rates, disclosure, figure, samples, and the largest
        difference of the monoliths and of the decomposed runs that converged, in the unit of the figure.
    """
    rows = []
    for (table, scheme), path in paths.items():
        for figure, names in _SHOWN.items():
            row: dict[str, object] = {"emission_rates": table, "disclosure": scheme, "figure": figure}
            for side in ("monolith", "decomposed"):
                samples = cases.spot(table, scheme, side)
                samples = samples[(samples.index < 1) & (samples.index >= LEAST_ALPHA)]
                if side == "decomposed":
                    samples = samples[samples["status"] == "converged"]
                row |= {"samples": len(samples), side: _largest_difference(path, samples, names)}
            rows.append(row)
    return pd.DataFrame(rows, columns=["emission_rates", "disclosure", "figure", "samples", "monolith", "decomposed"])


def _largest_difference(path: KappaPath, samples: pd.DataFrame, names: Sequence[str]) -> float:
    columns = [path.names.index(name) for name in names]
    followed = [path.table(kappa_of(alpha))[columns] for alpha in samples.index.tolist()]
    differences = np.abs(samples[list(names)].to_numpy(dtype=float) - np.reshape(followed, (-1, len(columns))))
    return float(np.max(differences, initial=0.0))
