"""The part of the report that says how well everything was computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...pages.markdown import markdown_table
from ...theory.theorems import SOLVED
from ..lookup import KEYS, SCHEME_NAMES
from ..paper_settings import SETTING_NAMES
from ..quality import Quality


def convergence(quality: Quality) -> str:
    """How well everything was computed."""
    chains = quality.by_chain
    converged = int(chains["converged"].sum())
    parts = [
        f"{quality.markets} markets in {len(chains)} chains, each market decomposed into its agents and solved whole. "
        f"{converged} decomposed runs converged (certified gap and imbalance at most 1e-6), "
        f"{len(quality.not_converged)} did not. Worst certified relative gap {chains['relative_gap'].max():.1e}, "
        f"worst relative imbalance {chains['max_relative_imbalance'].max():.1e}, worst residual of a monolith "
        f"{chains['mlcp_residual'].max():.1e} (MWh and $/MWh). Between both sides welfare differs by at most "
        f"{chains['welfare_relative_difference'].max():.1e} of turnover, nodal prices by "
        f"{chains['price_difference_usd_per_mwh'].max():.1e} $/MWh, demand by "
        f"{chains['demand_difference_mwh'].max():.1e} MWh, generation by "
        f"{chains['generation_difference_mwh'].max():.1e} MWh.\n"
    ]
    if len(quality.not_converged):
        parts.append(
            "Not converged, with what stopped them, where they do not clear, and the gap and the imbalance that they "
            "reached:\n"
        )
        parts.append(_not_converged(quality.not_converged))
    if len(quality.unsolved):
        parts.append(
            f"Monoliths with a residual above {SOLVED:g}; tables and claims use the monoliths' points, so what these "
            "say is to be trusted to that residual only:\n"
        )
        parts.append(_unsolved(quality.unsolved))
    rows = [
        [
            _chain(row),
            f"{row['markets']}",
            f"{row['converged']}",
            f"{row['rounds']:.0f}",
            f"{row['relative_gap']:.1e}",
            f"{row['max_relative_imbalance']:.1e}",
            f"{row['mlcp_residual']:.1e}",
            f"{row['price_difference_usd_per_mwh']:.1e}",
            f"{row['generation_difference_mwh']:.1e}",
        ]
        for row in chains.to_dict("records")
    ]
    columns = [
        "chain",
        "markets",
        "converged",
        "most rounds",
        "gap",
        "imbalance",
        "residual",
        "price $/MWh",
        "generation MWh",
    ]
    parts.append(
        "Worst figures of each chain; the last two columns are differences between decomposed run and monolith.\n"
    )
    parts.append(markdown_table(columns, rows, numbers=8))
    return "\n".join(parts)


def _not_converged(failed: pd.DataFrame) -> str:
    lines = []
    for key, rows in failed.groupby(list(KEYS), sort=False):
        alphas = ", ".join(f"{alpha:g}" for alpha in rows["alpha"])
        reasons = " / ".join(dict.fromkeys(f"{reason}: {cause}" for reason, cause in rows[["reason", "cause"]].values))
        lines.append(
            f"* {_chain(dict(zip(KEYS, key, strict=True)))}, alpha {alphas}: {reasons}; gap "
            f"{_span(rows['relative_gap'])}, imbalance {_span(rows['max_relative_imbalance'])}"
        )
    return "\n".join(lines) + "\n"


def _unsolved(unsolved: pd.DataFrame) -> str:
    lines = []
    for key, rows in unsolved.groupby(list(KEYS), sort=False):
        listed = ", ".join(
            f"{alpha:g} ({residual:.1e})" for alpha, residual in zip(rows["alpha"], rows["mlcp_residual"], strict=True)
        )
        lines.append(f"* {_chain(dict(zip(KEYS, key, strict=True)))}, alpha {listed}")
    return "\n".join(lines) + "\n"


def _span(values: pd.Series[float]) -> str:
    least, largest = values.min(), values.max()
    return f"{largest:.1e}" if len(values) == 1 else f"{least:.1e} to {largest:.1e}"


def _chain(row: Mapping[Any, Any]) -> str:
    held = (
        f"{row['forward_position']:.0%} forward by {row['forward_basis']}" if row["forward_position"] else "no forward"
    )
    return f"{SETTING_NAMES[row['setting']]}, {SCHEME_NAMES[row['disclosure']]}, {held}"
