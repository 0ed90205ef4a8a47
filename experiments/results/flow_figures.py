"""Flows as figures of a result: linear in what the grid operator delivers, by way of the angles."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...network.flow import PowerFlow
from .flow_rows import FlowRows
from .ledger import Ledger
from .linear_figures import LinearFigures, volume_mwh
from .nodal import withdrawals

# A line is judged by what it carries, or by this share of all energy if it hardly carries any.
_LEAST_SHARE = 1e-3


def flow_figures(ledger: Ledger) -> LinearFigures:
    """Flows as functions of stacked trades, hour by hour."""
    operator, market = ledger.grid_operator, ledger.market
    grid, periods = operator.grid, operator.fixed_withdrawal_mw.shape[1]
    index = market.agents.index(operator)
    goods, copies = market.goods_of_agents[index], market.copies_of_agents[index]
    bus = np.array([grid.bus_index[int(good.buyer.removeprefix("bus "))] for good in goods], dtype=np.int64)
    hour = np.array([good.period for good in goods], dtype=np.int64)
    power_flow = PowerFlow(grid)
    limit = np.tile(operator.line_limit_mw, periods)
    carried = np.abs(power_flow.flows(-withdrawals(ledger))).ravel(order="F")
    least = np.repeat(_LEAST_SHARE * volume_mwh(ledger), len(grid.line_ids))
    places = (np.arange(len(goods)), np.arange(copies.start, copies.stop))
    return LinearFigures(
        places=tuple((("flow_mw", str(line)), t) for t in range(periods) for line in grid.line_ids),
        outer=FlowRows(power_flow, len(grid.line_ids), len(grid.buses), periods, bus, hour),
        inner=sp.csr_array((np.ones(len(goods)), places), shape=(len(goods), len(market.good_of_copy))),
        constant=-power_flow.flows(operator.fixed_withdrawal_mw).ravel(order="F"),
        scale=np.minimum(limit, np.maximum(carried, least)),
        least=-limit,
        largest=limit,
    )
