"""DC power flow: the angle form and the PTDF form, which are equivalent."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from .grid import FloatArray, Grid, GridError


def angle_matrices(grid: Grid) -> tuple[sp.csr_array, sp.csr_array]:
    """Maps from voltage angles to line flows and to bus injections, both sparse.

    The angle at the hub is zero and left out, so the columns are the other buses in their order.
    Angles are scaled by the power base: with susceptances 1/x per unit, angle differences are in MW.

    Returns
    -------
    flow : sparse array of shape (lines, buses - 1)
        Flow on each line [MW] from the angles.
    injection : sparse array of shape (buses, buses - 1)
        Net injection at each bus [MW] from the angles; the rows sum to zero.

    References
    ----------
    Stott, Jardim and Alsac, "DC power flow revisited", IEEE Trans. Power Systems 24(3), 2009.
    """
    susceptance = sp.diags_array(1.0 / grid.reactance_pu)
    flow = sp.csr_array(susceptance @ grid.incidence)[:, _without_hub(grid)]
    return flow, sp.csr_array(grid.incidence.T @ flow)


def ptdf_matrix(grid: Grid) -> FloatArray:
    """Power transfer distribution factors.

    Returns
    -------
    array of shape (lines, buses)
        Flow on each line [MW] per MW that is injected at a bus and withdrawn at the hub; the
        hub's column is zero.

    Raises
    ------
    GridError
        If positive and negative reactances cancel.
    """
    return PowerFlow(grid).ptdf(np.arange(len(grid.line_ids)))


class PowerFlow:
    """Flows from injections by way of the angles: on large grids no matrix of all lines by all buses is made.

    Parameters
    ----------
    grid : Grid

    Raises
    ------
    GridError
        If positive and negative reactances cancel.
    """

    def __init__(self, grid: Grid) -> None:
        self._buses = len(grid.buses)
        self._others = _without_hub(grid)
        self._flow, injection = angle_matrices(grid)
        # The injection map of the other buses is symmetric, so its factors solve for its transpose too.
        try:
            self._factor = splu(sp.csc_array(injection[self._others])) if self._others.size else None
        except RuntimeError as error:
            raise GridError("the reactances of the lines cancel: flows are not determined by injections") from error

    def flows(self, injection_mw: FloatArray) -> FloatArray:
        """Flows [MW] of shape (lines, k) from injections of shape (buses, k), the hub's left out of account."""
        if self._factor is None:
            return np.zeros((self._flow.shape[0], injection_mw.shape[1]))
        return np.asarray(self._flow @ self._factor.solve(injection_mw[self._others]))

    def ptdf(self, lines: np.ndarray) -> FloatArray:
        """Rows of the PTDF matrix, shape (chosen lines, buses)."""
        rows = np.zeros((len(lines), self._buses))
        if self._factor is not None:
            rows[:, self._others] = self._factor.solve(self._flow[lines].T.toarray()).T
        return rows


def _without_hub(grid: Grid) -> np.ndarray:
    return np.delete(np.arange(len(grid.buses)), grid.hub_index)
