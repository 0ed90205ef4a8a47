"""An agent's problem without what is pinned: the same trades at the same cost, over fewer variables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import BoolArray, FloatArray
from ....agents.canonical.canonical_problem import CanonicalProblem
from .implied import Pinned

# Sums below this share of their terms are rounding.
_ROUNDING = 1e-12
# A pinned row is at its limit where its slack is below this share of its terms.
_AT_LIMIT = 1e-9

Row = dict[int, float]


def restated(problem: CanonicalProblem, found: Pinned, typical: FloatArray, is_fixed: BoolArray) -> CanonicalProblem:
    """Solve the pinned rows for as many variables, and put these into everything else.

    Parameters
    ----------
    typical : array of shape (variables,)
        Orders of magnitude: a row is solved for a variable without bounds if it has one, or else for the largest.
    is_fixed : array of bool, shape (variables,)
        Variables that are known to have one value, and stay as they are.
    """
    count = len(problem.c)
    is_bounded = np.isfinite(problem.lower) | np.isfinite(problem.upper)
    weight = np.where(is_fixed, 0.0, np.where(is_bounded, typical, typical * 1e12))
    solved = _solved(_pinned_rows(problem, found, typical), weight)
    pivots = np.array(sorted(solved), dtype=np.int64)
    kept = np.setdiff1d(np.arange(count), pivots)
    new_place = np.full(count, -1)
    new_place[kept] = np.arange(len(kept))
    offset = np.zeros(count)
    offset[pivots] = [solved[pivot][1] for pivot in pivots.tolist()]
    entries = [(pivot, new_place[other], -value) for pivot in solved for other, value in solved[pivot][0].items()]
    entries += [(variable, new_place[variable], 1.0) for variable in kept.tolist()]
    row, column, data = np.array(entries, dtype=np.float64).reshape(-1, 3).T
    N = sp.csr_array((data, (row.astype(np.int64), column.astype(np.int64))), shape=(count, len(kept)))
    identity = sp.eye_array(count, format="csr")
    low, up = (pivots[np.isfinite(bounds[pivots])] for bounds in (problem.lower, problem.upper))
    limiting = sp.csc_array(sp.vstack([problem.G, -identity[low], identity[up]]))
    limits = np.concatenate([problem.h, -problem.lower[low], problem.upper[up]])
    A, b = _filled(_product(problem.A, N), problem.b - problem.A @ offset)
    G, h = _filled(_product(limiting, N), limits - limiting @ offset)
    return replace(
        problem,
        P=_product(sp.csc_array(N.T), _product(problem.P, N)),
        c=N.T @ (problem.c + problem.P @ offset),
        constant=problem.cost(offset),
        A=A,
        b=b,
        G=G,
        h=h,
        lower=problem.lower[kept],
        upper=problem.upper[kept],
        T=_product(problem.T, N),
        trade_offset=problem.trade_offset + problem.T @ offset,
    )


def _pinned_rows(problem: CanonicalProblem, found: Pinned, typical: FloatArray) -> list[tuple[Row, float]]:
    """Pinned rows and variables as equalities: at their limits, or where these leave a little, between them."""
    rows, x = sp.csr_array(problem.G)[found.rows], found.quantities
    limit, value = problem.h[found.rows], rows @ x
    size = abs(rows) @ typical
    right = np.where(limit - value <= _AT_LIMIT * size, limit, value)
    begins = rows.indptr.tolist()
    equalities = [
        (dict(zip(rows.indices[a:b].tolist(), rows.data[a:b].tolist(), strict=True)), float(own))
        for a, b, own in zip(begins[:-1], begins[1:], right, strict=True)
    ]
    for variable in found.variables.tolist():
        bounds = problem.lower[variable], problem.upper[variable]
        near = [bound for bound in bounds if abs(bound - x[variable]) <= _AT_LIMIT * typical[variable]]
        equalities.append(({variable: 1.0}, float(near[0] if near else x[variable])))
    # The shortest first: they say most, and fill the others least.
    return sorted(equalities, key=lambda equality: len(equality[0]))


def _solved(equalities: list[tuple[Row, float]], weight: FloatArray) -> dict[int, tuple[Row, float]]:
    """Gauss-Jordan elimination: each pivot as ``right - row @ others``, with no pivot among the others."""
    solved: dict[int, tuple[Row, float]] = {}
    for row, right in equalities:
        row, right = _without(solved, row, right)
        pivot = max(row, key=lambda variable: abs(row[variable]) * weight[variable], default=None)
        if pivot is None or weight[pivot] == 0:
            continue
        scale = row.pop(pivot)
        one = {pivot: ({variable: value / scale for variable, value in row.items()}, right / scale)}
        for other, (others, other_right) in solved.items():
            if pivot in others:
                solved[other] = _without(one, others, other_right)
        solved |= one
    return solved


def _without(solved: dict[int, tuple[Row, float]], row: Row, right: float) -> tuple[Row, float]:
    """A row with all pivots replaced."""
    result = {variable: value for variable, value in row.items() if variable not in solved}
    size = {variable: abs(value) for variable, value in result.items()}
    for pivot in row.keys() & solved.keys():
        others, own_right = solved[pivot]
        right -= row[pivot] * own_right
        for variable, value in others.items():
            term = -row[pivot] * value
            result[variable] = result.get(variable, 0.0) + term
            size[variable] = size.get(variable, 0.0) + abs(term)
    return {variable: value for variable, value in result.items() if abs(value) > _ROUNDING * size[variable]}, right


def _product(left: sp.csc_array, right: sp.csr_array | sp.csc_array) -> sp.csc_array:
    """A product without what is only rounding."""
    result, size = sp.coo_array(left @ right), sp.csr_array(abs(left) @ abs(right))
    is_real = np.abs(result.data) > _ROUNDING * np.asarray(size[result.row, result.col]).ravel()
    entries = result.data[is_real], (result.row[is_real], result.col[is_real])
    return sp.csc_array(sp.csr_array(entries, shape=result.shape))


def _filled(rows: sp.csc_array, right: FloatArray) -> tuple[sp.csc_array, FloatArray]:
    """Rows that say something."""
    by_row = sp.csr_array(rows)
    says = np.diff(by_row.indptr) > 0
    return sp.csc_array(by_row[says]), right[says]
