"""Least-cost DC dispatch straight from MATPOWER's matrices, written without the package and by other means.

PTDFs from a dense pseudoinverse, costs as one epigraph for each unit as it stands in the file, Clarabel.
"""

import cvxpy as cp
import numpy as np


def nodal_prices(bus: np.ndarray, gen: np.ndarray, branch: np.ndarray, gencost: np.ndarray) -> dict[int, float]:
    """Prices [$/MWh] by bus number; Pmin, shunts and phase shifts are left out."""
    numbers = bus[:, 0].astype(int).tolist()
    place = {number: index for index, number in enumerate(numbers)}
    running = gen[:, 7] > 0
    gen, gencost = gen[running], gencost[: len(running)][running]
    branch = branch[branch[:, 10] > 0]
    ends = np.zeros((len(branch), len(bus)))
    for row, line in enumerate(branch):
        ends[row, place[int(line[0])]] += 1
        ends[row, place[int(line[1])]] -= 1
    susceptance = 1 / (branch[:, 3] * np.where(branch[:, 8] == 0, 1, branch[:, 8]))
    flows = susceptance[:, None] * ends
    ptdf = flows @ np.linalg.pinv(ends.T @ flows)
    output = cp.Variable(len(gen), nonneg=True)
    at_bus = np.zeros((len(bus), len(gen)))
    at_bus[[place[int(number)] for number in gen[:, 0]], range(len(gen))] = 1
    load = cp.Parameter(len(bus), value=bus[:, 2])
    served = cp.Variable(len(bus))
    is_served = served == load
    injection = at_bus @ output - served
    limited = branch[:, 5] > 0
    constraints = [is_served, cp.sum(injection) == 0, output <= gen[:, 8]]
    constraints.append(cp.abs(ptdf[limited] @ injection) <= branch[limited, 5])
    cost = sum(_cost(output[g], gencost[g]) for g in range(len(gen)))
    problem = cp.Problem(cp.Minimize(cost), constraints)
    problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-9, tol_gap_rel=1e-12, tol_feas=1e-10)
    assert problem.status == cp.OPTIMAL
    return dict(zip(numbers, -is_served.dual_value, strict=True))


def _cost(output: cp.Expression, row: np.ndarray) -> cp.Expression:
    count = int(row[3])
    if row[0] == 2:
        c2, c1, c0 = [*np.zeros(3), *row[4 : 4 + count]][-3:]
        return c2 * cp.square(output) + c1 * output + c0
    x, y = row[4 : 4 + 2 * count : 2], row[5 : 5 + 2 * count : 2]
    slopes = np.diff(y) / np.diff(x)
    return cp.max(cp.hstack([y[k] + slopes[k] * (output - x[k]) for k in range(count - 1)]))
