"""Who sets a price: the agents that yield one more MWh at a bus, and the lines that stand between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...agents.agent import Agent
from ...agents.arrays import FloatArray
from ...agents.goods import Family
from ...agents.grid_operator import GridOperator
from ...network.flow import PowerFlow
from ..results.ledger import Ledger
from ..settlement.footprints import emission_rates
from .bus_loads import Loads
from .sharp_point import SharpPoint
from .to_one_side import Side

_ENERGY = (Family.CONTRACT, Family.ENERGY)
# What is less than this of a MWh is rounding.
_LEAST_MOVE_MWH = 1e-7


@dataclass(frozen=True)
class MarginalAgent:
    """Somebody who sells more, or takes less, because one more MWh is drawn at a bus.

    Parameters
    ----------
    name : str
    bus : int or None
    yields_mwh : float or None
        More that it sells, or less that it takes; those of all agents add up to the MWh. None where it is not unique.
    price_part_usd_per_mwh : float
        What that costs it, emissions valued where it values them; the parts add up to the price where it is unique.
    slope_part_usd_per_mwh2 : float
        Its part of how fast the price rises: the slope of its marginal cost times the square of what it moves.
    emissions_kg : float
        What it emits more.
    """

    name: str
    bus: int | None
    yields_mwh: float | None
    price_part_usd_per_mwh: float
    slope_part_usd_per_mwh2: float
    emissions_kg: float


@dataclass(frozen=True)
class PricingLine:
    """A full line that sets a bus apart from the hub.

    Parameters
    ----------
    line : str
    from_bus, to_bus : int
    flow_mw, limit_mw : float
    price_usd_per_mw : float
    share_of_bus : float
        Flow in the direction of the line's per MW injected at the bus and withdrawn at the hub (PTDF).
    price_part_usd_per_mwh : float
        Minus price times share: the parts add up to the price at the bus less that at the hub.
    """

    line: str
    from_bus: int
    to_bus: int
    flow_mw: float
    limit_mw: float
    price_usd_per_mw: float
    share_of_bus: float
    price_part_usd_per_mwh: float


def marginal_agents(point: SharpPoint, side: Side, loads: Loads) -> list[MarginalAgent]:
    """Who moves for one more MWh at a bus, those who yield most first.

    Parameters
    ----------
    point : SharpPoint
    side : Side
        How the point moves for a load.
    loads : Loads
    """
    market, response = point.market, side.response
    others = [agent for agent in market.agents if not isinstance(agent, GridOperator)]
    sold = np.array([_energy_sold(point, agent) for agent in others])
    no_equal, no_multipliers = (np.zeros((len(part), len(others))) for part in (point.equal, point.multipliers))
    is_known = side.cone.determined(sold.T, no_equal, no_multipliers, response.kept)
    owner = point.stacked.matrices.variables_of_agents
    of_price = owner.sums(point.gradient * response.x)
    of_slope = owner.sums((point.programme.P @ response.x) * response.x)
    rates = emission_rates(market)
    found = []
    for agent, moved, known in zip(others, (sold @ response.x).tolist(), is_known.tolist(), strict=True):
        # Who buys the MWh for somebody else yields what it buys less beside it.
        yields = moved + 1.0 if agent.name == loads.buyer else moved
        index = market.agents.index(agent)
        if abs(yields) > _LEAST_MOVE_MWH or not known:
            found.append(
                MarginalAgent(
                    name=agent.name,
                    bus=getattr(agent, "bus", None),
                    yields_mwh=yields if known else None,
                    price_part_usd_per_mwh=float(of_price[index]),
                    slope_part_usd_per_mwh2=float(of_slope[index]),
                    emissions_kg=rates.get(agent.name, 0.0) * yields,
                )
            )
    return sorted(found, key=lambda one: -abs(one.yields_mwh or 0.0))


def _energy_sold(point: SharpPoint, agent: Agent) -> FloatArray:
    """Energy that somebody sells less what it takes, in all hours, as coefficients of all variables."""
    market = point.market
    index = market.agents.index(agent)
    of_copies = np.zeros(len(market.good_of_copy))
    goods = market.goods_of_agents[index]
    of_copies[market.copies_of_agents[index]] = [float(good.family in _ENERGY) for good in goods]
    return np.asarray(point.stacked.T.T @ of_copies)


def pricing_lines(
    ledger: Ledger, hour: int, bus: int, flow_mw: FloatArray, prices: Mapping[str, float]
) -> list[PricingLine]:
    """Full lines with a price, those that matter most first.

    Parameters
    ----------
    ledger : Ledger
    hour, bus : int
    flow_mw : array of shape (lines, periods)
    prices : mapping of line to float
        Worth of one more MW of its limit in the hour.
    """
    operator = ledger.grid_operator
    grid = operator.grid
    position = {str(line): index for index, line in enumerate(grid.line_ids)}
    chosen = np.array([position[line] for line in prices], dtype=np.int64)
    shares = PowerFlow(grid).ptdf(chosen)[:, grid.bus_index[bus]]
    found = []
    for index, share, price in zip(chosen.tolist(), shares.tolist(), prices.values(), strict=True):
        flow = float(flow_mw[index, hour])
        along = share if flow >= 0 else -share
        found.append(
            PricingLine(
                line=str(grid.line_ids[index]),
                from_bus=grid.from_bus[index],
                to_bus=grid.to_bus[index],
                flow_mw=flow,
                limit_mw=float(operator.line_limit_mw[index]),
                price_usd_per_mw=price,
                share_of_bus=along,
                price_part_usd_per_mwh=-price * along,
            )
        )
    return sorted(found, key=lambda one: -abs(one.price_part_usd_per_mwh))
