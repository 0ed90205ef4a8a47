"""What is measured on: the case study, grids from elsewhere, generated rings, and the exchange problem."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ....agents.grid_operator import GridOperator
from ....coordinator.executor import Respond
from ....coordinator.executors.batched.batched import Batched
from ....coordinator.market import Market
from ....network.reader import read_case
from ...scenario.market_builder import build_market, build_on
from ...scenario.reading import load_scenario, parse_scenario
from ...settlement.stacked_market import StackedMarket, stack
from .congestion import congested
from .exchange import Exchange
from .rings import ring_market

OUTSIDE_GRIDS = ("RTS_GMLC", "case118", "ACTIVSg200", "case300", "ACTIVSg500")
# Grids of which consumers trade in a pool; with a contract for every pair the largest fit into no memory.
POOLED_GRIDS = ("rts24", *OUTSIDE_GRIDS, "ACTIVSg2000", "ACTIVSg10k")
_POOLED = "-pooled"
POOLED = tuple(f"{name}{_POOLED}" for name in POOLED_GRIDS)
# Buses of the generated rings: 53,600 and 504,300 contracts.
RINGS = {"ring-400": 400, "ring-1230": 1230}
# Beyond this a market is large: one executor answers for all, and solvers get processes of their own.
LARGE_GOODS = 20_000


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
        The batched executor, by which every row's result is certified: best responses of most agents in closed form.
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

    @property
    def buses(self) -> int:
        """Of the grid; none where nothing is delivered."""
        return sum(len(agent.grid.buses) for agent in self.market.agents if isinstance(agent, GridOperator))

    @property
    def is_pooled(self) -> bool:
        """Whether consumers trade in a pool."""
        return self.name.endswith(_POOLED)

    @property
    def is_large(self) -> bool:
        """Whether a single row may take minutes."""
        return len(self.market.goods) > LARGE_GOODS


def problem_builders(exchange_size: int, seed: int) -> dict[str, Callable[[], Problem]]:
    """All problems by name, in the order in which they are measured.

    A builder may raise GridError, ScenarioError, InfeasibleError or UnsolvedError.
    """
    exchange = Exchange.generated(exchange_size, exchange_size, seed)
    return {
        "rts24": lambda: _canonicalised("rts24", build_market(load_scenario("rts24"))),
        "exchange": lambda: _canonicalised("exchange", exchange.market(), exchange),
        **{name: partial(_outside, name) for name in OUTSIDE_GRIDS},
        **{name: partial(_ring, name) for name in RINGS},
        **{name: partial(_pooled, name) for name in POOLED},
    }


def _outside(name: str) -> Problem:
    case = congested(read_case(name))
    return _canonicalised(name, build_on(case, parse_scenario({"name": name, "grid": {"source": name}})).market)


def _pooled(name: str) -> Problem:
    source = name.removesuffix(_POOLED)
    if source == "rts24":
        return _canonicalised(name, build_market(load_scenario(source, ["trade=pooled"])))
    scenario = parse_scenario({"name": name, "grid": {"source": source}, "trade": "pooled"})
    return _canonicalised(name, build_on(congested(read_case(source)), scenario).market)


def _ring(name: str) -> Problem:
    return _canonicalised(name, ring_market(RINGS[name]))


def _canonicalised(name: str, market: Market, exchange: Exchange | None = None) -> Problem:
    # A market of its own: building one may have canonicalised the agents already.
    fresh = Market(market.agents, market.scales)
    begin = time.perf_counter()
    stacked = stack(fresh)
    seconds = time.perf_counter() - begin
    return Problem(name, fresh, stacked, Batched().compile(fresh), seconds, exchange)
