"""DeDe on an exchange problem; see the package's docstring for what is read and written.

Xu, Yu and Yan, "Decouple and Decompose: Scaling Resource Allocation with DeDe", OSDI 2025. Its own stopping
rule is left out: it is asked for one iteration at a time, each a checkpoint, with its default weight, until the
budget is spent or both sides agree and rest to 1e-8.
Shared variables go to and fro between the two sides in each iteration. Setting up is stating the problem,
starting Ray and one iteration, in which CVXPY compiles.
"""

from __future__ import annotations

import json
import os
import sys
import time
from importlib.metadata import version
from typing import Any

import cvxpy as cp
import dede
import numpy as np
import ray

AT_REST = 1e-8
CORES = os.cpu_count() or 1


def main(problem_file: str, result_file: str, budget_seconds: float) -> None:
    """Read, solve, write."""
    with open(problem_file, encoding="utf-8") as file:
        numbers = {key: np.array(values) for key, values in json.load(file).items()}
    sellers, buyers = len(numbers["cost"]), len(numbers["willingness"])
    begin = time.perf_counter()
    x = dede.Variable((sellers, buyers), nonneg=True)
    terms = [cost * cp.sum(x[i, :]) for i, cost in enumerate(numbers["cost"])]
    terms += [slope / 2 * cp.square(cp.sum(x[i, :])) for i, slope in enumerate(numbers["slope"])]
    terms += [-worth * cp.sum(x[:, j]) for j, worth in enumerate(numbers["willingness"])]
    terms += [slope / 2 * cp.square(cp.sum(x[:, j])) for j, slope in enumerate(numbers["steepness"])]
    # Nobody buys beyond satiation; DeDe needs a constraint on each side.
    satiation = numbers["willingness"] / numbers["steepness"]
    problem = dede.Problem(
        dede.Minimize(sum(terms)),
        [x[i, :].sum() <= capacity for i, capacity in enumerate(numbers["capacity"])],
        [x[:, j].sum() <= most for j, most in enumerate(satiation)],
    )
    problem.solve(num_cpus=CORES, rho=1, num_iter=1)
    setup_seconds = time.perf_counter() - begin
    places = [_places(problem, side, sellers) for side in ("r", "d")]
    iterations, seconds = [1], [0.0]
    sales: list[Any] = []
    purchases: list[Any] = []
    _record(problem, places, (sellers, buyers), sales, purchases)
    while seconds[-1] < budget_seconds and not _rests(sales, purchases):
        begin = time.perf_counter()
        problem.solve(num_cpus=CORES, rho=1, num_iter=1)
        seconds.append(seconds[-1] + time.perf_counter() - begin)
        iterations.append(iterations[-1] + 1)
        _record(problem, places, (sellers, buyers), sales, purchases)
    np.savez(
        result_file,
        iterations=iterations,
        seconds=seconds,
        sales=sales,
        purchases=purchases,
        setup_seconds=setup_seconds,
        bytes_per_round=8 * 4 * sellers * buyers,
        messages_per_round=4 * CORES,
        version=version("dede"),
    )
    ray.shutdown()


def _places(problem: Any, side: str, sellers: int) -> tuple[Any, Any]:
    """Row and column of every entry of a side's solution; DeDe flattens matrices by columns."""
    actors = problem._subprob_cache.probs
    entries = ray.get([getattr(actor, f"get_solution_idx_{side}").remote() for actor in actors])
    positions = np.array([position for actor in entries for _, position in actor])
    return positions % sellers, positions // sellers


def _rests(sales: list[Any], purchases: list[Any]) -> bool:
    if len(purchases) == 1:
        return False
    change = max(np.linalg.norm(sales[-1] - purchases[-1]), np.linalg.norm(purchases[-1] - purchases[-2]))
    return bool(change <= AT_REST * np.linalg.norm(purchases[-1]))


def _record(problem: Any, places: list[Any], shape: tuple[int, int], sales: list[Any], purchases: list[Any]) -> None:
    for place, solution, record in zip(places, (problem.sol_r, problem.sol_d), (sales, purchases), strict=True):
        matrix = np.zeros(shape)
        matrix[place] = solution
        record.append(matrix)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
