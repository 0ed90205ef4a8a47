"""Grid operator: sells transmission within the limits of the lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import cvxpy as cp
import numpy as np

from ..network.flow import angle_matrices, ptdf_matrix
from ..network.grid import Grid
from .agent import Declaration
from .arrays import FloatArray
from .goods import wheeling


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
        share = np.ones(len(self.grid.line_ids))
        # As in a network of resistors, no line carries more than all that flows, unless reactances are negative.
        if (self.grid.reactance_pu < 0).any():
            ptdf = ptdf_matrix(self.grid)
            share = np.maximum(ptdf.max(axis=1, initial=0.0) - ptdf.min(axis=1, initial=0.0), 1.0)
        return np.asarray(np.minimum(self.grid.limit_mw, share * self.throughput_mw))

    def declare(self) -> Declaration:
        """Cost is zero; trades are the withdrawals delivered beyond the fixed ones, the hub left out."""
        periods = self.fixed_withdrawal_mw.shape[1]
        flow_map, injection_map = angle_matrices(self.grid)
        if len(self.grid.buses) == 1:
            return Declaration(cp.Constant(0.0), cp.Constant(np.zeros(0)), (), [])
        others = [index for index in range(len(self.grid.buses)) if index != self.grid.hub_index]
        angles = cp.Variable((len(others), periods))
        flow = flow_map @ angles
        limit = np.tile(self.line_limit_mw[:, None], (1, periods))
        delivered = -(injection_map[others] @ angles) - self.fixed_withdrawal_mw[others]
        goods = tuple(wheeling(self.grid.buses[index], t) for index in others for t in range(periods))
        return Declaration(cp.Constant(0.0), cp.vec(delivered, order="C"), goods, [flow <= limit, flow >= -limit])
