"""The case study for a reader at the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from ..paper.case_study import CaseStudy
from ..paper.lookup import SCHEME_NAMES, TABLE_NAMES
from ..paper.markdown import number
from ..paper.printed import PRINTED, PRINTED_ALPHAS, SCHEMES

# A terminal wraps long rows; cells cut off would be lost.
_WIDE = 1000
_DIGITS = {"$": ",.0f", "$/MWh": ".2f", "t": ",.2f", "kg/MWh": ".1f", "$/GPU": ".3f"}


def print_case_study(study: CaseStudy, out: Path | None) -> None:
    """Print convergence, verdicts, and the paper's tables beside ours."""
    console = Console(highlight=False, markup=False, soft_wrap=True, width=_WIDE)
    failed = len(study.quality.not_converged)
    console.print(
        f"{study.quality.markets} markets: {study.quality.markets - failed} decomposed runs converged, {failed} did "
        f"not; worst residual of a monolith {study.quality.by_chain['mlcp_residual'].max():.1e}"
    )
    console.print(_verdicts(study))
    console.print()
    console.print(_printed(study))
    if out is not None:
        console.print(f"report: {out / 'report.html'}")


def _verdicts(study: CaseStudy) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("claim", "verdict", "what the paper says", "by setting"):
        table.add_column(heading, no_wrap=True)
    for claim in study.claims:
        settings = "; ".join(f"{finding.setting}: {finding.verdict}" for finding in claim.findings)
        table.add_row(str(claim.number), str(claim.verdict), claim.statement, settings)
    return table


def _printed(study: CaseStudy) -> Table:
    tables = study.cases.emission_tables
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("table", "quantity", "scheme"):
        table.add_column(heading, no_wrap=True)
    for alpha in PRINTED_ALPHAS:
        for heading in (f"paper, alpha {alpha:g}", *(TABLE_NAMES[name] for name in tables)):
            table.add_column(heading, justify="right", no_wrap=True)
    keys = ["table", "quantity", "disclosure", "alpha", "emission_rates"]
    ours = study.tables.set_index(keys)["monolith"].to_dict()
    for quantity in PRINTED:
        form = _DIGITS[quantity.unit]
        for scheme in SCHEMES:
            cells = []
            for alpha in PRINTED_ALPHAS:
                cells.append(number(quantity.value(scheme, alpha), form))
                cells += [number(ours[quantity.table, quantity.label, scheme, alpha, name], form) for name in tables]
            table.add_row(quantity.table, f"{quantity.label} [{quantity.unit}]", SCHEME_NAMES[scheme], *cells)
    return table
