"""Workers killed, machines that leave, signals: are the rounds the same bit for bit, and is nothing left behind?

`make ray-faults` draws 20 kills, 10 leaving machines, 6 signals and 6 sweeps by a seed; it takes some minutes and is no
test.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd

from walras import build_market, load_scenario
from walras.coordinator import ADMM, Compiled, Market, Respond, iterate
from walras.coordinator.executors.on_ray.on_ray import OnRay
from walras.coordinator.executors.on_ray.session import connected, imported_ray

_ROUNDS = 30
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LONGEST_SECONDS = 60.0
_COMMAND = [sys.executable, "-c", "from walras.experiments.cli import main; main()"]
_SWEEP = """
    scenario: rts24
    set: {coordinator.max_rounds: 30}
    grid: {seed: [1, 2, 3, 4, 5, 6]}
"""


def bits(market: Market, respond: Respond, before_round: Callable[[int], None]) -> list[bytes]:
    """Prices, trades and costs of all rounds."""
    found = []
    rounds = iterate(market, ADMM(), respond, certify_every=10)
    for number in range(1, _ROUNDS + 1):
        before_round(number)
        current = next(rounds)
        found += [current.prices.tobytes(), current.allocation.trades.tobytes(), current.allocation.costs.tobytes()]
    return found


def killed_workers(market: Market, expected: list[bytes], runs: int, chance: random.Random) -> Iterator[str]:
    """What became of each run in which a worker's process is killed before a round or during it."""
    ray = imported_ray()
    with connected(None, 2), OnRay(workers=2, patience_seconds=60.0).compile(market) as respond:
        for _ in range(runs):
            doomed, victim, later = chance.randrange(1, _ROUNDS + 1), chance.randrange(2), chance.choice([0.0, 0.002])

            def kill(number: int, doomed: int = doomed, victim: int = victim, later: float = later) -> None:
                if number == doomed:
                    process = ray.get(respond.workers[victim].process.remote())
                    subprocess.Popen(["sh", "-c", f"sleep {later}; kill -9 {process}"])

            same = bits(market, respond, kill) == expected
            yield "same" if same else f"OTHER ROUNDS after worker {victim} was killed at round {doomed}"


def leaving_machines(market: Market, expected: list[bytes], runs: int, chance: random.Random) -> Iterator[str]:
    """What became of each run in which one of three machines (raylets here) leaves before a round."""
    from ray.cluster_utils import Cluster

    for _ in range(runs):
        folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
        # Where others look for the address of a Ray to join: these are no machines for them.
        os.environ["RAY_TMPDIR"] = folder
        Path(folder, "ray").mkdir()
        head = {"num_cpus": 0, "include_dashboard": False, "temp_dir": folder, "_system_config": {"worker_niceness": 0}}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        nodes = [cluster.add_node(num_cpus=1) for _ in range(3)]
        cluster.wait_for_nodes()
        doomed, leaving = chance.randrange(2, _ROUNDS + 1), chance.choice(nodes)

        def leave(number: int, doomed: int = doomed, leaving: object = leaving, cluster: Cluster = cluster) -> None:
            if number == doomed:
                cluster.remove_node(leaving, allow_graceful=False)

        try:
            executor = OnRay(workers=2, address=cluster.address, patience_seconds=60.0)
            with executor.session(), executor.compile(market) as respond:
                same = bits(market, respond, leave) == expected
            yield "same" if same else f"OTHER ROUNDS after a machine left at round {doomed}"
        finally:
            cluster.shutdown()
            del os.environ["RAY_TMPDIR"]
            shutil.rmtree(folder, ignore_errors=True)


def signalled(runs: int, chance: random.Random) -> Iterator[str]:
    """What became of each command that a signal ended."""
    words = [*_COMMAND, "run", "rts24", "-q", "--json"]
    options = ["--executor", "ray", "--workers", "2", "--tolerance", "1e-9", "--max-rounds", "100000"]
    for index in range(runs):
        number, moment = _SIGNALS[index % 2], chance.uniform(2.0, 25.0)
        process = subprocess.Popen(
            [*words, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment)
        process.send_signal(number)
        out, err = process.communicate(timeout=_LONGEST_SECONDS)
        wrong = [] if process.returncode in (0, 128 + number) else [f"exit code {process.returncode}"]
        wrong += ["a traceback"] if "Traceback" in err else []
        wrong += [] if out.strip().startswith("{") or not out else [f"on stdout: {out[:60]!r}"]
        yield f"{', '.join(wrong)} after {number.name} at {moment:.1f} s: {err[-300:]}" if wrong else "same"


def broken_sweeps(runs: int, chance: random.Random) -> Iterator[str]:
    """What became of each sweep in which a worker is killed, or a signal ends the command and it is called again."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place, "sweep.yaml")
        source.write_text(textwrap.dedent(_SWEEP))
        begun = [*_COMMAND, "sweep", str(source), "-q", "--workers", "2", "--out"]
        subprocess.run([*begun, f"{place}/here"], stdout=subprocess.DEVNULL, check=False)
        expected = rows(Path(place, "here"))
        for index in range(runs):
            out = Path(place, str(index))
            call = [*begun, str(out), "--on", "ray"]
            process = subprocess.Popen(call, stdout=subprocess.DEVNULL, start_new_session=True)
            while process.poll() is None and not list(out.glob("runs/[!.]*")):
                time.sleep(0.05)
            time.sleep(chance.uniform(0.0, 2.0))
            signalled, finished = index % 2 == 0, 3
            if signalled:
                process.send_signal(signal.SIGTERM)
                finished = process.wait(_LONGEST_SECONDS)
                kept = len(list(out.glob("runs/[!.]*")))
                process = subprocess.Popen(call, stdout=subprocess.DEVNULL, start_new_session=True)
            else:
                for worker in workers_of(process.pid)[:1]:
                    os.kill(worker, signal.SIGKILL)
            codes = (finished, process.wait(10 * _LONGEST_SECONDS))
            how = f"SIGTERM with {kept} runs kept" if signalled else "a killed worker"
            same = codes in ((3, 3), (143, 3)) and rows(out).equals(expected)
            yield "same" if same else f"OTHER ROWS or exit codes {codes} after {how}"


def rows(folder: Path) -> pd.DataFrame:
    """The rows of all rounds of a sweep."""
    return pd.read_parquet(folder / "iterations.parquet").drop(columns="seconds")


def workers_of(driver: int) -> list[int]:
    """Processes that compute for the Ray that a process started."""
    told = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    processes = [(int(pid), int(parent), words) for pid, parent, words in (x.split(None, 2) for x in told.splitlines())]
    below = {driver}
    for _ in range(3):
        below |= {pid for pid, parent, _ in processes if parent in below}
    return [pid for pid, _, words in processes if pid in below and words.startswith("ray::_computed")]


def left_over() -> set[str]:
    """Processes of Ray, its folders, and what is in shared memory."""
    told = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout.splitlines()
    found = {line.strip()[:120] for line in told if "raylet" in line or "gcs_server" in line or "ray::" in line}
    found |= {str(path) for path in Path("/tmp").glob("walras-*") if (path / "session_latest").is_symlink()}
    return found | {f"/dev/shm/{name}" for name in os.listdir("/dev/shm")}


@contextmanager
def nothing_left(counts: Counter[str]) -> Iterator[None]:
    """Around runs: what they leave behind is a fault."""
    before = left_over()
    yield
    deadline = time.monotonic() + 15
    while (left := left_over() - before) and time.monotonic() < deadline:
        time.sleep(0.5)
    counts.update(f"LEFT BEHIND: {each}" for each in left)


def main() -> None:
    """Run all, and exit with 1 if a round differs or something is left behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, count in (("kills", 20), ("leaves", 10), ("signals", 6), ("sweeps", 6), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=count)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    market = build_market(load_scenario("rts24"))
    expected = bits(market, Compiled().compile(market), lambda number: None)
    kinds = {
        "a worker is killed": lambda: killed_workers(market, expected, given.kills, chance),
        "a machine leaves": lambda: leaving_machines(market, expected, given.leaves, chance),
        "a signal": lambda: signalled(given.signals, chance),
        "a sweep": lambda: broken_sweeps(given.sweeps, chance),
    }
    total: Counter[str] = Counter()
    for kind, runs in kinds.items():
        counts: Counter[str] = Counter()
        begin = time.perf_counter()
        with nothing_left(counts):
            counts.update(runs())
        sys.stdout.write(f"{kind}: {dict(counts)} in {time.perf_counter() - begin:.0f} s\n")
        sys.stdout.flush()
        total += counts
    sys.exit(0 if set(total) <= {"same"} else 1)


if __name__ == "__main__":
    main()
