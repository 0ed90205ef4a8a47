"""Signals at random moments over run, compare, sweep, paper and bench: is anything lost, left over, or a traceback?

`make signals` sends 100 of them, drawn by a seed; it takes some minutes and is not part of the tests.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.small_sweep import FIXED, write_sweep

from walras.experiments.archive.run_folder import read_run_folder

_OBSERVED = Path(__file__).with_name("observed.py")
_ELASTICITIES = [round(-0.2 - 0.02 * step, 2) for step in range(8)]
# Of a hundred signals.
SHARES = {"run": 32, "compare": 26, "sweep": 20, "bench": 14, "paper": 8}
_LONGEST_SECONDS = 300


@dataclass
class Ended:
    """A process that has ended."""

    code: int
    out: str
    err: str
    seconds: float
    answer_seconds: float
    steps: int
    number: signal.Signals | None
    sent_at: float | None


@dataclass
class Command:
    """A command, its folder, and what it had kept before."""

    name: str
    arguments: list[str]
    work: Path
    seconds: float = 0.0
    kept: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def out(self) -> Path:
        return self.work / "out"

    def words(self) -> list[str]:
        return [sys.executable, str(_OBSERVED), self.name, *self.arguments, "-q", "--json", "--out", str(self.out)]


def started(command: Command) -> tuple[subprocess.Popen, int]:
    """The process in a group of its own, heedful of Ctrl-C, and the end of the pipe on which it tells its steps."""
    temporary = command.work / "temporary"
    temporary.mkdir(parents=True, exist_ok=True)
    told, telling = os.pipe()
    process = subprocess.Popen(
        command.words(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        pass_fds=(telling,),
        env={**os.environ, "WALRAS_READY": str(telling), "TMPDIR": str(temporary)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    os.close(telling)
    return process, told


def ended(command: Command, chance: random.Random | None) -> Ended:
    """Run a command to its end, with a signal on the way where there is a chance, and sometimes a second one."""
    process, told = started(command)
    steps = len(os.read(told, 1)) - 1
    begin = time.perf_counter()
    number, sent = None, None
    if chance is not None:
        number = chance.choice([signal.SIGINT, signal.SIGTERM])
        moment, again = chance.uniform(0, 1.05 * command.seconds), chance.choice([None, 0.01, 0.3])
        send = chance.choice([process.send_signal, lambda number: os.killpg(process.pid, number)])
        for wait in (moment, again):
            if wait is None:
                continue
            try:
                process.wait(timeout=wait)
            except subprocess.TimeoutExpired:
                sent = sent or time.perf_counter()
                send(number)
    out, err = process.communicate(timeout=_LONGEST_SECONDS)
    end = time.perf_counter()
    while read := os.read(told, 65536):
        steps += len(read)
    os.close(told)
    answer = end - sent if sent else 0.0
    return Ended(process.returncode, out, err, end - begin, answer, steps, number, sent and sent - begin)


def faults(command: Command, result: Ended) -> list[str]:
    """What is wrong with how a process ended."""
    expected = {0} if result.sent_at is None else {0, 128 + result.number}
    found = [] if result.code in expected else [f"exit code {result.code}"]
    found += [f"{word!r} on stderr" for word in ("Traceback", "Exception ignored", "leaked") if word in result.err]
    hidden = [path for path in command.work.rglob(".*") if path.is_file() or path.is_dir()]
    temporary = list((command.work / "temporary").iterdir())
    found += [f"left over: {path.relative_to(command.work)}" for path in [*hidden, *temporary]]
    if result.out:
        json.loads(result.out)
    judge = {"run": judge_run, "compare": judge_run, "bench": judge_bench}.get(command.name, judge_job)
    return found + judge(command, result)


def judge_run(command: Command, result: Ended) -> list[str]:
    """After the first round there is a folder that can be read, with all rounds, and the same document on stdout."""
    if not command.out.exists():
        return [f"{result.steps} rounds are lost"] if result.steps or result.out else []
    document = read_run_folder(command.out).document
    found = [] if document["rounds"] >= result.steps else [f"{document['rounds']} of {result.steps} rounds are kept"]
    if not result.out or not json.loads(result.out).items() <= document.items():
        found.append("stdout has another document than the folder")
    return found


def judge_bench(command: Command, result: Ended) -> list[str]:
    """All rows before the one that was being measured are kept."""
    if not command.out.exists():
        return ["rows are lost"] if result.steps > 1 or result.out else []
    rows = json.loads((command.out / "bench.json").read_text())["rows"]
    measured = len({(row["method"], row["executor"]) for row in rows})
    found = [] if measured >= result.steps - 1 else [f"{measured} of {result.steps - 1} methods are kept"]
    return found if json.loads(result.out)["rows"] == rows else [*found, "stdout has other rows than the folder"]


def judge_job(command: Command, result: Ended) -> list[str]:
    """What was finished before is there as it was; a job that has ended begins anew."""
    now = stamps(command.out)
    lost = [f"{path} is lost or was made again" for path in command.kept if now.get(path) != command.kept[path]]
    said = f"{len({Path(path).parts[1] for path in now})} of "
    # In the first second it says nothing.
    if now and not result.out and result.err and said not in result.err and "before" not in result.err:
        lost.append(f"{said}... is not what it says: {result.err}")
    command.kept = {} if result.out else now
    return lost


def stamps(out: Path) -> dict[str, tuple[int, int]]:
    """Inode and time of change of the files of all finished parts."""
    files = [path for kind in ("runs", "failures", "chains") for path in (out / kind).rglob("*") if path.is_file()]
    return {str(path.relative_to(out)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def commands(work: Path) -> dict[str, Command]:
    """The five commands, on cases that take moments."""
    work.mkdir(parents=True, exist_ok=True)
    sweep = write_sweep(work, set=FIXED, grid={"consumers.price_elasticity": _ELASTICITIES})
    arguments = {
        "run": ["rts24"],
        "compare": ["rts24", "--set", "disclosure=ex_ante", "--mechanism", "admm-anderson", "--tolerance", "1e-4"],
        "sweep": [str(sweep), "--workers", "2"],
        "bench": ["--problem", "exchange", "--exchange", "5", "--executor", "compiled", "--row-seconds", "0.5"],
        "paper": ["--workers", "2"],
    }
    return {name: Command(name, given, work / name) for name, given in arguments.items()}


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--signals", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=SHARES, action="append")
    given = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="signals-") as folder:
        for name, command in commands(Path(folder)).items():
            if given.only and name not in given.only:
                continue
            chance = random.Random(f"{given.seed} {name}")
            command.seconds = ended(command, None).seconds
            shutil.rmtree(command.out)
            codes: Counter[int] = Counter()
            slowest = ""
            longest = 0.0
            for _ in range(round(SHARES[name] * given.signals / 100)):
                result = ended(command, chance)
                codes[result.code] += 1
                if result.answer_seconds > longest:
                    longest = result.answer_seconds
                    slowest = f"{longest:.1f} s after a signal at {result.sent_at:.1f} s, {result.steps} steps"
                for fault in faults(command, result):
                    wrong += 1
                    at = f"{result.number.name} after {result.sent_at or 0:.2f} s"
                    tell(f"{name}: {at}, exit {result.code}, {result.steps} steps: {fault}\n{result.err}")
                if command.out.exists() and not command.kept:
                    shutil.rmtree(command.out)
                shutil.rmtree(command.work / "temporary")
            told = ", ".join(f"{count} with {code}" for code, count in sorted(codes.items()))
            tell(f"{name}: takes {command.seconds:.1f} s; ended {told}; slowest answer {slowest}")
    tell(f"{wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
