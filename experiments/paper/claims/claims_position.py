"""Claim 11: how the reduction of emissions by forward contracts goes with their position."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..lookup import Cases
from ..paper_settings import forward_title
from .claims_forward import NOTICEABLE_PERCENT
from .verdicts import Claim, Finding, divided, graded


def reduction_falls_with_position(cases: Cases, evidence: pd.DataFrame) -> Claim:
    """Claim 11.

    Parameters
    ----------
    cases : Cases
    evidence : DataFrame
        As `forward_emissions` returns it.
    """
    findings, tables = [], []
    for key, rows in evidence[evidence["alpha"] < 1].groupby(["setting", "forward_basis"], sort=False):
        setting, basis = (str(part) for part in key)
        reductions = -rows.pivot_table(index="alpha", columns="forward_position", values="change_percent")
        told = forward_title(setting, basis)
        findings.append((key, _finding(told, reductions)))
        tables.append(reductions.rename(columns="{:g}".format).reset_index().assign(setting=setting, basis=basis))
    return Claim(
        11,
        "The reduction of system CO2 by forward contracts is inversely related to the forward position.",
        "The reduction is what system CO2 is lower by than without forward contracts at the same alpha. Holds if at "
        "every alpha below 1 it falls from each position to the next higher one and is one at the lowest; in part if "
        f"at every alpha it is lower, by more than {NOTICEABLE_PERCENT:g}% of system CO2, at the highest position than "
        "at the lowest, be it a reduction or an increase that grows.",
        *divided(findings, (cases.own, cases.forward_bases(cases.own)[0])),
        "Without forward contracts the reduction is 0 by definition: it cannot be inversely related to the position "
        "from there on, and positive at 60%, without a position between them at which it is largest.",
        pd.concat(tables, ignore_index=True),
    )


def _finding(told: str, reductions: pd.DataFrame) -> Finding:
    lowest, highest = reductions.iloc[:, 0], reductions.iloc[:, -1]
    ordered = (reductions.diff(axis=1).iloc[:, 1:] < 0).all(axis=1)
    lower = lowest - highest > NOTICEABLE_PERCENT
    reduced = lowest > NOTICEABLE_PERCENT
    words = (
        f"it falls with every step of the position at {ordered.sum()} of {len(ordered)} values of alpha below 1, and "
        f"is one at the lowest position at {reduced.sum()}; {_listed(reductions.iloc[0])}; "
        f"{_listed(reductions.iloc[-1])}"
    )
    return Finding(told, graded(holds=bool((ordered & reduced).all()), in_part=bool(lower.all())), words)


def _listed(row: pd.Series[Any]) -> str:
    values = ", ".join(f"{value:+.2f}% at {float(str(position)):.0%}" for position, value in row.items())
    return f"at alpha {row.name:g} it is {values}"
