"""The report of the case study in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import pandas as pd

from ...pages.markdown import markdown_table
from ..case_study import CaseStudy
from ..claims.verdicts import Claim, Finding, by_verdict
from ..identities.identities_section import identities_section
from ..paper_settings import SETTING_NAMES
from . import report_tables as tables
from .assumptions import assumptions_table
from .report_cells import cells_section
from .report_costs import cost_table
from .report_forward import carried, split
from .report_paths import paths_section
from .report_quality import convergence

TITLE = "Hyperscalers and modular datacenters in a power market: the case study of arXiv 2602.19310 repeated"

_INTRODUCTION = (
    "The paper's market on the 24-bus reliability test system: conventional load, one hyperscaler, three modular "
    "datacenters, thirteen unit groups and a grid operator. Each market is solved in two ways: decomposed, by prices "
    "and answers of its agents, and whole, as one complementarity problem (the monolith). alpha is the hyperscaler's "
    "weight on cost; 1 - alpha is that on emissions. Ex post it learns of leased emissions afterwards, ex ante "
    "before. Claims are judged in the scenario `rts24_paper`, the setting that comes closest to what the paper prints. "
    "The paper does not print its emission rates; others show how much depends on them: the surrogate rates, a first "
    "fit to its tables, and the RTS-96 rates, the test system's own.\n"
)
_CAPTIONS = {
    "fig1": "Figure 1: lease price against alpha, ex post and ex ante.",
    "fig2": "Figure 2: emission intensity of the modular datacenters against alpha, ex ante.",
    "fig3": "Figure 3: CO2 of the workload (local, leased, all) against alpha, both schemes.",
    "fig4": "Figure 4: cost of the workload (local, leased, all) against alpha, both schemes.",
    "fig5": "Figure 5: (a) system CO2, (b) congestion rent and (c) conventional demand against alpha, ex ante",
    "claim4": "Claim 4 over what the paper leaves open: cost of the workload against alpha.",
    "claim6": "Claim 6 over what the paper leaves open: system CO2 with forward contracts against that without; grey: "
    "the paper's 2 to 5%.",
    "claim7": "Claim 7 over what the paper leaves open: congestion rent along alpha, where there is any.",
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
        "## What is assumed\n",
        "Printed in the paper, inferred from numbers that it prints, or our choice where it says nothing.\n",
        assumptions_table(),
        "## Verdicts at a glance\n",
        _verdicts(study.claims),
        "## What the printed cells say by themselves\n",
        identities_section(),
        cells_section(study.tables),
        "## Tables I to III\n",
        "Difference is the monolith's number less the paper's. The last column is empty where a number is unique; "
        "elsewhere it spans all equilibria (ex ante a sample of purchase mixes, so the true interval may be wider; of "
        "totals the sums of the ends of their parts, so it may be narrower). Intensities are per purchased MWh and, "
        "like power prices, 0 for a datacenter that buys nothing, as the paper prints them.\n",
        *_printed_tables(study, study.cases.settings[:1]),
        "## Claims in detail\n",
        "Verdicts rest on the equilibria that the monoliths select; decomposed runs that converged agree with them to "
        "the differences listed above.\n",
        *(_claim(claim) for claim in study.claims),
        "## What the workload costs, and who gets it\n",
        "In the paper's setting, without forward contracts, in $. Local energy is at the nodal price, leased energy "
        "what the datacenters pay for it; rent of clean supply is paid beyond the nodal price to those who are "
        "cleaner than the dirtiest supply bought. Used up is generation cost less the benefit of conventional demand, "
        "as it changes from the first alpha: what falls otherwise, somebody else loses.\n",
        cost_table(_evidence(study, 4), study.cases.own),
        "## Forward contracts: 90% by contract, and what emissions are made of\n",
        carried(study.limits, _evidence(study, 6)),
        "The change of system CO2 from no forward contracts, in t: by the demand that is served, by the place where "
        "work is done, and by who generates at given demand (each as the cheapest dispatch changes, the rest being the "
        "mix; a dash where the lines cannot carry the new demand with the old work, and then both are told as one). "
        "Beside it the cheapest and the cleanest dispatch of the same demand.\n",
        split(_evidence(study, 6), study.cases.own),
        "## Figures\n",
        *(_figure(name) for name in figures),
        "## Tables I to III in other settings\n",
        "How much the tables depend on what the paper does not print. No verdict rests on these.\n",
        *_printed_tables(study, study.cases.settings[1:]),
        "## The path in kappa\n",
        paths_section(study.paths, study.cases),
        "## Theorems 1 and 2\n",
        _theorems(study),
        "## Equivalence with a pool\n",
        "At alpha = 1 emissions have no weight, and bilateral contracts must have the nodal prices of a pool (Hobbs, "
        "IEEE Transactions on Power Systems 16(2), 2001). The pool is an elastic DC optimal power flow with the "
        "datacenters' workload, stated on nodes without contracts and solved apart. Largest differences from it:\n",
        tables.equivalence(study.equivalence),
        "## Emissions by contract and by location\n",
        "By contract (market-based) a datacenter has the emissions of whom it buys from; by location it has the mean "
        "of all energy, hydro included (GHG Protocol, Scope 2 Guidance, 2015). All in t. Least and most are over all "
        "equilibria.\n",
        tables.accounting(study.footprints),
        "## Surplus of every agent\n",
        "In $, in the equilibrium of the monolith. The surpluses add up to the welfare: what is paid is received.\n",
        tables.surplus(study.surplus),
        "## Where the paper's numbers disagree\n",
        _slips(study),
        "## How to repeat this\n",
        f"With walras {version('walras')}: `walras paper --out DIR`. The command computes all markets, writes this "
        "report, `cases.parquet` (every figure of every market), `tables/` (CSV), `figures/` (PNG and SVG) and "
        "`results.json`. One market alone: `walras compare rts24_paper --set disclosure=ex_ante --set "
        "hyperscalers.hyperscaler.cost_weight=0.1`.\n",
    ]
    return "\n".join(sections)


def _evidence(study: CaseStudy, number: int) -> pd.DataFrame:
    (evidence,) = (claim.evidence for claim in study.claims if claim.number == number)
    return evidence


def _printed_tables(study: CaseStudy, settings: Sequence[str]) -> list[str]:
    return [tables.printed_table(study.tables, name, setting) for setting in settings for name in ("I", "II", "III")]


def _verdicts(claims: Sequence[Claim]) -> str:
    rows = [
        [
            f"{claim.number}",
            claim.statement,
            f"**{claim.verdict}**",
            by_verdict(claim.findings),
            by_verdict(claim.sensitivity),
        ]
        for claim in claims
    ]
    columns = ["claim", "what the paper says", "verdict", "in the paper's setting", "elsewhere (changes no verdict)"]
    return markdown_table(columns, rows, numbers=0)


def _claim(claim: Claim) -> str:
    elsewhere = f"Elsewhere:\n\n{_findings(claim.sensitivity)}\n\n" if claim.sensitivity else ""
    return (
        f"### {claim.number}. {claim.statement}\n\n**{str(claim.verdict).capitalize()}.** "
        f"{claim.test}\n\n{_findings(claim.findings)}\n\n{elsewhere}"
        f"{claim.cause}\n\nAll numbers: `tables/claim_{claim.number}.csv`.\n"
    )


def _findings(findings: Sequence[Finding]) -> str:
    return "\n".join(f"* **{finding.setting}: {finding.verdict}.** {_sentence(finding.words)}" for finding in findings)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _figure(name: str) -> str:
    caption = _CAPTIONS.get(name.partition("-")[0], name.replace("-", " "))
    if name.startswith("fig5"):
        caption += f", {name.removeprefix('fig5-').replace('-', ' ')}."
    return f"![{caption}](figures/{name}.png)\n\n*{caption}*\n"


def _theorems(study: CaseStudy) -> str:
    lines = []
    for (setting, alpha), found in study.theorems.items():
        told = f"{SETTING_NAMES[setting]}, ex post, alpha {alpha:g}"
        lines.append(f"* **{told}.** {found.existence.verdict}. {found.uniqueness.verdict}.")
    return "\n".join(lines) + "\n"


def _slips(study: CaseStudy) -> str:
    rows = [[slip.paper, slip.numbers] for slip in study.slips]
    return markdown_table(["printed", "what the numbers say"], rows, numbers=0)
