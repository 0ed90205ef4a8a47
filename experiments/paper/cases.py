"""The markets of the case study, each decomposed and solved whole: one table of figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pandas as pd

from ...coordinator.diagnosis import diagnose
from ...coordinator.executor import Executor
from ...coordinator.mechanism import Opening
from ...coordinator.run import Status
from ..intervals import intervals
from ..monolith.equilibrium import assemble_monolith
from ..results.comparison import compare
from ..results.dotted_figures import figures
from ..results.ledger import Ledger
from ..results.result import summarise
from ..scenario.disclosures import disclosure_scheme
from ..study import Study, decompose
from .chains import Chain
from .forward.forward_matrices import stacked_market
from .paper_settings import SETTINGS


def run_chain(chain: Chain, executor: Executor | str = "compiled") -> pd.DataFrame:
    """Run all markets of a chain by an executor.

    Returns
    -------
    DataFrame
        For each alpha a row `decomposed` and a row `monolith` (column `side`), and for chains without forward
        contracts the rows `least` and `largest` over all equilibria; of variations of the paper's setting the row
        `monolith` alone. Columns: those of the chain, status, reason, cause (of what did not converge), rounds,
        certificate, residual and differences, and the figures of `Result` by their dotted paths, hour 1.
    """
    rows: list[dict[str, Any]] = []
    opening = None
    for alpha in chain.alphas:
        head = {**asdict(chain), "alpha": alpha}
        del head["alphas"]
        if SETTINGS[chain.setting].varied:
            rows.append({**head, **_monolith_row(chain, alpha)})
            continue
        study = decompose(chain.scenario(alpha), executor=executor, opening=opening)
        opening = Opening(study.run.best.prices, study.run.best.allocation.trades)
        rows += [{**head, **row} for row in _rows(study, spot=chain.is_spot)]
    return pd.DataFrame(rows)


def _monolith_row(chain: Chain, alpha: float) -> dict[str, Any]:
    scenario = chain.scenario(alpha)
    market, stacked = stacked_market(SETTINGS[chain.setting], scenario)
    equilibrium = assemble_monolith(market, stacked).equilibrium(disclosure_scheme(scenario, market))
    result = summarise(Ledger(equilibrium.market, equilibrium.prices, equilibrium.allocation))
    return {"side": "monolith", "mlcp_residual": equilibrium.mlcp_residual, **figures(result)}


def _rows(study: Study, *, spot: bool) -> Iterator[dict[str, Any]]:
    certificate = study.run.certificate
    yield {
        "side": "decomposed",
        "status": str(study.run.status),
        "reason": study.run.reason,
        "cause": "" if study.run.status == Status.CONVERGED else diagnose(study.run).summary,
        "rounds": len(study.run.records),
        "relative_gap": certificate.relative_gap,
        "max_relative_imbalance": certificate.max_relative_imbalance,
        "max_relative_violation": certificate.max_relative_violation,
        "mixes": study.decomposition.disclosed.mixes,
        "selection": study.decomposition.settlement.selection,
        **figures(study.result),
    }
    scheme = disclosure_scheme(study.scenario, study.market)
    monolith = assemble_monolith(study.market, study.built.stacked)
    equilibrium = monolith.equilibrium(scheme)
    ledger = Ledger(equilibrium.market, equilibrium.prices, equilibrium.allocation)
    result = summarise(ledger)
    yield {
        "side": "monolith",
        "mlcp_residual": equilibrium.mlcp_residual,
        "mixes": equilibrium.mixes,
        "selection": equilibrium.selection,
        **{f"difference.{name}": value for name, value in asdict(compare(study.market, study.result, result)).items()},
        **figures(result),
    }
    if spot:
        ends = intervals(monolith, scheme, equilibrium).figures
        for side, position in (("least", 0), ("largest", 1)):
            yield {"side": side, **{path.removesuffix(".0"): values[position] for path, values in ends.items()}}
