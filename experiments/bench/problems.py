"""What is measured on: the case study, grids from elsewhere, and the exchange problem."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ...coordinator import Compiled, Market, Respond
from ...network import Case, ptdf_matrix, read_case
from ..monolith.mlcp import StackedMarket, stack
from ..scenario.calibration import least_cost_dispatch
from ..scenario.market_builder import build_market
from ..scenario.reading import load_scenario, parse_scenario
from .exchange import Exchange

OUTSIDE_GRIDS = ("RTS_GMLC", "case118", "ACTIVSg200", "case300", "ACTIVSg500")
# Share of the largest loading of any line that the lines may carry.
CONGESTION = 0.9


@dataclass(frozen=True, eq=False)
class Problem:
    """A market to measure on, its agents canonicalised.

    Parameters
    ----------
    name : str
    market : Market
    stacked : StackedMarket
        All agents' matrices, of which the monoliths are made.
    judge : callable
        The compiled executor, by which every row's result is certified.
    canonicalise_seconds : float
        From the agents' declarations to these matrices; executors and monoliths share them.
    exchange : Exchange or None
        Numbers of the exchange problem, which peers get.
    """

    name: str
    market: Market
    stacked: StackedMarket
    judge: Respond
    canonicalise_seconds: float
    exchange: Exchange | None = None


def problem_builders(exchange_size: int, seed: int) -> dict[str, Callable[[], Problem]]:
    """All problems by name, small ones first; a builder may raise GridError, ScenarioError or InfeasibleError."""
    exchange = Exchange.generated(exchange_size, exchange_size, seed)
    return {
        "exchange": lambda: _canonicalised("exchange", exchange.market(), exchange),
        "rts24": lambda: _canonicalised("rts24", build_market(load_scenario("rts24"))),
        **{name: partial(_outside, name) for name in OUTSIDE_GRIDS},
    }


def congesting_scale(case: Case) -> float:
    """The factor on all line limits under which the most loaded line carries 0.9 of what it would like to.

    Loadings are flows over limits in the least-cost dispatch without line limits. The rule is the same for
    all grids from elsewhere. Where no line has a limit (case118, case300) nothing can be congested: 1.
    """
    grid = case.grid
    load, injection = np.zeros((len(grid.buses), 1)), np.zeros((len(grid.buses), 1))
    for bus, load_mw in case.load_mw.items():
        load[grid.bus_index[bus]] = load_mw
    for group in case.unit_groups:
        if group.fixed:
            injection[grid.bus_index[group.bus]] += group.capacity_mw
    units = tuple(group for group in case.unit_groups if not group.fixed)
    unlimited = replace(grid, limit_mw=np.full(len(grid.limit_mw), np.inf))
    dispatch = least_cost_dispatch(unlimited, units, load, injection)
    net = injection[:, 0] - load[:, 0]
    for unit, output_mwh in zip(units, dispatch.output_mwh[:, 0], strict=True):
        net[grid.bus_index[unit.bus]] += output_mwh
    loading = float(np.max(np.abs(ptdf_matrix(grid) @ net) / grid.limit_mw, initial=0.0))
    return CONGESTION * loading if loading > 0 else 1.0


def _outside(name: str) -> Problem:
    scale = congesting_scale(read_case(name))
    document = {"name": name, "grid": {"source": name, "line_limit_scale": scale}}
    return _canonicalised(name, build_market(parse_scenario(document)))


def _canonicalised(name: str, market: Market, exchange: Exchange | None = None) -> Problem:
    # A market of its own: building one may have canonicalised the agents already.
    fresh = Market(market.agents, market.scales)
    begin = time.perf_counter()
    stacked = stack(fresh)
    seconds = time.perf_counter() - begin
    return Problem(name, fresh, stacked, Compiled().compile(fresh), seconds, exchange)
