"""Flows from deliveries: a matrix of which there are products, and rows where they are asked for."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, IntArray
from ...network.flow import PowerFlow


class FlowRows:
    """Flows of all lines and hours from deliveries, as a matrix of which only some rows are ever made.

    Parameters
    ----------
    power_flow : PowerFlow
    lines, buses, periods : int
    bus, hour : arrays of int, shape (deliveries,)
        Of each delivery.
    """

    def __init__(
        self, power_flow: PowerFlow, lines: int, buses: int, periods: int, bus: IntArray, hour: IntArray
    ) -> None:
        self._power_flow, self._lines, self._buses, self._periods = power_flow, lines, buses, periods
        self._bus, self._hour = bus, hour
        self.shape = (lines * periods, len(bus))

    def __matmul__(self, delivered: FloatArray) -> FloatArray:
        """Flows of shape (lines of all hours, ...) from deliveries of shape (deliveries, ...)."""
        columns = delivered[:, None] if delivered.ndim == 1 else delivered
        flows = np.zeros((self.shape[0], columns.shape[1]))
        for t in range(self._periods):
            own = np.flatnonzero(self._hour == t)
            injection = np.zeros((self._buses, columns.shape[1]))
            np.subtract.at(injection, self._bus[own], columns[own])
            flows[t * self._lines : (t + 1) * self._lines] = self._power_flow.flows(injection)
        return flows.reshape(self.shape[0], *delivered.shape[1:])

    def __getitem__(self, rows: IntArray) -> sp.csr_array:
        """Some of the rows."""
        made = -self._power_flow.ptdf(rows % self._lines)[:, self._bus]
        return sp.csr_array(np.where(self._hour == (rows // self._lines)[:, None], made, 0.0))
