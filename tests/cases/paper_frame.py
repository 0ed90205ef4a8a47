"""Rows of a case study made by hand, in which every claim of the paper holds, and changes to them."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from walras.experiments.paper.accounting import footprint_table, surplus_table
from walras.experiments.paper.case_study import CaseStudy
from walras.experiments.paper.claims.claims import all_claims
from walras.experiments.paper.equivalence import pool_equivalence
from walras.experiments.paper.lookup import FORWARD_KEYS, Cases
from walras.experiments.paper.paper_settings import PAPER, SETTINGS
from walras.experiments.paper.printed_tables import printed_tables
from walras.experiments.paper.quality import quality
from walras.experiments.paper.slips import slips
from walras.experiments.theory.theorems import Existence, Theorems, Uniqueness

FIRST, SECOND = SETTINGS[PAPER].standing_for_printed
ALPHAS = (FIRST, 0.5, SECOND, 0.999, 1.0)
BUSES = SETTINGS[PAPER].buses_of_datacenters
POSITIONS = (0.6, 0.9)
SIDES = ("decomposed", "monolith", "least", "largest")
Row = dict[str, Any]


def _row(scheme: str, position: float, alpha: float, side: str) -> Row:
    """Prices and emissions of datacenters as the paper has them; forward contracts save what it says they save."""
    weight = (1 - alpha) / alpha
    disclosed = {"mdc1": 500.0, "mdc2": 400.0, "mdc3": 0.0}
    ante = scheme == "ex_ante"
    lease = (200 + 145 * weight) / 1700
    row: Row = {
        "setting": PAPER,
        "disclosure": scheme,
        "forward_basis": "generator",
        "forward_position": position,
        "alpha": alpha,
        "side": side,
        "status": "converged" if side == "decomposed" else None,
        "reason": "clears" if side == "decomposed" else None,
        "cause": "",
        "rounds": 100.0,
        "relative_gap": 1e-8,
        "max_relative_imbalance": 1e-8,
        "mlcp_residual": 1e-10,
        # Nothing is used up otherwise as alpha rises: welfare less the value of its 30 t is the same.
        "welfare_usd": 300.0 - 30_000 * weight,
        "surplus_usd.load@1": 150.0 - 30_000 * weight,
        **{f"surplus_usd.{name}": 50.0 for name in disclosed},
        **{f"price_usd_per_mwh.{bus}": 50.0 + place for place, bus in enumerate(BUSES.values())},
        f"price_usd_per_mwh.{SETTINGS[PAPER].bus_of_local_work}": 180.0,
        "demand_mwh.1": 100.0,
        "workload_cost_usd.local": 50_000.0,
        "workload_cost_usd.mdc": 24 * 1700 * lease,
        "workload_price_usd_per_mwh.hyperscaler": 1700 * lease,
        "workload_mwh.local": 261.0,
        "workload_mwh.mdc": 24.0,
        "total_demand_mwh": 2600.0,
        "co2_t.system": 1300.0 * (1 - (1.5 - position) / 20 * (position > 0)),
        "co2_t.local": 100.0 if alpha == 1 and not ante else 30.0,
        "co2_t.mdc": 10.0 + (0.0 if ante else alpha - FIRST),
        "location_co2_t.local": 100.0,
        "location_co2_t.mdc": 8.0,
        "congestion_rent_usd": 80_000.0 * (1 - 0.1 * alpha * (position == POSITIONS[-1])),
    }
    for name, difference in ("welfare_relative", 1e-9), ("price_usd_per_mwh", 1e-6), ("demand_mwh", 1e-6):
        row[f"difference.{name}"] = difference
    row["difference.generation_mwh"] = 1e-6
    for name, kg in disclosed.items():
        row[f"lease.{name}.price_usd_per_gpu"] = lease - ante * (kg > 0) * 45 * weight / 1700
        row[f"lease.{name}.intensity_kg_per_mwh"] = kg
        row[f"lease.{name}.mix_kg_per_mwh"] = kg if kg else float("nan")
        row[f"lease.{name}.purchases_mwh"] = 8.0 if kg else 0.0
    if ante:
        # The second is dearer than the first from 0.6 on.
        row["lease.mdc2.price_usd_per_gpu"] += 1e-3 * (alpha - 0.6)
        # So much that the cost still falls: what is taken off vanishes as alpha rises.
        row["workload_cost_usd.mdc"] *= 0.99
    return row


def paper_frame(change: Callable[[Row], None] = lambda row: None) -> pd.DataFrame:
    """All rows; `change` may alter each of them in place."""
    settings = [("ex_post", 0.0), ("ex_ante", 0.0), *(("ex_ante", position) for position in POSITIONS)]
    rows = [
        _row(scheme, position, alpha, side)
        for scheme, position in settings
        for alpha in ALPHAS
        for side in (SIDES if position == 0 else SIDES[:2])
    ]
    for row in rows:
        change(row)
    return pd.DataFrame(rows)


def split(frame: pd.DataFrame) -> pd.DataFrame:
    """Dispatches that emit as much as the markets do; the cleanest a tenth less."""
    forward = frame[(frame["forward_position"] > 0) & (frame["side"] == "monolith")].reset_index(drop=True)
    emitted = forward["co2_t.system"]
    parts = {"by_demand_t": 0.75 * (emitted - 1300), "by_work_t": 0.25 * (emitted - 1300), "by_mix_t": 0.0}
    return forward[FORWARD_KEYS].assign(**parts, least_cost_co2_t=emitted, least_co2_t=0.9 * emitted)


def theorems(*, demand_difference_mwh: float = 0.0, contract_difference_mwh: float = 50.0) -> Theorems:
    """Findings about Theorem 2 as they might be."""
    unique = Uniqueness((1e-9, 1e-9), (2.0, 12.0), demand_difference_mwh, 0.0, 0.0, contract_difference_mwh)
    return Theorems(Existence(1.8, 0.0, 1e-9, 1e-9), unique)


_LIMITS = [
    {"setting": "ours", "forward_basis": "contract", "largest_position": 0.8, "carries_printed": False},
    {"setting": "wider", "forward_basis": "contract", "largest_position": 0.95, "carries_printed": True},
]


def hand_made_study():
    """All that follows from the rows of `paper_frame`; no path was followed."""
    frame = paper_frame()
    cases = Cases(frame)
    found = {("paper", alpha): theorems() for alpha in (FIRST, SECOND)}
    return CaseStudy(
        cases=cases,
        quality=quality(cases),
        tables=printed_tables(cases),
        claims=all_claims(cases, split(frame), found),
        theorems=found,
        equivalence=pool_equivalence(Cases(frame[frame["alpha"] < 1])),
        footprints=footprint_table(cases),
        surplus=surplus_table(cases),
        limits=pd.DataFrame(_LIMITS),
        slips=slips(cases),
    )
