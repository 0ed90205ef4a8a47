"""Rows of PATH, in an environment of its own, on the complementarity problem; its points are certified here."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from ...errors import PeerError
from ...monolith.mlcp import MLCP, assemble
from ..rows.monoliths import judged
from ..rows.qp_solvers import Solved
from ..rows.row import Row, Subject
from ..rows.stopwatch import timed
from ..rows.verdict import Verdict
from .environments import PeerEnvironment
from .merged import merge


def path_rows(
    subject: Subject, environment: PeerEnvironment, tolerances: tuple[float, ...], budget_seconds: float
) -> list[Row]:
    """One row for each tolerance: the first point that is certified to it, up to the first without.

    PATH gets one variable for each contract, as `merge` states the problem, and is asked for one accuracy after
    the other from a cold start. Its time is what it says itself; writing and reading the model is set-up.
    """
    stacked = subject.problem.stacked
    merging = timed(lambda: merge(stacked))
    short = merging.result
    mlcp = assemble(short.merged)
    try:
        fields, peak_mib = environment.run(partial(_write, mlcp), budget_seconds)
        points, version = fields["points"], str(fields["version"])
    except (PeerError, KeyError) as error:
        return [subject.row(tolerances[0], Verdict(), str(error))]
    verdicts = []
    for u, status in zip(points, fields["status"], strict=True):
        z, equalities, inequalities, kept = mlcp.split(u)
        prices = short.prices(z, equalities, inequalities, kept)
        x = short.spread @ z + short.shift
        solved = Solved(x, np.concatenate([equalities, -prices]), None, str(status))
        verdicts.append(judged(subject.problem, solved))
    rows: list[Row] = []
    for tolerance in tolerances:
        reaching = [index for index, verdict in enumerate(verdicts) if verdict.reaches(tolerance)]
        chosen = reaching[0] if reaching else len(verdicts) - 1
        rows.append(
            replace(
                subject.row(tolerance, verdicts[chosen], f"GAMS {version} says {fields['status'][chosen]}"),
                rounds=int(fields["iterations"][chosen]),
                compile_seconds=merging.wall_seconds + float(fields["setup_seconds"]),
                iterate_seconds=float(fields["seconds"][chosen]),
                peak_memory_mib=peak_mib,
            )
        )
        if not rows[-1].reached:
            break
    return rows


def _write(mlcp: MLCP, path: Path) -> None:
    rows, columns = mlcp.M.tocoo().coords
    values = mlcp.M.tocoo().data
    with path.open("wb") as file:
        np.savez(file, rows=rows, columns=columns, values=values, q=mlcp.q, lower=mlcp.lower, upper=mlcp.upper)
