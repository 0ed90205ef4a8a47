"""`walras paper`: the case study."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from ..paper.case_study import CaseStudy, examine
from ..paper.chain_tasks import chain_tasks
from ..paper.chains import Chain, chains
from ..paper.followed import path_tasks
from ..paper.lookup import Paths
from ..paper.paper_folder import PaperFolder, open_paper_folder
from ..paper.report.report_writer import write_case_study
from .broken_off import broken_off_is_told, job_place
from .options import MOST_WORKERS, executor_options
from .printing.paper_tables import print_case_study
from .progress import paper_progress, phase_progress
from .side_by_side import SideBySide, on_option, side_by_side

EXIT_NOT_CONVERGED = 3
_WORKERS = "Chains side by side; with --executor ray processes of each market.  [default: usable cores, or all of Ray]"


@click.command()
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write report, tables and figures there.")
@executor_options
@on_option
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), help=_WORKERS)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout and nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="No progress line.")
@click.pass_context
def paper(
    ctx: click.Context,
    out: Path | None,
    executor: str,
    inner: str | None,
    ray_address: str | None,
    on: str,
    workers: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Repeat the case study of arXiv 2602.19310: its tables, figures and claims with verdicts.

    With --out a study that was broken off goes on where it stopped: call it again.

    Exit codes: 0 if all decomposed runs converged, whatever the verdicts; 3 if some did not (results are
    printed and written all the same, and the report says which and why); 2 if DIR holds something else.
    """
    computing, plan = side_by_side(on, executor, inner, workers, ray_address), chains()
    with job_place(out) as place, open_paper_folder(place.path, plan) as folder:

        def finished() -> int:
            return len(plan) - len(folder.pending(plan))

        with broken_off_is_told(ctx, finished, f"{len(plan)} chains of markets", place):
            _compute(plan, folder, computing, quiet=quiet)
            with phase_progress("judging the claims", quiet=quiet):
                study = examine(folder.read(plan))
            with phase_progress("following paths in kappa", quiet=quiet):
                study = replace(study, paths=_followed(plan, computing))
            if out is not None:
                with phase_progress("writing report and figures", quiet=quiet):
                    write_case_study(study, out, _draw)
            ctx.obj.hold()
    if as_json:
        click.echo(json.dumps(study.document(), allow_nan=False))
    else:
        print_case_study(study, out)
    if len(study.quality.not_converged):
        ctx.exit(EXIT_NOT_CONVERGED)


def _compute(plan: Sequence[Chain], folder: PaperFolder, computing: SideBySide, *, quiet: bool) -> None:
    markets = sum(len(chain.alphas) for chain in plan)
    pending = sum(len(chain.alphas) for chain in folder.pending(plan))
    with (
        computing.reachable() as executor,
        paper_progress(markets, markets - pending, quiet=quiet) as on_chain,
        closing(computing.workers.execute(chain_tasks(plan, folder, executor))) as ended,
    ):
        for chain in ended:
            on_chain(len(chain.alphas))


def _followed(plan: Sequence[Chain], computing: SideBySide) -> Paths:
    """Paths of the chains without forward contracts, in the order of the plan."""
    with closing(computing.workers.execute(path_tasks(plan))) as ended:
        paths = dict(ended)
    return {(chain.emission_rates, chain.disclosure): paths[chain] for chain in plan if chain in paths}


def _draw(study: CaseStudy, folder: Path) -> list[str]:
    # matplotlib takes a second to import, and without --out nothing is drawn
    from ..figures.style import save_figure
    from ..paper.figures.paper_figures import paper_figures

    figures = paper_figures(study.cases.frame, study.paths)
    for name, figure in figures.items():
        save_figure(figure, folder, name)
    return list(figures)
