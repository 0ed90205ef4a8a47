"""How well the case study was computed: convergence, residuals, and differences between the two sides."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ...coordinator.run import Status
from ..theory.theorems import SOLVED
from .lookup import KEYS, Cases

_WORST = {
    "rounds": "rounds",
    "relative_gap": "relative_gap",
    "max_relative_imbalance": "max_relative_imbalance",
}
_OF_MONOLITH = {
    "mlcp_residual": "mlcp_residual",
    "difference.welfare_relative": "welfare_relative_difference",
    "difference.price_usd_per_mwh": "price_difference_usd_per_mwh",
    "difference.demand_mwh": "demand_difference_mwh",
    "difference.generation_mwh": "generation_difference_mwh",
}


@dataclass(frozen=True, eq=False)
class Quality:
    """Convergence of all markets.

    Parameters
    ----------
    by_chain : DataFrame
        For each chain: markets, converged, and the worst figure of each kind.
    not_converged : DataFrame
        Markets whose decomposed run did not converge, with alpha, reason, cause, and the gap and imbalance it reached.
    unsolved : DataFrame
        Markets whose monolith has a larger residual than `SOLVED`.
    """

    by_chain: pd.DataFrame
    not_converged: pd.DataFrame
    unsolved: pd.DataFrame

    @property
    def markets(self) -> int:
        """How many there are."""
        return int(self.by_chain["markets"].sum())


def quality(cases: Cases) -> Quality:
    """Gather convergence of all cases."""
    keys = list(KEYS)
    decomposed = cases.frame[cases.frame["side"] == "decomposed"]
    monolith = cases.frame[cases.frame["side"] == "monolith"]
    by_key = decomposed.groupby(keys, sort=False)
    beside = monolith[monolith["setting"].isin(cases.settings)].groupby(keys, sort=False)
    table = pd.DataFrame(
        {
            "markets": by_key.size(),
            "converged": by_key["status"].agg(lambda statuses: int((statuses == str(Status.CONVERGED)).sum())),
            **{name: by_key[column].max() for column, name in _WORST.items()},
            **{name: beside[column].max() for column, name in _OF_MONOLITH.items()},
        }
    ).reset_index()
    failed = decomposed[decomposed["status"] != str(Status.CONVERGED)]
    return Quality(
        table,
        failed[[*keys, "alpha", "reason", "cause", "relative_gap", "max_relative_imbalance"]].reset_index(drop=True),
        monolith.loc[monolith["mlcp_residual"] > SOLVED, [*keys, "alpha", "mlcp_residual"]].reset_index(drop=True),
    )
