"""The tables of a sweep: one row a run, and one row a run and round."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas as pd

from ...network.plain import printable
from ..archive.keeping import write_aside
from ..archive.plain_json import read_json
from ..archive.run_folder import TABLES, RunFolder, read_run_folder
from ..errors import RunFolderError
from .plan import Plan, PlannedRun
from .sweep_folder import SweepFolder
from .work import FAILED

_INT64 = range(-(2**63), 2**63)


def sweep_tables(plan: Plan, folder: SweepFolder) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read all runs of a finished sweep back.

    Returns
    -------
    runs : DataFrame
        One row a run: number, key, what varies, settings, seed, status, certificate and figures of the result.
        Lists over the hours become numbers where every run has one hour. A run that failed has no figures.
    iterations : DataFrame
        One row a run and round, with the columns of `rounds.parquet`.

    Raises
    ------
    RunFolderError
        If a file is missing or broken; the message names it.
    """
    rows, rounds = [], [pd.DataFrame(columns=["run", "key", *TABLES["rounds.parquet"]])]
    for run in plan.runs:
        head = {"run": run.number, "key": run.key}
        common = {**head, **_parameters(run, plan)}
        if folder.failure(run).exists():
            rows.append({**common, **_failure(folder, run)})
            continue
        kept = read_run_folder(folder.run_folder(run))
        rows.append({**common, **_figures(kept)})
        rounds.append(pd.DataFrame({**head, **kept.rounds}))
    columns = list(dict.fromkeys(key for row in rows for key in row))
    settings = {*plan.runs[0].parameters, "seed"}
    series = {}
    for name in columns:
        values = [row.get(name) for row in rows]
        series[name] = _typed(_of_one_kind(values) if name in settings else _without_hours(values))
    table = pd.DataFrame(series)
    return table, pd.concat(rounds[1:] or rounds, ignore_index=True)


def write_tables(folder: SweepFolder, runs: pd.DataFrame, iterations: pd.DataFrame) -> None:
    """Write both tables into the sweep folder, each complete or not at all."""
    for name, table in (("runs.parquet", runs), ("iterations.parquet", iterations)):
        write_aside(folder.path / name, partial(table.to_parquet, index=False))


def _parameters(run: PlannedRun, plan: Plan) -> dict[str, Any]:
    scenario = run.scenario
    return {
        **run.parameters,
        "scenario": scenario.name,
        "mechanism": scenario.coordinator.mechanism,
        "executor": plan.executor,
        "tolerance": scenario.coordinator.tolerance,
        "max_rounds": scenario.coordinator.max_rounds,
        "seed": scenario.seed,
    }


def _failure(folder: SweepFolder, run: PlannedRun) -> dict[str, Any]:
    source = folder.failure(run)
    document = read_json(source)
    reason = document.get("reason") if isinstance(document, dict) else None
    seconds = document.get("seconds") if isinstance(document, dict) else None
    if not isinstance(reason, str) or type(seconds) not in (int, float):
        raise RunFolderError(f"{source}: cannot be read: it holds no reason and seconds")
    return {"status": FAILED, "reason": printable(reason), "seconds": seconds}


def _figures(kept: RunFolder) -> dict[str, Any]:
    document, certificate = kept.document, kept.document["certificate"]
    figures = {
        "status": document["status"],
        "reason": document["reason"],
        "rounds": document["rounds"],
        "best_round": document["best_round"],
        "seconds": sum(document["seconds"][part] for part in ("build", "compile", "iterate", "certify")),
        "relative_gap": certificate["relative_gap"],
        "repaired_gap": certificate.get("repaired_gap"),
        "max_relative_imbalance": certificate["max_relative_imbalance"],
        "max_relative_violation": certificate.get("max_relative_violation"),
        "total_regret_usd": certificate["total_regret_usd"],
    }
    if "monolith_failure" in document:
        figures["monolith_failure"] = document["monolith_failure"]
    if document.get("equilibrium"):
        figures["mlcp_residual"] = document["equilibrium"]["mlcp_residual"]
        figures |= {f"difference.{name}": value for name, value in document["difference"].items()}
    return {**figures, **dict(_flat(document["result"], ""))}


def _flat(document: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _of_one_kind(values: list[Any]) -> list[Any]:
    """Settings as a Parquet column can hold them: what is no plain value, or of several kinds, becomes JSON text."""
    known = [value for value in values if value is not None]
    kinds = {"number" if type(value) in (int, float) else type(value).__name__ for value in known}
    fits = all(value in _INT64 for value in known if isinstance(value, int))
    if len(kinds) <= 1 and not kinds & {"list", "dict"} and fits:
        return values
    return [None if value is None else json.dumps(value) for value in values]


def _without_hours(values: list[Any]) -> list[Any]:
    """Lists of one hour each become numbers."""
    if all(value is None or (isinstance(value, list) and len(value) == 1) for value in values):
        return [None if value is None else value[0] for value in values]
    return values


def _typed(values: list[Any]) -> pd.Series[Any]:
    """Whole numbers stay whole where some rows have none."""
    kinds = {type(value) for value in values}
    return pd.Series(values, dtype="Int64") if kinds == {int, type(None)} else pd.Series(values)
