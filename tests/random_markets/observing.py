"""One random market solved by the command line, and what the judge says of each run."""

import io
import json
import os
import sys
import tempfile
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
from random_markets.baseline import calibration_faults
from random_markets.generator import random_market
from random_markets.judge import judge
from random_markets.market_reading import Written, read_market
from random_markets.reference import Calibrated
from random_markets.serving import unserved_load, unserved_work

from walras.agents import Consumer, Producer
from walras.experiments.cli.commands import walras
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario

ROUNDS = 1500
# Of markets of many hours, and of level bundle, whose rounds take longer and longer.
FEW_ROUNDS = 300
# Shares of a need that cannot be told from rounding.
EDGE = 1e-8


def observe(seed: int, number: int, folder: Path):
    """A line of the report for each run of a market."""
    market = random_market(seed, number)
    path = market.write(folder)
    for mechanism, executor in market.runs:
        line = {"number": number, "classes": market.classes, "mechanism": mechanism, "executor": executor}
        yield line | outcome_of(path, mechanism, executor)


def outcome_of(path: Path, mechanism: str, executor: str) -> dict:
    written = read_market(path)
    rounds = FEW_ROUNDS if written.hours > 4 or (mechanism == "level-bundle" and written.hours > 1) else ROUNDS
    code, out, err = command(
        "run",
        path,
        "--mechanism",
        mechanism,
        "--executor",
        executor,
        "--max-rounds",
        rounds,
        "--json",
        "-q",
    )
    lines = err.strip().splitlines() or [""]
    if code == 2:
        return refusal(written, lines[-1].split("s.yaml: ")[-1])
    if code not in (0, 3):
        return {"outcome": "failure", "reason": lines[-1], "detail": err[-1500:]}
    try:
        document = json.loads(out)
    except ValueError:
        return {"outcome": "failure", "reason": "stdout holds more than a document", "detail": out[:300]}
    figures = {
        "rounds": document["rounds"],
        "certificate": {key: value for key, value in document["certificate"].items() if key != "regret_usd"},
    }
    if code == 3:
        return figures | {"outcome": "not converged", "reason": document["reason"]}
    curves = calibrated(path, written)
    faults = calibration_faults(written, curves) + judge(written, curves, document)
    return figures | {
        "outcome": "wrong" if faults else "right",
        "reason": document["reason"],
        "faults": [str(fault) for fault in faults],
    }


def refusal(written: Written, reason: str) -> dict:
    """Rightly refused is what lacks load or work, by the reference's own linear programme."""
    if written.forward and "forward_position" in reason:
        return {"outcome": "refused for its forward contracts", "reason": reason}
    lacks = max(unserved_load(written), unserved_work(written))
    outcome = "refused rightly" if lacks > EDGE else "refused wrongly"
    return {"outcome": outcome, "reason": reason, "detail": f"{lacks:.2e} of somebody's need cannot be served"}


def command(*arguments) -> tuple[int, str, str]:
    """Exit code and what is written; to stdout by solvers too, which know the file descriptor alone."""
    kept, err, code = os.dup(1), io.StringIO(), 0
    with tempfile.TemporaryFile("w+") as out:
        sys.stdout.flush()
        os.dup2(out.fileno(), 1)
        try:
            with redirect_stdout(out), redirect_stderr(err):
                walras.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        except Exception:
            code = 1
            err.write(traceback.format_exc())
        finally:
            os.dup2(kept, 1)
            os.close(kept)
        out.seek(0)
        return code, out.read(), err.getvalue()


def calibrated(path: Path, written: Written) -> Calibrated:
    """Demand curves and obligations as the package derives them from the baseline."""
    market = build_market(load_scenario(path))
    buses, hours = len(written.buses), written.hours
    intercept, slope, hydro, bound = (np.zeros((buses, hours)) for _ in range(4))
    owed = np.zeros((len(written.units), hours))
    for agent in market.agents:
        if isinstance(agent, Consumer):
            bus = written.buses.index(agent.bus)
            intercept[bus], slope[bus] = agent.willingness_usd_per_mwh, agent.slope_usd_per_mwh2
            hydro[bus] = agent.hydro_mwh
            if agent.forward_purchase_mwh is not None:
                bound[bus] = agent.forward_purchase_mwh
        if isinstance(agent, Producer):
            for contract in agent.forward_contracts:
                owed[written.units.index(agent.name)] += contract.at_least_mwh
                if written.forward_basis == "contract":
                    bound[written.buses.index(int(contract.customers[0].removeprefix("load@")))] += (
                        contract.at_least_mwh
                    )
    return Calibrated(intercept, slope, hydro, owed, bound)
