"""Peers in environments of their own, on the exchange problem; their results are certified here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

import numpy as np

from ...coordinator.market import FloatArray, IntArray
from ..errors import PeerError
from .exchange import Exchange
from .memory import Peak, peak_of_process_tree
from .row import Row, Subject
from .verdict import Verdict, verdict

_SCRIPTS = Path(str(resources.files(__package__))) / "peer_scripts"
PEERS = ("a2dr", "dede")
# Starting, stating the problem and the last checkpoint take their time too.
_GRACE_SECONDS = 300.0
_CHECK_SECONDS = 120.0


@dataclass(frozen=True)
class PeerEnvironment:
    """A peer and the Python that has it installed.

    Raises
    ------
    PeerError
        If the peer is unknown, the Python is no program, or the peer cannot be imported there.
    """

    peer: str
    python: Path

    def __post_init__(self) -> None:
        """Refuse at once what would fail after minutes."""
        if self.peer not in PEERS:
            raise PeerError(f"{self.peer!r} is no peer that walras knows; known are {', '.join(PEERS)}")
        if not (self.python.is_file() and os.access(self.python, os.X_OK)):
            raise PeerError(f"{self.peer}: {self.python} is no program; the Python of its environment is needed")
        _call([str(self.python), "-c", f"import {self.peer}"], _CHECK_SECONDS, self.peer, Peak())

    @property
    def script(self) -> Path:
        """What is run there."""
        return _SCRIPTS / f"{self.peer}_exchange.py"


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
    with tempfile.TemporaryDirectory(prefix="walras-peer-") as folder:
        problem_file, result_file = Path(folder) / "problem.json", Path(folder) / "result.npz"
        numbers = {key: values.tolist() for key, values in exchange.in_own_units().items()}
        problem_file.write_text(json.dumps(numbers), encoding="utf-8")
        command = [str(environment.python), str(environment.script), str(problem_file), str(result_file)]
        peak = Peak()
        _call([*command, str(budget_seconds)], budget_seconds + _GRACE_SECONDS, environment.peer, peak)
        try:
            with np.load(result_file, allow_pickle=False) as data:
                fields = {key: data[key] for key in data.files}
            volume = exchange.scale.volume
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
        except (OSError, ValueError, KeyError) as error:
            raise PeerError(f"{environment.peer} wrote no result that can be read: {error}") from error
    return result, peak.mib


def _judged(subject: Subject, exchange: Exchange, sales_mwh: FloatArray, purchases_mwh: FloatArray) -> Verdict:
    market = subject.problem.market
    if not (np.isfinite(sales_mwh).all() and np.isfinite(purchases_mwh).all()):
        return Verdict()
    prices = np.full(len(market.goods), exchange.price_usd_per_mwh)
    allocation = exchange.allocation(sales_mwh, purchases_mwh)
    violated = exchange.infeasibility(sales_mwh, purchases_mwh)
    return verdict(market, prices, allocation, subject.problem.judge, violated)


def _call(command: list[str], seconds: float, peer: str, peak: Peak) -> None:
    """Run a program to its end; what it started is ended with it if it takes too long.

    Raises
    ------
    PeerError
        If it fails or takes longer than that.
    """
    # Without this Ray leaves a token in the user's home.
    environment = {**os.environ, "RAY_AUTH_MODE": "disabled"}
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            with peak_of_process_tree(process.pid, peak):
                _, complaints = process.communicate(timeout=seconds)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise PeerError(f"{peer} does not end within {seconds:g} s") from error
            raise
    if process.returncode:
        last = complaints.strip().splitlines()[-1:] or [f"exit code {process.returncode}"]
        raise PeerError(f"{peer} fails: {last[0]}")
