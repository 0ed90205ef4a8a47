"""Rows of peers in environments of their own, on the exchange problem; their results are certified here."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np

from ....agents.arrays import FloatArray, IntArray
from ...errors import PeerError
from ..problems.exchange import Exchange
from ..rows.row import Row, Subject
from ..rows.verdict import Verdict, verdict
from .environments import PeerEnvironment


def peer_rows(
    subject: Subject,
    exchange: Exchange,
    environment: PeerEnvironment,
    tolerances: tuple[float, ...],
    budget_seconds: float,
) -> list[Row]:
    """One row for each tolerance: the peer's first checkpoint that is certified to it, up to the first without.

    Peers tell no prices, so their allocations are certified at the exact ones. Whether a checkpoint will
    do is asked afterwards and costs them nothing.
    """
    try:
        result, peak_mib = _run(exchange, environment, budget_seconds)
    except PeerError as error:
        return [subject.row(tolerances[0], Verdict(), str(error))]
    verdicts = [_judged(subject, exchange, *sides) for sides in zip(result.sales, result.purchases, strict=True)]
    rows: list[Row] = []
    for tolerance in tolerances:
        reaching = [index for index, judged in enumerate(verdicts) if judged.reaches(tolerance)]
        chosen = reaching[0] if reaching else len(verdicts) - 1
        outcome = f"{environment.peer} {result.version}, checkpoint {chosen + 1} of {len(verdicts)}"
        rows.append(
            replace(
                subject.row(tolerance, verdicts[chosen], outcome),
                rounds=int(result.iterations[chosen]),
                compile_seconds=result.setup_seconds,
                iterate_seconds=float(result.seconds[chosen]),
                bytes_per_round=result.bytes_per_round,
                messages_per_round=result.messages_per_round,
                peak_memory_mib=peak_mib,
            )
        )
        if not rows[-1].reached:
            break
    return rows


@dataclass(frozen=True, eq=False)
class _Result:
    """What a script wrote, quantities in MWh; see `peer_scripts`."""

    iterations: IntArray
    seconds: FloatArray
    sales: FloatArray
    purchases: FloatArray
    setup_seconds: float
    bytes_per_round: float
    messages_per_round: float
    version: str


def _run(exchange: Exchange, environment: PeerEnvironment, budget_seconds: float) -> tuple[_Result, float | None]:
    numbers = {key: values.tolist() for key, values in exchange.in_own_units().items()}
    fields, peak_mib = environment.run(
        lambda path: path.write_text(json.dumps(numbers), encoding="utf-8"), budget_seconds
    )
    volume = exchange.scale.volume
    try:
        result = _Result(
            iterations=fields["iterations"],
            seconds=fields["seconds"],
            sales=fields["sales"] * volume,
            purchases=fields["purchases"] * volume,
            setup_seconds=float(fields["setup_seconds"]),
            bytes_per_round=float(fields["bytes_per_round"]),
            messages_per_round=float(fields["messages_per_round"]),
            version=str(fields["version"]),
        )
    except (ValueError, KeyError) as error:
        raise PeerError(f"{environment.peer} wrote no result that can be read: {error}") from error
    return result, peak_mib


def _judged(subject: Subject, exchange: Exchange, sales_mwh: FloatArray, purchases_mwh: FloatArray) -> Verdict:
    market = subject.problem.market
    if not (np.isfinite(sales_mwh).all() and np.isfinite(purchases_mwh).all()):
        return Verdict()
    prices = np.full(len(market.goods), exchange.price_usd_per_mwh)
    allocation = exchange.allocation(sales_mwh, purchases_mwh)
    violated = exchange.infeasibility(sales_mwh, purchases_mwh)
    return verdict(market, prices, allocation, subject.problem.judge, violated)
