"""The case study: everything that follows from the cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import pandas as pd

from ..scenario.market_builder import build_market
from ..theory.theorems import Theorems, check_theorems
from .accounting import footprint_table, surplus_table
from .case_paths import breakpoint_table, sample_differences
from .claims.claims import all_claims
from .claims.verdicts import Claim
from .dispatch.emission_split import emission_split
from .equivalence import pool_equivalence
from .forward.forward_limits import limits_table
from .lookup import Cases, Paths
from .paper_settings import SETTINGS
from .printed_tables import printed_tables
from .quality import Quality, quality
from .slips import Slip, slips


@dataclass(frozen=True, eq=False)
class CaseStudy:
    """What came out of the case study; each field is described where it is made.

    Parameters
    ----------
    cases : Cases
    quality : Quality
    tables : DataFrame
    claims : tuple of Claim
    theorems : dict of (setting, alpha) to Theorems
    equivalence, footprints, surplus : DataFrame
    limits : DataFrame
    slips : tuple of Slip
    paths : dict of (setting, scheme) to KappaPath
        Of the chains without forward contracts that were followed.
    """

    cases: Cases
    quality: Quality
    tables: pd.DataFrame
    claims: tuple[Claim, ...]
    theorems: dict[tuple[str, float], Theorems]
    equivalence: pd.DataFrame
    footprints: pd.DataFrame
    surplus: pd.DataFrame
    limits: pd.DataFrame
    slips: tuple[Slip, ...]
    paths: Paths = field(default_factory=dict)

    def frames(self) -> dict[str, pd.DataFrame]:
        """All tables by a name that can be a file's."""
        by_number = {f"table_{number}": rows for number, rows in self.tables.groupby("table", sort=False)}
        return {
            **by_number,
            **{f"claim_{claim.number}": claim.evidence for claim in self.claims},
            "convergence": self.quality.by_chain,
            "pool_equivalence": self.equivalence,
            "accounting": self.footprints,
            "surplus": self.surplus,
            "forward_limits": self.limits,
            "breakpoints": breakpoint_table(self.paths),
            "path_differences": sample_differences(self.paths, self.cases),
        }

    def document(self) -> dict[str, Any]:
        """As nested dictionaries for JSON; what is not a number is None."""
        return {
            "walras": version("walras"),
            "markets": self.quality.markets,
            "not_converged": _records(self.quality.not_converged),
            "unsolved_monoliths": _records(self.quality.unsolved),
            "convergence": _records(self.quality.by_chain),
            "claims": [claim.document() for claim in self.claims],
            "tables": _records(self.tables),
            "theorems": [
                {"setting": setting, "alpha": alpha, **found.document()}
                for (setting, alpha), found in self.theorems.items()
            ],
            "pool_equivalence": _records(self.equivalence),
            "accounting": _records(self.footprints),
            "surplus": _records(self.surplus),
            "forward_limits": _records(self.limits),
            "breakpoints": _records(breakpoint_table(self.paths)),
            "path_differences": _records(sample_differences(self.paths, self.cases)),
            "slips": [
                {
                    "paper": slip.paper,
                    "numbers": slip.numbers,
                    "printed": slip.printed_value,
                    "recomputed": slip.recomputed_value,
                }
                for slip in self.slips
            ],
        }


def examine(frame: pd.DataFrame) -> CaseStudy:
    """Judge the claims and fill the tables.

    Parameters
    ----------
    frame : DataFrame
        The rows of all chains, as `run_chain` returns them. Each emission table needs both schemes without forward
        contracts, ex ante chains with some, and the printed values of alpha.
    """
    cases = Cases(frame)
    theorems = {
        (setting, alpha): check_theorems(build_market(SETTINGS[setting].at(alpha)))
        for setting in cases.settings
        for alpha in SETTINGS[setting].standing_for_printed
    }
    return CaseStudy(
        cases=cases,
        quality=quality(cases),
        tables=printed_tables(cases),
        claims=all_claims(cases, emission_split(cases), theorems),
        theorems=theorems,
        equivalence=pool_equivalence(cases),
        footprints=footprint_table(cases),
        surplus=surplus_table(cases),
        limits=limits_table(
            [name for name in cases.all_settings if SETTINGS[name].varied in ("", "forward")], cases.own
        ),
        slips=slips(cases),
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(key): value for key, value in record.items()} for record in records]
