"""A2DR on an exchange problem; see the package's docstring for what is read and written.

Fu, Zhang and Boyd, "Anderson accelerated Douglas-Rachford splitting", SIAM J. Sci. Comput. 42(6), 2020. Every
agent is one proximal operator in closed form, the fastest that A2DR can be given; the 2-sided copies of all
trades are tied by linear equalities. A2DR shows no iterates, so it is run from cold for one accuracy after the
other, from 1e-1 to 1e-9, each a checkpoint. Setting up is what a run of a single iteration takes: preconditioning
and starting a process for each agent.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
import scipy.sparse as sp
from a2dr import a2dr

MAX_ITERATIONS = 1000
ACCURACIES = 10.0 ** -np.arange(1, 9.5, 0.5)
MEMORY = 10


def proximal(marginal: float, slope: float, room: float) -> Callable[[Any, float], Any]:
    """Proximal operator of ``marginal s + slope s^2 / 2`` for the sum s of a vector within ``x >= 0, s <= room``."""

    def operator(v: Any, t: float) -> Any:
        # Entries fall as water does: x = max(v - level, 0), and the level rises with the sum.
        base = np.sort(v - t * marginal)[::-1]
        sums, count = np.cumsum(base), np.arange(1, len(base) + 1)
        active = np.flatnonzero(base > t * slope * sums / (1 + count * t * slope))
        total = sums[active[-1]] / (1 + count[active[-1]] * t * slope) if len(active) else 0.0
        level = t * slope * total
        if total > room:
            levels = (sums - room) / count
            level = levels[np.flatnonzero(base > levels)[-1]]
        return np.maximum(v - t * marginal - level, 0.0)

    return operator


def main(problem_file: str, result_file: str, budget_seconds: float) -> None:
    """Read, solve, write."""
    with open(problem_file, encoding="utf-8") as file:
        numbers = {key: np.array(values) for key, values in json.load(file).items()}
    sellers, buyers = len(numbers["cost"]), len(numbers["willingness"])
    pairs = np.arange(sellers * buyers).reshape(sellers, buyers)
    operators = [proximal(*row) for row in zip(numbers["cost"], numbers["slope"], numbers["capacity"], strict=True)]
    operators += [proximal(-a, b, np.inf) for a, b in zip(numbers["willingness"], numbers["steepness"], strict=True)]
    ties = [_tie(row, 1.0, pairs.size) for row in pairs] + [_tie(column, -1.0, pairs.size) for column in pairs.T]

    def solve(accuracy: float, most: int) -> Any:
        return a2dr(
            operators,
            list(ties),
            np.zeros(pairs.size),
            eps_abs=accuracy,
            eps_rel=accuracy,
            max_iter=most,
            m_accel=MEMORY,
            M_safe=MAX_ITERATIONS // 100,
            verbose=False,
        )

    setup_seconds = solve(1.0, 1)["solve_time"]
    iterations, seconds, sales, purchases = [], [], [], []
    begin = time.perf_counter()
    for accuracy in ACCURACIES:
        outcome = solve(accuracy, MAX_ITERATIONS)
        iterations.append(outcome["num_iters"])
        seconds.append(max(outcome["solve_time"] - setup_seconds, 0.0))
        sales.append(np.array(outcome["x_vals"][:sellers]))
        purchases.append(np.array(outcome["x_vals"][sellers:]).T)
        if time.perf_counter() - begin > budget_seconds:
            break
    agents = sellers + buyers
    # Per agent: three vectors of its trades, two for acceleration, its share of all equalities, and the step back.
    numbers_per_round = 6 * 2 * pairs.size + agents * (pairs.size + MEMORY + 1)
    np.savez(
        result_file,
        iterations=iterations,
        seconds=seconds,
        sales=sales,
        purchases=purchases,
        setup_seconds=setup_seconds,
        bytes_per_round=8 * numbers_per_round,
        messages_per_round=6 * agents,
        version=version("a2dr"),
    )


def _tie(rows: Any, sign: float, size: int) -> Any:
    columns = np.arange(len(rows))
    return sp.csr_matrix((np.full(len(rows), sign), (rows, columns)), shape=(size, len(rows)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
