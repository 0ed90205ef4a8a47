"""PATH, through GAMSPy, on a mixed linear complementarity problem.

Dirkse and Ferris, "The PATH solver", Optimization Methods and Software 5(2), 1995. GAMSPy comes with a licence for
demonstration, which allows 1000 unknowns; with another one it takes larger problems.

Called with an .npz of `rows`, `columns`, `values` of M, `q`, `lower` and `upper`, the file to write, and a budget of
seconds. It writes an .npz with one entry an accuracy, each from a cold start, in `iterations`, `seconds` (PATH's own),
`points` (of shape (accuracies, n)) and `status`, and `setup_seconds` (of writing and reading the model, on average)
and `version`.
"""

from __future__ import annotations

import sys
import time
from importlib.metadata import version

import gamspy as gp
import numpy as np
import pandas as pd
from gamspy.exceptions import GamspyException

ACCURACIES = 10.0 ** -np.arange(3, 13, 1)


def main(problem_file: str, result_file: str, budget_seconds: float) -> None:
    """Read, solve, write."""
    with np.load(problem_file, allow_pickle=False) as data:
        problem = {key: data[key] for key in data.files}
    begin = time.perf_counter()
    gp.set_options({"ALLOW_AMBIGUOUS_EQUATIONS": "yes"})
    names = [str(index) for index in range(len(problem["q"]))]
    container = gp.Container()
    i = gp.Set(container, "i", records=names)
    j = gp.Alias(container, "j", alias_with=i)
    entries = zip(problem["rows"], problem["columns"], problem["values"], strict=True)
    matrix = gp.Parameter(
        container, "a", domain=[i, j], records=[(names[row], names[column], value) for row, column, value in entries]
    )
    constant = gp.Parameter(container, "q", domain=[i], records=problem["q"])
    unknown = gp.Variable(container, "u", domain=[i])
    unknown.setRecords(_bounds(names, problem["lower"], problem["upper"]))
    condition = gp.Equation(container, "f", domain=[i])
    condition[i] = gp.Sum(j, matrix[i, j] * unknown[j]) + constant[i] == 0
    model = gp.Model(container, "mlcp", problem="MCP", matches={condition: unknown})
    stated_seconds = time.perf_counter() - begin
    iterations, seconds, points, status = [], [], [], []
    begin = time.perf_counter()
    for accuracy in ACCURACIES:
        unknown.setRecords(_bounds(names, problem["lower"], problem["upper"]))
        try:
            model.solve(solver="path", solver_options={"convergence_tolerance": accuracy, "time_limit": budget_seconds})
        except GamspyException as error:
            # A licence that is too small, for instance; two sentences say so, in one line.
            said = " ".join(". ".join(str(error).split(". ")[:2]).split())
            raise RuntimeError(f"{len(names)} unknowns: {said}") from None
        iterations.append(int(model.num_iterations))
        seconds.append(float(model.total_solver_time))
        points.append(unknown.records["level"].to_numpy())
        status.append(str(model.status.name))
        spent = time.perf_counter() - begin
        if spent > budget_seconds:
            break
    np.savez(
        result_file,
        iterations=iterations,
        seconds=seconds,
        points=points,
        status=status,
        setup_seconds=stated_seconds + (spent - sum(seconds)) / len(seconds),
        version=version("gamspy_base"),
    )


def _bounds(names: list[str], lower: np.ndarray, upper: np.ndarray) -> pd.DataFrame:
    """Every unknown between its bounds, starting at zero or at the bound nearest to it."""
    return pd.DataFrame({"i": names, "level": np.clip(0.0, lower, upper), "lower": lower, "upper": upper})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
