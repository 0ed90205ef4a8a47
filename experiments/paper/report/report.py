"""The report of the case study in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from ...pages.markdown import markdown_table
from ..case_study import CaseStudy
from ..claims.verdicts import Claim
from ..lookup import TABLE_NAMES
from . import report_tables as tables
from .report_paths import paths_section
from .report_quality import convergence

TITLE = "Hyperscalers and modular datacenters in a power market: the case study of arXiv 2602.19310 repeated"

_INTRODUCTION = (
    "The paper's market on the 24-bus reliability test system: conventional load, one hyperscaler, three modular "
    "datacenters, thirteen unit groups and a grid operator. Each market is solved in two ways: decomposed, by prices "
    "and answers of its agents, and whole, as one complementarity problem (the monolith). alpha is the hyperscaler's "
    "weight on cost; 1 - alpha is that on emissions. Ex post it learns of leased emissions afterwards, ex ante "
    "before. The paper does not print its emission rates: the surrogate rates are a fit to its tables (nuclear 145, "
    "oil 621, coal 739 kg/MWh), the RTS-96 rates are the test system's own.\n"
)
_CAPTIONS = {
    "fig1": "Figure 1: lease price against alpha, ex post and ex ante.",
    "fig2": "Figure 2: emission intensity of the modular datacenters against alpha, ex ante.",
    "fig3": "Figure 3: CO2 of the workload (local, leased, all) against alpha, both schemes.",
    "fig4": "Figure 4: cost of the workload (local, leased, all) against alpha, both schemes.",
    "fig5": "Figure 5: (a) system CO2, (b) congestion rent and (c) conventional demand against alpha, ex ante",
    "fig6": "Figure 6: emissions of the workload by contract beside emissions by location, against alpha.",
}


def report(study: CaseStudy, figures: Sequence[str]) -> str:
    """Write the report.

    Parameters
    ----------
    study : CaseStudy
    figures : sequence of str
        Names of figures; they lie in the folder `figures` as PNG and SVG.

    Returns
    -------
    str
        Markdown with tables.
    """
    sections = [
        f"# {TITLE}\n",
        _INTRODUCTION,
        "## How well it was computed\n",
        convergence(study.quality),
        "## Verdicts at a glance\n",
        _verdicts(study.claims),
        "## Tables I to III\n",
        "Difference is the monolith's number less the paper's. The last column is empty where a number is unique; "
        "elsewhere it spans all equilibria (ex ante a sample of purchase mixes, so the true interval may be wider; of "
        "totals the sums of the ends of their parts, so it may be narrower). Intensities are per purchased MWh and, "
        "like power prices, 0 for a datacenter that buys nothing, as the paper prints them.\n",
        *(tables.printed_table(study, name) for name in ("I", "II", "III")),
        "## Claims in detail\n",
        "Verdicts rest on the equilibria that the monoliths select; decomposed runs that converged agree with them to "
        "the differences listed above.\n",
        *(_claim(claim) for claim in study.claims),
        "## Figures\n",
        *(_figure(name) for name in figures),
        "## The path in kappa\n",
        paths_section(study),
        "## Theorems 1 and 2\n",
        _theorems(study),
        "## Equivalence with a pool\n",
        "At alpha = 1 emissions have no weight, and bilateral contracts must have the nodal prices of a pool (Hobbs, "
        "IEEE Transactions on Power Systems 16(2), 2001). The pool is an elastic DC optimal power flow with the "
        "datacenters' workload, stated on nodes without contracts and solved apart. Largest differences from it:\n",
        tables.equivalence(study),
        "## Emissions by contract and by location\n",
        "By contract (market-based) a datacenter has the emissions of whom it buys from; by location it has the mean "
        "of all energy, hydro included (GHG Protocol, Scope 2 Guidance, 2015). All in t. Least and most are over all "
        "equilibria.\n",
        tables.accounting(study),
        "## Surplus of every agent\n",
        "In $, in the equilibrium of the monolith. The surpluses add up to the welfare: what is paid is received.\n",
        tables.surplus(study),
        "## Where the paper's numbers disagree\n",
        _slips(study),
        "## How to repeat this\n",
        f"With walras {version('walras')}: `walras paper --out DIR`. The command computes all markets, writes this "
        "report, `cases.parquet` (every figure of every market), `tables/` (CSV), `figures/` (PNG and SVG) and "
        "`results.json`. One market alone: `walras compare rts24 --set producers.emission_rates=surrogate --set "
        "disclosure=ex_ante --set hyperscalers.hyperscaler.cost_weight=0.1`.\n",
    ]
    return "\n".join(sections)


def _verdicts(claims: Sequence[Claim]) -> str:
    rows = [[f"{claim.number}", claim.statement, f"**{claim.verdict}**", _by_setting(claim)] for claim in claims]
    return markdown_table(["claim", "what the paper says", "verdict", "by setting"], rows, numbers=0)


def _by_setting(claim: Claim) -> str:
    return "; ".join(f"{finding.setting}: {finding.verdict}" for finding in claim.findings)


def _claim(claim: Claim) -> str:
    findings = "\n".join(
        f"* **{finding.setting}: {finding.verdict}.** {_sentence(finding.words)}" for finding in claim.findings
    )
    return (
        f"### {claim.number}. {claim.statement}\n\n**{str(claim.verdict).capitalize()}.** "
        f"{claim.test}\n\n{findings}\n\n"
        f"{claim.cause}\n\nAll numbers: `tables/claim_{claim.number}.csv`.\n"
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _figure(name: str) -> str:
    caption = _CAPTIONS.get(name[:4], name.replace("-", " "))
    if name.startswith("fig5"):
        caption += f", {name.removeprefix('fig5-').replace('-', ' ')}."
    return f"![{caption}](figures/{name}.png)\n\n*{caption}*\n"


def _theorems(study: CaseStudy) -> str:
    lines = []
    for (table, alpha), found in study.theorems.items():
        setting = f"{TABLE_NAMES[table]}, ex post, alpha {alpha:g}"
        lines.append(f"* **{setting}.** {found.existence.verdict}. {found.uniqueness.verdict}.")
    return "\n".join(lines) + "\n"


def _slips(study: CaseStudy) -> str:
    rows = [[slip.paper, slip.numbers] for slip in study.slips]
    return markdown_table(["printed", "what the numbers say"], rows, numbers=0)
