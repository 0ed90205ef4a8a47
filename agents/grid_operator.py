"""Grid operator: sells transmission within the limits of the lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import cvxpy as cp
import numpy as np

from ..network.flow import PowerFlow, angle_matrices
from ..network.grid import Grid
from .agent import Declaration
from .arrays import FloatArray
from .goods import Good, wheeling

# Lines that are looked at together: on a large grid each of them is a long row.
_LINES = 256


@dataclass(frozen=True, eq=False)
class GridOperator:
    """Earns the wheeling fees on what it delivers, within the line limits.

    It maximises ``sum_i w_i y_i`` over net withdrawals y that the lines can carry (arXiv 2602.19310,
    eqs. (4)-(7), (22)-(25)), in the sparse angle form. Wheeling to the hub has no fee and is no good.

    Parameters
    ----------
    name : str
    grid : Grid
    fixed_withdrawal_mw : array of shape (buses, periods)
        Withdrawals less injections that it carries without a fee (hydro and its deliveries);
        they sum to zero in every hour.
    throughput_mw : float
        Most that may ever be injected in all, which bounds the flow of lines without limit.
    """

    name: str
    grid: Grid
    fixed_withdrawal_mw: FloatArray
    throughput_mw: float
    moves_money: ClassVar[bool] = True

    @cached_property
    def line_limit_mw(self) -> FloatArray:
        """Limit of every line, shape (lines,).

        A line without limit gets what it carries at most when the throughput is injected at one bus
        and withdrawn at another; beside a negative reactance that can be a multiple of the throughput.
        """
        limit: FloatArray = self.grid.limit_mw.copy()
        loose = np.flatnonzero(limit > self.throughput_mw)
        share = np.ones(len(loose))
        # As in a network of resistors, no line carries more than all that flows, unless reactances are negative.
        if (self.grid.reactance_pu < 0).any():
            power_flow = PowerFlow(self.grid)
            for begin in range(0, len(loose), _LINES):
                ptdf = power_flow.ptdf(loose[begin : begin + _LINES])
                share[begin : begin + _LINES] = np.maximum(np.ptp(ptdf, axis=1), 1.0)
        limit[loose] = np.minimum(limit[loose], share * self.throughput_mw)
        return limit

    @property
    def served(self) -> tuple[int, ...]:
        """Buses at which deliveries are goods."""
        return tuple(bus for bus in self.grid.buses if bus != self.grid.hub)

    def delivered(self, bus: int, period: int) -> Good:
        """The good that it delivers at a bus that it serves, beyond the fixed withdrawal."""
        return wheeling(bus, period)

    def fee(self, bus: int, period: int) -> tuple[tuple[Good, float], ...]:
        """Goods with weights at which their prices add up to the fee from the hub to a bus."""
        return () if bus == self.grid.hub else ((wheeling(bus, period), 1.0),)

    def declare(self) -> Declaration:
        """Cost is zero; trades are the withdrawals delivered beyond the fixed ones."""
        periods = self.fixed_withdrawal_mw.shape[1]
        flow_map, injection_map = angle_matrices(self.grid)
        if len(self.grid.buses) == 1:
            return Declaration(cp.Constant(0.0), cp.Constant(np.zeros(0)), (), [])
        served = [self.grid.bus_index[bus] for bus in self.served]
        angles = cp.Variable((len(self.grid.buses) - 1, periods))
        flow = flow_map @ angles
        limit = np.tile(self.line_limit_mw[:, None], (1, periods))
        delivered = -(injection_map[served] @ angles) - self.fixed_withdrawal_mw[served]
        goods = tuple(self.delivered(bus, t) for bus in self.served for t in range(periods))
        return Declaration(cp.Constant(0.0), cp.vec(delivered, order="C"), goods, [flow <= limit, flow >= -limit])
