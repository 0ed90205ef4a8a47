"""The case study for a reader at the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from ...pages.markdown import number
from ...paper.case_study import CaseStudy
from ...paper.claims.verdicts import by_verdict
from ...paper.lookup import SCHEME_NAMES
from ...paper.paper_settings import SETTING_NAMES
from ...paper.printed import PRINTED, PRINTED_ALPHAS, SCHEMES, Quantity
from .columns import Column, print_columns, terminal

_DIGITS = {"$": ",.0f", "$/MWh": ".2f", "t": ",.2f", "kg/MWh": ".1f", "$/GPU": ".3f"}


def print_case_study(study: CaseStudy, out: Path | None) -> None:
    """Print convergence, verdicts, and the paper's tables beside ours."""
    console = terminal()
    failed = len(study.quality.not_converged)
    console.print(
        f"{study.quality.markets} markets: {study.quality.markets - failed} decomposed runs converged, {failed} did "
        f"not; worst residual of a monolith {study.quality.by_chain['mlcp_residual'].max():.1e}"
    )
    _print_verdicts(console, study)
    _print_printed(console, study)
    if out is not None:
        console.print(f"report: {out / 'report.html'}", soft_wrap=True)


def _print_verdicts(console: Console, study: CaseStudy) -> None:
    claims = study.claims
    labels = [
        Column("claim", [str(claim.number) for claim in claims], "left"),
        Column("verdict", [str(claim.verdict) for claim in claims], "left"),
    ]
    print_columns(console, labels, [Column("what the paper says", [claim.statement for claim in claims], "left")])
    console.print()
    for heading, found in (
        ("verdict by setting", [claim.findings for claim in claims]),
        ("elsewhere", [claim.sensitivity for claim in claims]),
    ):
        print_columns(console, labels[:1], [Column(heading, [by_verdict(findings) for findings in found], "left")])
        console.print()


def _print_printed(console: Console, study: CaseStudy) -> None:
    tables = study.cases.settings
    keys = ["table", "quantity", "disclosure", "alpha", "setting"]
    ours = study.tables.set_index(keys)["monolith"].to_dict()
    rows = [(quantity, scheme) for quantity in PRINTED for scheme in SCHEMES]
    labels = [
        Column("table", [quantity.table for quantity, _ in rows], "left"),
        Column("quantity", [f"{quantity.label} [{quantity.unit}]" for quantity, _ in rows], "left"),
        Column("scheme", [SCHEME_NAMES[scheme] for _, scheme in rows], "left"),
    ]
    for alpha in PRINTED_ALPHAS:
        columns = [Column("paper", [_cell(quantity, quantity.value(scheme, alpha)) for quantity, scheme in rows])]
        for name in tables:
            values = [
                _cell(quantity, ours[quantity.table, quantity.label, scheme, alpha, name]) for quantity, scheme in rows
            ]
            columns.append(Column(SETTING_NAMES[name].removesuffix(" rates"), values))
        console.print(f"\nalpha {alpha:g}, as printed and in each setting")
        print_columns(console, labels, columns)


def _cell(quantity: Quantity, value: float | None) -> str:
    return number(value, _DIGITS[quantity.unit])
