"""Runs whose process is killed at random moments and that go on from their checkpoints: are the answers right?

`make driver-kills` makes 20 of them, drawn by a seed; it takes some minutes and is not part of the tests. An answer is
right if all rounds, prices, trades and figures are those of the same run unbroken, bit for bit.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

_SCRIPT = "from walras.experiments.cli import main; main()"
_LONGEST_SECONDS = 300
_TABLES = ("rounds.parquet", "prices.parquet", "trades.parquet")
_EX_ANTE = ["--set", "disclosure=ex_ante"]
# Some are settled, some spend a budget of rounds.
CASES = {
    "admm": [],
    "admm-anderson": [],
    "admm-anderson ex ante": [*_EX_ANTE, "--tolerance", "1e-4"],
    "admm ex ante": [*_EX_ANTE, "--max-rounds", "300"],
    "admm-balanced": ["--max-rounds", "300"],
    "jacobian-admm": ["--max-rounds", "300"],
    "level-bundle": ["--max-rounds", "40"],
    "pdhg": ["--max-rounds", "300"],
    "slope-bids": [],
    "tatonnement": ["--max-rounds", "600"],
    "tatonnement-averaged": ["--max-rounds", "600"],
}
# Answers come one by one from CVXPY.
FEWER_ROUNDS = {"serial": ["--max-rounds", "60"]}
NOT_ANSWERED = {"serial": {"slope-bids"}}


@dataclass
class Answer:
    """What a run leaves behind: its document and its tables, without seconds."""

    document: dict
    tables: list[pd.DataFrame]

    def differences(self, other: "Answer") -> list[str]:
        """Names of what is not the same, bit for bit."""
        keys = sorted(self.document.keys() | other.document.keys())
        found = [key for key in keys if self.document.get(key) != other.document.get(key)]
        same = [one.equals(another) for one, another in zip(self.tables, other.tables, strict=True)]
        return found + [name for name, is_same in zip(_TABLES, same, strict=True) if not is_same]


def words(case: str, executor: str, folder: Path) -> list[str]:
    """The command, but for its checkpoints."""
    mechanism, given = case.split()[0], CASES[case] + FEWER_ROUNDS.get(executor, [])
    out = ["-q", "--json", "--executor", executor, "--mechanism", mechanism, "--out", str(folder / "out")]
    return [sys.executable, "-c", _SCRIPT, "run", "rts24", *given, *out]


def answer_in(folder: Path) -> Answer:
    """Read a run folder."""
    document = json.loads((folder / "out" / "run.json").read_text())
    del document["seconds"], document["git_commit"]
    tables = [pd.read_parquet(folder / "out" / name) for name in _TABLES]
    return Answer(document, [table.drop(columns="seconds", errors="ignore") for table in tables])


def unbroken(case: str, executor: str, folder: Path) -> tuple[Answer, float]:
    """The answer that is right, and how long the command takes."""
    begin = time.perf_counter()
    subprocess.run(words(case, executor, folder), capture_output=True, timeout=_LONGEST_SECONDS, check=False)
    return answer_in(folder), time.perf_counter() - begin


def is_killed(command: list[str], checkpoints: Path, seconds: float, chance: random.Random) -> bool:
    """Start a command that takes some seconds and kill it on the way; False if it has ended by then.

    Half of the moments are drawn from the whole time, the others from when it has written a checkpoint, so that enough
    of them are among rounds.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    moment = chance.uniform(0, seconds)
    if chance.choice([True, False]):
        before = names_in(checkpoints)
        while process.poll() is None and names_in(checkpoints) == before:
            time.sleep(0.002)
        moment /= 5
    try:
        process.wait(timeout=moment)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def names_in(checkpoints: Path) -> list[str]:
    """Names of checkpoints, whole or half written."""
    return sorted(path.name for path in checkpoints.glob("*"))


def killed_and_resumed(case: str, executor: str, folder: Path, seconds: float, chance: random.Random) -> list[str]:
    """Kill a run up to three times; returns what was there each time, and what it said when it went on to its end."""
    every, times = chance.choice([1, 7, 50]), chance.choice([1, 1, 2, 3])
    checkpoints = folder / "checkpoints"
    command = [*words(case, executor, folder), "--checkpoint", str(checkpoints), "--every", str(every), "--resume"]
    said = []
    while len(said) < times:
        if not is_killed(command, checkpoints, seconds, chance):
            # It was faster than expected: once more from the beginning, and sooner.
            shutil.rmtree(folder)
            folder.mkdir()
            said.clear()
            seconds *= 0.8
            continue
        said.append(f"killed with {' '.join(names_in(checkpoints)) or 'no checkpoint'}")
    result = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_SECONDS, check=False)
    return [f"every {every} rounds", *said, f"exit {result.returncode}", *result.stderr.splitlines()]


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--executor", default="compiled")
    given = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    chance = random.Random(given.seed)
    refused = NOT_ANSWERED.get(given.executor, set())
    cases = [case for case in CASES if case not in refused]
    right, kills = 0, 0
    known: dict[str, tuple[Answer, float]] = {}
    with tempfile.TemporaryDirectory(prefix="driver-kills-") as name:
        for number in range(given.count):
            case = cases[number % len(cases)]
            folder = Path(name) / str(number)
            folder.mkdir()
            if case not in known:
                known[case] = unbroken(case, given.executor, folder)
                shutil.rmtree(folder / "out")
            expected, seconds = known[case]
            said = killed_and_resumed(case, given.executor, folder, seconds, chance)
            wrong = expected.differences(answer_in(folder)) if (folder / "out").exists() else ["no answer"]
            left = [path.name for path in folder.rglob(".*")]
            right += not wrong
            kills += sum(line.startswith("killed") for line in said)
            verdict = f"wrong: {', '.join(wrong)}" if wrong else "right"
            tell(f"{case}: {verdict}; {'; '.join(said)}{f'; left over: {left}' if left else ''}")
    tell(f"{given.executor}: {right} of {given.count} answers are right after {kills} kills")
    return 0 if right == given.count else 1


if __name__ == "__main__":
    sys.exit(main())
