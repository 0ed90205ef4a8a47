"""`make random-markets`: thousands of runs of random markets, each held against a reference that shares no code.

Every market is solved in a process of its own by the command line, as a user would. A market counts as wrong if a
converged run prints a figure that is; what does not converge and what is refused is counted by its reason.
"""

import importlib
import json
import os
import re
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[2]


def start(number: int, seed: int, seconds: int, report: Path) -> int:
    """The process that solves and judges a market; it writes what it found, and is ended if it takes too long."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 2)
        from random_markets.observing import observe

        with tempfile.TemporaryDirectory() as folder:
            for line in observe(seed, number, Path(folder)):
                with report.open("a") as file:
                    file.write(json.dumps(line) + "\n")
        code = 0
    except BaseException:
        with report.open("a") as file:
            file.write(
                json.dumps({"number": number, "outcome": "harness", "detail": traceback.format_exc()[-1500:]}) + "\n"
            )
    finally:
        os._exit(code)


@click.command()
@click.option("--count", default=1000, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--jobs", default=os.cpu_count(), show_default=True, help="Markets at a time.")
@click.option("--only", type=int, multiple=True, help="Numbers of markets, instead of all.")
@click.option("--seconds", default=60, show_default=True, help="What a market may take of a processor.")
@click.option("--report", type=click.Path(path_type=Path), help="Where to keep what was found, one JSON line a run.")
def main(count: int, seed: int, jobs: int, only: tuple[int, ...], seconds: int, report: Path | None) -> None:
    """Solve and judge random markets; the exit code is 1 if anything is wrong."""
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / ".types")]
    # Once, before the children part.
    importlib.import_module("random_markets.observing")
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        lines = report or Path(folder) / "report.jsonl"
        lines.unlink(missing_ok=True)
        waiting, running = list(only or range(count))[::-1], {}
        while waiting or running:
            while waiting and len(running) < jobs:
                number = waiting.pop()
                running[start(number, seed, seconds, lines)] = number
            pid, status = os.wait()
            number = running.pop(pid)
            if os.WIFSIGNALED(status):
                with lines.open("a") as file:
                    outcome = "too slow" if os.WTERMSIG(status) == signal.SIGXCPU else "killed"
                    file.write(json.dumps({"number": number, "outcome": outcome}) + "\n")
        found = [json.loads(line) for line in lines.read_text().splitlines()]
    sys.exit(tell(found, time.perf_counter() - begin))


def tell(found: list[dict], seconds: float) -> int:
    """Print the counts; 1 if a converged run is wrong or slope bids leave a market that can clear."""
    outcomes = Counter(line["outcome"] for line in found)
    click.echo(f"{len({line['number'] for line in found})} markets, {len(found)} runs, {seconds:.0f} s")
    for outcome, number in outcomes.most_common():
        click.echo(f"  {number:5} {outcome}")
    tables = defaultdict(Counter)
    for line in found:
        for name in (line.get("mechanism", "?"), *line.get("classes", ())):
            tables[name][line["outcome"]] += 1
    for name, counts in sorted(tables.items()):
        click.echo(f"{name:16} " + ", ".join(f"{number} {outcome}" for outcome, number in counts.most_common()))
    kinds = Counter()
    for line in found:
        kinds.update({" ".join(fault.split()[:2]) for fault in line.get("faults", [])})
    for kind, number in kinds.most_common():
        click.echo(f"  {number:5} runs with {kind}")
    reasons = Counter(
        (line["outcome"], re.sub(r"[-+]?\d[\d.,e+-]*", "#", line.get("reason", ""))[:110])
        for line in found
        if line["outcome"] not in ("right", "wrong")
    )
    for (outcome, reason), number in reasons.most_common(40):
        click.echo(f"  {number:5} {outcome}: {reason}")
    for line in found:
        if line["outcome"] in ("wrong", "harness", "too slow", "killed", "refused wrongly") or line[
            "outcome"
        ].startswith("failure"):
            click.echo(
                f"market {line['number']} {line.get('mechanism')} {line.get('executor')} {line.get('detail', '')}"
            )
            for fault in line.get("faults", [])[:4]:
                click.echo(f"    {fault}")
    bad = outcomes["wrong"] + outcomes["failure"] + outcomes["too slow"] + outcomes["killed"] + outcomes["harness"]
    stuck = [line for line in found if line.get("mechanism") == "slope-bids" and line["outcome"] == "not converged"]
    return int(bool(bad or stuck))


if __name__ == "__main__":
    main()
