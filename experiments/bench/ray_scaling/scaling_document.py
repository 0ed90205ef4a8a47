"""Scaling on Ray as a JSON document, and as a folder with tables and a figure."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from ...archive.new_folder import Claim
from .cost_model import ASSUMPTIONS, CostModel
from .measuring_workers import RayScaling
from .prediction import Modelled, modelled
from .round_time import RoundTime

_RECORDED = ("walras", "cvxpy", "daqp", "numpy", "ray", "scipy")


def scaling_document(measured: RayScaling) -> dict[str, Any]:
    """Nested dictionaries of plain numbers and strings; what never pays has no size from which on it does."""
    models = modelled(measured)
    return {
        "rounds": [_round_document(point, models) for point in measured.rounds],
        "messages": [asdict(told) for told in measured.messages],
        "models": [{"family": one.family, "machines": one.machines, **_model_document(one.model)} for one in models],
        "on_paper": [
            {
                **asdict(row),
                "pays_from_contracts": row.pays_from_contracts if math.isfinite(row.pays_from_contracts) else None,
            }
            for one in models
            for row in one.on_paper
        ],
        "assumptions": list(ASSUMPTIONS),
        "skipped": list(measured.skipped),
        "seed": measured.plan.seed,
        "load_average": measured.load_average,
        "cores": len(os.sched_getaffinity(0)),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _RECORDED}},
    }


def fill_scaling_folder(document: dict[str, Any], claim: Claim, draw: Callable[[dict[str, Any], Path], object]) -> None:
    """Write bench.json, bench.parquet and the figure; the folder is complete or absent.

    Parameters
    ----------
    document : dict
        See `scaling_document`.
    claim : Claim
        Of its place.
    draw : callable
        Puts the figure of a document into a folder.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    with claim.filling() as aside:
        (aside / "bench.json").write_text(json.dumps(document, indent=1, allow_nan=False), encoding="utf-8")
        pd.DataFrame(document["rounds"]).to_parquet(aside / "bench.parquet", index=False)
        if document["models"]:
            draw(document, aside)


def _round_document(point: RoundTime, models: list[Modelled]) -> dict[str, Any]:
    document = asdict(point)
    document |= document.pop("load")
    document |= {"milliseconds": 1e3 * point.seconds, "answer_milliseconds": 1e3 * point.median_answer_seconds}
    found = [checked for one in models for checked in one.checked if checked.point is point]
    return document | {
        "predicted_milliseconds": 1e3 * found[0].predicted_seconds if found else None,
        "error": found[0].error if found else None,
        "is_held_out": found[0].is_held_out if found else None,
    }


def _model_document(model: CostModel) -> dict[str, float]:
    a_round, a_worker, a_byte = model.messages.seconds_per_unit
    agent_here, copy_here = model.here.seconds_per_unit
    agent_there, copy_there = model.there.seconds_per_unit
    step, step_copy = model.step.seconds_per_unit
    return {
        "message_seconds_per_round": a_round,
        "message_seconds_per_worker": a_worker,
        "message_seconds_per_byte": a_byte,
        "step_seconds_per_round": step,
        "step_seconds_per_copy": step_copy,
        "here_seconds_per_agent": agent_here,
        "here_seconds_per_copy": copy_here,
        "worker_seconds_per_agent": agent_there,
        "worker_seconds_per_copy": copy_there,
    }
