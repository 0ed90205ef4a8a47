"""Which of several equal equilibria is shown: who contracts with whom is not unique."""

from __future__ import annotations

import numpy as np
import piqp
import scipy.sparse as sp

from ...agents import Family
from ...coordinator import Market
from ...coordinator.market import FloatArray
from .mlcp import StackedMarket


def least_norm_contracts(market: Market, stacked: StackedMarket, x: FloatArray) -> FloatArray | None:
    """Move along the optimal face to the contract matrix of least 2-norm.

    The solutions of a convex QP are the feasible points with the same ``P x`` and ``c @ x``
    (Mangasarian, "A simple characterization of solution sets of convex programs", 1988).

    Parameters
    ----------
    market : Market
    stacked : StackedMarket
    x : array of shape (n,)
        One solution of the welfare QP.

    Returns
    -------
    array of shape (n,), or None
        The selected solution; None if rounding leaves no point on the face.
    """
    s = stacked
    is_contract = np.array([good.family == Family.CONTRACT for good in market.goods])[market.good_of_copy]
    contracts = s.T[np.flatnonzero(is_contract)]
    offset = s.trade_offset[is_contract]
    curved = np.flatnonzero(np.diff(sp.csr_array(s.P).indptr))
    face = sp.csc_array(sp.vstack([s.A, s.K, sp.csr_array(s.P)[curved], sp.csr_array(s.c[None, :])], format="csc"))
    face.sort_indices()
    hessian = sp.csc_array(contracts.T @ contracts)
    hessian.sort_indices()
    solver = piqp.SparseSolver()
    solver.settings.eps_abs = 1e-9
    solver.settings.eps_rel = 1e-11
    values = np.concatenate([s.b, -s.k, (s.P @ x)[curved], [s.c @ x]])
    solver.setup(hessian, contracts.T @ offset, face, values, s.G, None, s.h, s.lower, s.upper)
    status = solver.solve()
    return np.asarray(solver.result.x) if status == piqp.PIQP_SOLVED else None
