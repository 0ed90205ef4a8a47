"""Physical quantities of an allocation, added up from its trades without help of the package."""

from cases.known import trades_of

from walras.agents import Consumer, Family, contract, wheeling
from walras.coordinator import Market, Responses


def output_mwh(market: Market, allocation: Responses) -> dict[str, float]:
    """Sales of every producer."""
    sales: dict[str, float] = {}
    for (holder, good), quantity in trades_of(market, allocation).items():
        if good.family == Family.CONTRACT and good.seller == holder:
            sales[holder] = sales.get(holder, 0.0) + quantity
    return sales


def demand_mwh(market: Market, allocation: Responses) -> dict[int, float]:
    """Purchases and hydro of every consumer, by bus."""
    held = trades_of(market, allocation)
    return {
        agent.bus: float(agent.hydro_mwh[0]) - sum(held[agent.name, good] for good in agent.contracts)
        for agent in market.agents
        if isinstance(agent, Consumer)
    }


def nodal_prices(market: Market, prices, allocation: Responses, hub: int) -> dict[int, float]:
    """Value of the hub's last MWh to its consumer, plus the wheeling fee of every bus."""
    at_hub = next(agent for agent in market.agents if isinstance(agent, Consumer) and agent.bus == hub)
    demand = demand_mwh(market, allocation)[hub]
    hub_price = float(at_hub.willingness_usd_per_mwh[0] - at_hub.slope_usd_per_mwh2[0] * demand)
    fees = {good: price for good, price in zip(market.goods, prices, strict=True) if good.family == Family.WHEELING}
    buses = {bus: fees.get(wheeling(bus, 0)) for bus in range(1, 25) if bus != hub}
    return {hub: hub_price} | {bus: hub_price + fee for bus, fee in buses.items() if fee is not None}


def bought_mwh(market: Market, allocation: Responses, buyer: str) -> dict[str, float]:
    """What a participant buys, by seller."""
    return {
        good.seller: -quantity
        for (holder, good), quantity in trades_of(market, allocation).items()
        if holder == buyer and good == contract(good.seller, buyer, 0)
    }
