"""The matrices of a declaration as affine functions of its parameters."""

from __future__ import annotations

from collections.abc import Sequence

import cvxpy as cp
import numpy as np
import scipy.sparse as sp

from ..agent import Declaration
from ..arrays import FloatArray
from ..goods import Good
from .canonical_problem import CanonicalProblem
from .entries import Entries, Places


class ParametricProblem:
    """A declaration that went through CVXPY once, for any values of its parameters.

    The matrices that CVXPY makes are affine in the parameters (Agrawal et al., "Differentiable Convex
    Optimization Layers", NeurIPS 2019). Which entry goes where is settled once, and values are a sparse product.

    Parameters
    ----------
    declaration : Declaration
        It has variables, and parameters only where CVXPY's rules for these (DPP) allow them.
    parameters : sequence of cp.Parameter
        All that occur; each has some value.

    Raises
    ------
    cvxpy.error.DCPError, cvxpy.error.SolverError
        If it is no quadratic programme.
    """

    def __init__(self, declaration: Declaration, parameters: Sequence[cp.Parameter] = ()) -> None:
        goods = len(declaration.goods)
        # CVXPY tells the affine map behind an expression only as rows of a constraint; it leaves out empty ones.
        copies = cp.Variable(goods)
        problem = cp.Problem(cp.Minimize(declaration.cost), [*declaration.constraints, copies == declaration.trades])
        data, _, _ = problem.get_problem_data(cp.DAQP)
        program = data[cp.settings.PARAM_PROB]
        rows, columns = program.constr_size, program.x.size
        self._columns_of_parameters = [program.param_id_to_col[parameter.id] for parameter in parameters]
        self._linear = sp.csr_array(program.q)
        of_copies = program.var_id_to_col.get(copies.id, 0) + np.arange(goods)
        # Offsets stand in the last column, behind the variables.
        self._own = np.setdiff1d(np.arange(columns), of_copies)
        own = Places.of(self._own, columns + 1)
        curvature = Entries.of(program.P, columns)
        self._curvature = curvature.coefficients
        self._P = curvature.block(own, own)
        entries = Entries.of(program.A, rows)
        # Each copy has one entry s, in one row: s * copy + row @ x + offset = 0.
        defining = np.flatnonzero(np.isin(entries.column, of_copies))
        trade_rows = entries.row[defining]
        equalities = np.setdiff1d(np.arange(program.cone_dims.zero), trade_rows)
        inequalities = np.arange(program.cone_dims.zero, rows)
        # CVXPY's rows are to be zero or at least zero.
        factor = np.ones(rows)
        factor[inequalities] = -1.0
        factor[trade_rows] = -1 / entries.coefficients[defining].sum(axis=1)
        self._rows = sp.csr_array(sp.diags_array(factor[entries.row]) @ entries.coefficients)
        self._T, self._A, self._G = (
            entries.block(Places.of(members, rows), own) for members in (trade_rows, equalities, inequalities)
        )
        self._trade_offset, self._minus_b, self._minus_h = (
            entries.block(Places.of(members, rows), Places.of(np.array([columns]), columns + 1))
            for members in (trade_rows, equalities, inequalities)
        )
        self._lower, self._upper = (
            np.full(len(self._own), limit) if bounds is None else np.asarray(bounds, dtype=np.float64)[self._own]
            for limit, bounds in ((-np.inf, program.lower_bounds), (np.inf, program.upper_bounds))
        )

    def at(self, values: Sequence[FloatArray], goods: tuple[Good, ...]) -> CanonicalProblem:
        """The problem for values of the parameters, of which the trades are in these goods."""
        vector = np.ones(self._linear.shape[1])
        for column, value in zip(self._columns_of_parameters, values, strict=True):
            vector[column : column + value.size] = value.ravel(order="F")
        linear = self._linear @ vector
        entries = self._rows @ vector
        G, h, lower, upper = _singletons_to_bounds(
            self._G.filled(entries), 0.0 - self._minus_h.dense(entries), self._lower, self._upper
        )
        return CanonicalProblem(
            goods=goods,
            P=self._P.filled(self._curvature @ vector),
            c=linear[self._own],
            constant=float(linear[-1]),
            A=self._A.filled(entries),
            b=0.0 - self._minus_b.dense(entries),
            G=G,
            h=h,
            lower=lower,
            upper=upper,
            T=self._T.filled(entries),
            trade_offset=self._trade_offset.dense(entries) + 0.0,
        )


def without_variables(declaration: Declaration) -> CanonicalProblem:
    """The problem of a declaration in which nothing is left to decide."""
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


def _singletons_to_bounds(
    G: sp.csc_array, h: FloatArray, lower: FloatArray, upper: FloatArray
) -> tuple[sp.csc_array, FloatArray, FloatArray, FloatArray]:
    """Turn rows with one entry into bounds, which direct solvers treat better than rows."""
    is_single = np.bincount(G.indices, minlength=len(h)) == 1
    at = np.flatnonzero(is_single[G.indices])
    rows, slopes = G.indices[at], G.data[at]
    columns = np.searchsorted(G.indptr, at, side="right") - 1
    limits = h[rows] / slopes
    lower, upper = lower.copy(), upper.copy()
    np.minimum.at(upper, columns[slopes > 0], limits[slopes > 0])
    np.maximum.at(lower, columns[slopes < 0], limits[slopes < 0])
    return (sp.csc_array(G[~is_single]) if len(at) else G), h[~is_single], lower, upper
