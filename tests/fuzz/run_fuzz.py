"""Thousands of odd inputs, drawn by a seed: each is refused in words or taken whole.

`make fuzz`, or `python tests/fuzz/run_fuzz.py --count 500 --seed 7`; --only KIND draws inputs of one kind alone.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import click
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz.drawing_lots import KINDS, draw
from fuzz.judging import judge, nothing_is_computed
from support.command import walras_process

# Inputs that the console script, in a process of its own, must answer with the same exit code.
PROCESSES = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=list(KINDS))
    given = parser.parse_args()
    codes, faults, slowest = Counter(), 0, (0.0, "")
    with pytest.MonkeyPatch.context() as monkeypatch, tempfile.TemporaryDirectory() as folder:
        nothing_is_computed(monkeypatch)
        for number in range(given.count):
            odd = draw(given.seed, number, Path(folder), given.only)
            begin = time.process_time()
            verdict = judge(odd)
            slowest = max(slowest, (time.process_time() - begin, odd.kind))
            codes[odd.kind, verdict.code] += 1
            is_due = number % (given.count // PROCESSES + 1) == 0 and odd.kind not in ("sweep", "option")
            if is_due and verdict.fault is None:
                apart = walras_process(*odd.arguments)
                if apart.code != verdict.code or "Traceback" in apart.err:
                    click.echo(f"#{number} {odd.kind}: in a process of its own: {apart}")
                    faults += 1
            if verdict.fault is not None:
                faults += 1
                click.echo(f"#{number} {odd.kind}: {odd.told}\n    {verdict.fault}")
    for kind in KINDS:
        counts = {code: count for (of, code), count in sorted(codes.items()) if of == kind}
        click.echo(f"{kind}: {sum(counts.values())} inputs, by exit code {counts}")
    click.echo(
        f"{given.count} inputs with seed {given.seed}: {faults} faults; slowest {slowest[0]:.1f} s ({slowest[1]})"
    )
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main())
