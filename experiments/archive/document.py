"""The JSON document of a study: the contract with scripts that read it."""

from __future__ import annotations

import math
import platform
import subprocess
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ...coordinator.diagnosis import diagnose
from ...coordinator.run import Run, Status
from ..settlement.scheme import PurchaseMix
from ..study import Monolith, MonolithFailure, Study

_RECORDED = ("walras", "cvxpy", "daqp", "highspy", "numpy", "piqp", "scipy")


def study_document(study: Study) -> dict[str, Any]:
    """Nested dictionaries of plain numbers and strings; what is not finite becomes None."""
    outcome = study.run
    certificate = outcome.certificate
    document: dict[str, Any] = {
        "scenario": study.scenario.name,
        "status": str(outcome.status),
        "reason": outcome.reason,
        "mechanism": study.scenario.coordinator.mechanism,
        "executor": outcome.executor_name,
        "rounds": len(outcome.records),
        "best_round": outcome.best.number,
        "seed": study.scenario.seed,
        "seconds": {
            "build": study.build_seconds,
            "compile": outcome.compile_seconds,
            "iterate": outcome.iterate_seconds,
            "certify": outcome.certify_seconds,
        },
        "certificate": {
            "relative_gap": certificate.relative_gap,
            "repaired_gap": study.decomposition.settlement.repaired_gap,
            "max_relative_imbalance": certificate.max_relative_imbalance,
            "max_relative_violation": certificate.max_relative_violation,
            "max_relative_regret_of_agent": certificate.max_relative_regret_of_agent,
            "max_relative_imbalance_of_agent": certificate.max_relative_imbalance_of_agent,
            "total_regret_usd": certificate.total_regret_usd,
            "regret_usd": {
                agent.name: float(regret)
                for agent, regret in zip(study.market.agents, certificate.regrets_usd, strict=True)
            },
            "imbalance_value_usd": certificate.imbalance_value_usd,
            "turnover_usd": certificate.turnover_usd,
            "relative_imbalance": {str(key): value for key, value in certificate.relative_imbalances.items()},
        },
        "disclosure": {
            "scheme": study.scenario.disclosure,
            "mix_kg_per_mwh": _by_lender(study.decomposition.disclosed.mix_kg_per_mwh),
            "mixes": study.decomposition.disclosed.mixes,
            "inconsistency_kg_per_mwh": study.decomposition.disclosed.inconsistency_kg_per_mwh,
        },
        "selection": study.decomposition.settlement.selection,
        "result": study.result.document(),
    }
    if outcome.status != Status.CONVERGED:
        document["diagnosis"] = _diagnosis(outcome)
    if isinstance(study.monolith, MonolithFailure):
        document["equilibrium"] = None
        document["monolith_failure"] = study.monolith.reason
    if isinstance(study.monolith, Monolith):
        equilibrium = study.monolith.equilibrium
        document["equilibrium"] = {
            "solver": equilibrium.solver,
            "selection": equilibrium.selection,
            "seconds": equilibrium.seconds,
            "mlcp_residual": equilibrium.mlcp_residual,
            "mix_kg_per_mwh": _by_lender(equilibrium.mix_kg_per_mwh),
            "result": study.monolith.result.document(),
            "interval": {path: list(ends) for path, ends in study.monolith.intervals.figures.items()},
            "interval_mixes": study.monolith.intervals.mixes,
        }
        document["difference"] = asdict(study.monolith.difference)
    return {key: _plain(value) for key, value in document.items()}


def archive_document(study: Study) -> dict[str, Any]:
    """The study's document with all that is needed to repeat it."""
    return {
        **study_document(study),
        "scenario_document": study.scenario.model_dump(mode="json"),
        "added_agents": [agent.name for agent in study.scenario.newcomers],
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _RECORDED}},
        "git_commit": _git_commit(),
    }


def _by_lender(mix: PurchaseMix) -> dict[str, dict[str, float]]:
    """Mixes by modular datacenter and hour, counted from 0."""
    result: dict[str, dict[str, float]] = {}
    for good, value in mix.items():
        result.setdefault(good.seller, {})[str(good.period)] = value
    return result


def _diagnosis(outcome: Run) -> dict[str, Any]:
    diagnosis = diagnose(outcome)
    return {
        "summary": diagnosis.summary,
        "goods": [
            {
                "good": str(symptom.good),
                "pattern": str(symptom.pattern),
                "imbalance": list(symptom.imbalances),
                "price": list(symptom.prices),
                "unit": symptom.good.unit,
                "share": symptom.share,
            }
            for symptom in diagnosis.symptoms
        ],
        "regret_usd": dict(diagnosis.regrets_usd),
    }


def _git_commit() -> str | None:
    """Commit of the checkout that walras runs from, or None when it is installed."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
