"""The report of a study in Markdown: verdicts on the abstract's findings, the split, and curves."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from math import isfinite

from ...pages.markdown import literal, number
from ..studies.study_document import StudyDone
from .claims_section import claims_section
from .curves_section import curves_section
from .split_section import split_section

TITLE = "Compute and power planned together: what arXiv 2605.03751 claims of datacenters with microgrids"

_HOW_TO_READ = (
    "*Joint* plans choose where and when jobs run, where requests are served, and all energy, at once. *Energy-only* "
    "plans take jobs and routes from a policy that looks at no price, and may drop requests; each of them is feasible "
    "for the joint problem, so that joint, within its gap, is no worse by construction: what counts is by how much. "
    "*Compute-only* plans choose compute without seeing sun, wind, batteries or carbon, use sun and wind on the site, "
    "import the rest, and ignore a carbon budget. Instances are generated here: the abstract has no data, so that "
    "verdicts are on this family of instances and not on the authors' own.\n"
)


def study_report(study: StudyDone, figures: Sequence[str]) -> str:
    """Write the report.

    Parameters
    ----------
    study : StudyDone
    figures : sequence of str
        Names of the figures; they lie beside the report as PNG and SVG.

    Returns
    -------
    str
        Markdown with tables.
    """
    sections = [f"# {TITLE}\n", _what_was_run(study), _HOW_TO_READ]
    if study.claims:
        sections += [*claims_section(study.claims, figures), *split_section(study.claims, figures)]
    sections += [part for kind in study.kinds for part in curves_section(study, kind, figures)]
    sections += ["## How well it was computed\n", _quality(study), "## How to repeat this\n", _how_to_repeat()]
    return "\n".join(sections)


def _what_was_run(study: StudyDone) -> str:
    seeds = [seed for seed in study.seeds if seed is not None]
    what = f"{len(seeds)} instances, seeds {seeds[0]} to {seeds[-1]}" if seeds else "one whole instance"
    broken = (
        "" if study.is_complete else " **The study was broken off: what stands here is of the runs that had ended.**"
    )
    return f"Scenario {literal(study.scenario)}: {what}.{broken}\n"


def _quality(study: StudyDone) -> str:
    gaps = [plan.gap for plan in study.plans if plan.gap is not None]
    coalitions = [run.coalitions_gap for run in study.claims if run.coalitions_gap is not None]
    without = sum(plan.benefit_usd is None for plan in study.plans)
    limit = f"{study.effort.seconds:g} s" if isfinite(study.effort.seconds) else "no limit"
    lines = [
        f"* Every plan was sought to a relative gap of {study.effort.gap:g} between benefit and bound, with "
        f"{limit} for each run of the solver (HiGHS).",
        f"* {len(study.plans)} plans{' beside those of the split' if study.claims else ''}; {without} of them have no "
        f"schedule; largest gap {number(100 * max(gaps), '.4f') if gaps else '-'} %.",
    ]
    if coalitions:
        lines.append(f"* Plans of the split: largest gap {number(100 * max(coalitions), '.4f')} %.")
    lines += [
        f"* {study.out_of_time} plans ended by the clock and not within the gap."
        if study.out_of_time
        else "* No plan ended by the clock.",
        "* A gap is that of the benefit. Emissions are those of the plan that was found: among plans whose benefits "
        "differ by less than the gap they may differ by more.",
    ]
    return "\n".join(lines) + "\n"


def _how_to_repeat() -> str:
    return (
        f"With walras {version('walras')}: `walras microgrid study`, with the scenario, kinds and seeds above and "
        "`--out DIR`. What was broken off goes on with the same command. `study.json` has every number, `parts/` what "
        "each part found, and figures lie beside the report as PNG and SVG.\n"
    )
