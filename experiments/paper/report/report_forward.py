"""The part of the report on forward contracts: how much of them can be carried, and what emissions are made of."""

from __future__ import annotations

import pandas as pd

from ...pages.markdown import markdown_table, number
from ..lookup import FORWARD_KEYS
from ..paper_settings import SETTING_NAMES, SETTINGS

_SHOWN_ALPHAS = (0.5, 0.999)


def carried(limits: pd.DataFrame, emissions: pd.DataFrame) -> str:
    """Where the paper's highest position can be met by contract, and what follows.

    Parameters
    ----------
    limits : DataFrame
        As `limits_table` returns it.
    emissions : DataFrame
        As `forward_emissions` returns it.
    """
    rows = [
        [
            row["setting"],
            row["forward_basis"],
            f"{row['largest_position']:.4f}",
            "yes" if row["carries_printed"] else "no",
        ]
        for row in limits.to_dict("records")
    ]
    table = markdown_table(["setting", "basis", "largest position", "90%"], rows, numbers=2)
    return f"{table}\n{_what_follows(limits)} {_where_it_can_be_met(emissions)}\n"


def _what_follows(limits: pd.DataFrame) -> str:
    own = limits.iloc[0]
    others = limits[limits["carries_printed"] & (limits["forward_basis"] == own["forward_basis"])]
    if own["carries_printed"]:
        return (
            f"In the paper's setting {own['largest_position']:.1%} of every pair's contract can be met beside the "
            "workload, so that its 90% can."
        )
    return (
        f"In the paper's setting at most {own['largest_position']:.2%} of every pair's contract can be met beside the "
        "workload: energy that was agreed on for fixed load fills lines that the workload then needs. The paper has "
        "90%. So its lines are wider, its workload smaller, its contracts agreed on with the workload in sight, or "
        "they bind something other than pairs. By contract 90% can be met with: "
        f"{'; '.join(others['setting'])}. What this report calls the highest position is, elsewhere, cut down to a "
        "whole percentage that can be met, and is next to infeasible: prices and rent there say more of that than of "
        "forward contracts."
    )


def _where_it_can_be_met(emissions: pd.DataFrame) -> str:
    met = emissions[(emissions["forward_position"] >= 0.9) & (emissions["forward_basis"] == "contract")]
    if met.empty:
        return ""
    told = [
        f"{SETTING_NAMES[str(setting)]}: {rows['change_percent'].min():+.2f} to {rows['change_percent'].max():+.2f}%"
        for setting, rows in met[met["alpha"] < 1].groupby("setting", sort=False)
    ]
    return f"System CO2 at 90% by contract against no forward contracts, over alpha below 1: {'; '.join(told)}."


def split(emissions: pd.DataFrame, own: str) -> str:
    """What the change of system CO2 is made of in one setting."""
    shown = [*SETTINGS[own].standing_for_printed, *_SHOWN_ALPHAS]
    chosen = emissions[(emissions["setting"] == own) & emissions["alpha"].isin(shown)]
    rows = [
        [
            row["forward_basis"],
            f"{row['forward_position']:.0%}",
            f"{row['alpha']:g}",
            *(number(row[key], ",.1f") for key in ("without_forward_t", "by_demand_t", "by_work_t", "by_mix_t")),
            *(number(row[key], ",.1f") for key in ("system_t", "least_cost_co2_t", "least_co2_t")),
        ]
        for row in chosen.sort_values(FORWARD_KEYS).to_dict("records")
    ]
    columns = ["basis", "position", "alpha", "no forward", "demand", "place of work", "mix", "system"]
    return markdown_table([*columns, "cheapest", "cleanest"], rows, numbers=9)
