"""An agent's declaration in matrices: the standard form of a quadratic programme."""

from __future__ import annotations

from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import scipy.sparse as sp
from cvxpy.error import DCPError, SolverError

from .agent import Agent, AgentError, Declaration, FloatArray
from .checks import checked_declaration, nothing_to_decide
from .goods import Good


@dataclass(frozen=True, eq=False)
class CanonicalProblem:
    """Minimise ``x @ P @ x / 2 + c @ x + constant`` subject to linear constraints and bounds.

    Constraints are ``A x = b``, ``G x <= h``, ``lower <= x <= upper``; the agent's trades are
    ``T x + trade_offset``. With n variables and k goods, P is (n, n) and T is (k, n).
    """

    goods: tuple[Good, ...]
    P: sp.csc_array
    c: FloatArray
    constant: float
    A: sp.csc_array
    b: FloatArray
    G: sp.csc_array
    h: FloatArray
    lower: FloatArray
    upper: FloatArray
    T: sp.csc_array
    trade_offset: FloatArray

    def cost(self, x: FloatArray) -> float:
        """Cost [$] at the variables `x`."""
        return float(x @ (self.P @ x) / 2 + self.c @ x) + self.constant


def canonicalise(agent: Agent) -> CanonicalProblem:
    """Compile an agent's declaration once into matrices.

    Raises
    ------
    AgentError
        If the declaration is not a quadratic programme.
    """
    declaration = checked_declaration(agent)
    if nothing_to_decide(declaration):
        return _without_variables(declaration)
    # CVXPY tells the affine map behind an expression only as rows of a constraint.
    copies = cp.Variable(len(declaration.goods))
    problem = cp.Problem(cp.Minimize(declaration.cost), [*declaration.constraints, copies == declaration.trades])
    try:
        data, _, inverse = problem.get_problem_data(cp.DAQP)
    except (DCPError, SolverError) as error:
        raise AgentError(f"agent {agent.name} is not a quadratic programme, which this step needs: {error}") from error
    column_of = data[cp.settings.PARAM_PROB].var_id_to_col
    copy_columns = column_of[copies.id] + np.arange(len(declaration.goods))
    own_columns = np.setdiff1d(np.arange(len(data["q"])), copy_columns)
    equalities = sp.csr_array(data["A"])
    is_trade_row = np.zeros(equalities.shape[0], dtype=bool)
    of_copies = sp.csc_array(equalities[:, copy_columns])
    is_trade_row[of_copies.indices] = True
    # Each column of `of_copies` has one entry s in one row: s * copy + row @ x = rhs.
    rows, signs = of_copies.indices, of_copies.data
    T = -sp.diags_array(1 / signs) @ equalities[rows][:, own_columns]
    offset = np.asarray(data["b"])[rows] / signs
    lower, upper = _bounds(data, own_columns)
    G, h, lower, upper = _singletons_to_bounds(sp.csr_array(data["F"])[:, own_columns], data["G"], lower, upper)
    return CanonicalProblem(
        goods=declaration.goods,
        P=_sorted(sp.csc_array(data["P"])[own_columns][:, own_columns]),
        c=np.asarray(data["q"], dtype=np.float64)[own_columns],
        constant=float(inverse[-1][cp.settings.OFFSET]),
        A=_sorted(equalities[~is_trade_row][:, own_columns]),
        b=np.asarray(data["b"], dtype=np.float64)[~is_trade_row],
        G=_sorted(G),
        h=h,
        lower=lower,
        upper=upper,
        T=_sorted(T),
        trade_offset=offset + 0.0,
    )


def _without_variables(declaration: Declaration) -> CanonicalProblem:
    none, goods = np.zeros(0), len(declaration.goods)
    empty = sp.csc_array((0, 0))
    return CanonicalProblem(
        goods=declaration.goods,
        P=empty,
        c=none,
        constant=float(declaration.cost.value),
        A=empty,
        b=none,
        G=empty,
        h=none,
        lower=none,
        upper=none,
        T=sp.csc_array((goods, 0)),
        trade_offset=np.asarray(declaration.trades.value, dtype=np.float64).reshape(goods),
    )


def _bounds(data: dict[str, FloatArray | None], columns: np.ndarray) -> tuple[FloatArray, FloatArray]:
    lower, upper = data["lower_bounds"], data["upper_bounds"]
    return (
        np.full(len(columns), -np.inf) if lower is None else np.asarray(lower, dtype=np.float64)[columns],
        np.full(len(columns), np.inf) if upper is None else np.asarray(upper, dtype=np.float64)[columns],
    )


def _singletons_to_bounds(
    G: sp.csr_array, h: FloatArray, lower: FloatArray, upper: FloatArray
) -> tuple[sp.csr_array, FloatArray, FloatArray, FloatArray]:
    """Turn rows with one entry into bounds, which direct solvers treat better than rows."""
    G.eliminate_zeros()
    single = np.diff(G.indptr) == 1
    positions = G.indptr[:-1][single]
    columns, slopes = G.indices[positions], G.data[positions]
    limits = np.asarray(h, dtype=np.float64)[single] / slopes
    lower, upper = lower.copy(), upper.copy()
    np.minimum.at(upper, columns[slopes > 0], limits[slopes > 0])
    np.maximum.at(lower, columns[slopes < 0], limits[slopes < 0])
    return G[~single], np.asarray(h, dtype=np.float64)[~single], lower, upper


def _sorted(matrix: sp.sparray) -> sp.csc_array:
    """CSC with sorted indices: PIQP takes unsorted ones for an infeasible problem."""
    result = sp.csc_array(matrix)
    result.sum_duplicates()
    result.sort_indices()
    return result
