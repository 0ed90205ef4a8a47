"""A loop of three equal lines, of which one is congested.

Producer A (bus 1, marginal cost 12 + 0.1 s) and producer B (bus 2, 48 + 0.1 s) serve a consumer at bus 3, the
hub, who values energy at 180 - d. Of what bus 1 sends to bus 3, 2/3 takes line 1-3 and 1/3 the way 1-2-3; of what
bus 2 sends, 1/3 runs over line 1-3. Line 1-3 carries 60 MW.

With shadow price m of line 1-3 the nodal prices are P3 - 2/3 m at bus 1 and P3 - 1/3 m at bus 2. Try A = 80, B = 20:
* line 1-3: 2/3*80 + 1/3*20 = 60, full; the consumer takes 100, so P3 = 180 - 100 = 80;
* marginal costs 12 + 8 = 20 at bus 1 and 48 + 2 = 50 at bus 2;
* from bus 1, 2/3 m = 60, so m = 90; bus 2 agrees: 1/3 m = 30. All conditions hold.

Congestion rent 90 * 60 = 5400 $ (= 80*100 - 20*80 - 50*20). Wheeling from the hub: 20 - 80 = -60 to bus 1 and
50 - 80 = -30 to bus 2. Flows: 1-2 is 80 - 60 = 20, 2-3 is 20 + 20 = 40.
Welfare 180*100 - 100^2/2 - (12*80 + 0.05*80^2) - (48*20 + 0.05*20^2) = 13000 - 1280 - 980 = 10740 $.
"""

import numpy as np
from cases.known import Known

from walras.agents import (
    Consumer,
    Customer,
    GridOperator,
    PooledConsumer,
    PooledGridOperator,
    PooledProducer,
    Producer,
    contract,
    energy,
    wheeling,
)
from walras.coordinator import Market, Scale
from walras.network import Grid

NODAL_PRICES = {1: 20.0, 2: 50.0, 3: 80.0}
LINE_SHADOW_PRICES = {"1-2": 0.0, "1-3": 90.0, "2-3": 0.0}
FLOWS_MW = {"1-2": 20.0, "1-3": 60.0, "2-3": 40.0}
CONGESTION_RENT_USD = 5400.0


def loop_grid(limit_mw: float = 60.0) -> Grid:
    limits = np.array([np.inf, limit_mw, np.inf])
    return Grid((1, 2, 3), 3, ("1-2", "1-3", "2-3"), (1, 1, 2), (2, 3, 3), np.full(3, 0.2), limits)


def congested_loop(limit_mw: float = 60.0) -> Known:
    customers = (Customer("town", 3),)
    energy = {seller: contract(seller, "town", 0) for seller in "AB"}
    transport = {bus: wheeling(bus, 0) for bus in (1, 2)}
    goods = (*energy.values(), *transport.values())
    market = Market(
        (
            Consumer("town", 3, ("A", "B"), np.array([180.0]), np.array([1.0]), np.zeros(1)),
            Producer("A", 1, 3, customers, 300.0, 12.0, 0.1, 0.0, 1),
            Producer("B", 2, 3, customers, 300.0, 48.0, 0.1, 0.0, 1),
            GridOperator("grid operator", loop_grid(limit_mw), np.zeros((3, 1)), 300.0),
        ),
        dict.fromkeys(goods, Scale(50.0, 50.0)),
    )
    return Known(
        market=market,
        prices={energy["A"]: 80.0, energy["B"]: 80.0, transport[1]: -60.0, transport[2]: -30.0},
        trades={
            ("A", energy["A"]): 80.0,
            ("B", energy["B"]): 20.0,
            ("grid operator", transport[1]): -80.0,
            ("grid operator", transport[2]): -20.0,
        },
        welfare_usd=10740.0,
    )


def pooled_loop(limit_mw: float = 60.0) -> Known:
    """The same loop with a pool: everybody trades at the nodal price of the own bus."""
    at = {bus: energy(bus, 0) for bus in (1, 2, 3)}
    market = Market(
        (
            PooledConsumer("town", 3, (), np.array([180.0]), np.array([1.0]), np.zeros(1)),
            PooledProducer("A", 1, 3, (), 300.0, 12.0, 0.1, 0.0, 1),
            PooledProducer("B", 2, 3, (), 300.0, 48.0, 0.1, 0.0, 1),
            PooledGridOperator("grid operator", loop_grid(limit_mw), np.zeros((3, 1)), 300.0),
        ),
        dict.fromkeys(at.values(), Scale(50.0, 50.0)),
    )
    return Known(
        market=market,
        prices={at[bus]: price for bus, price in NODAL_PRICES.items()},
        trades={
            ("A", at[1]): 80.0,
            ("B", at[2]): 20.0,
            ("town", at[3]): -100.0,
            ("grid operator", at[1]): -80.0,
            ("grid operator", at[2]): -20.0,
            ("grid operator", at[3]): 100.0,
        },
        welfare_usd=10740.0,
    )
