"""A producer and a consumer at the two ends of a congested line.

The producer at bus 1 (the hub) has marginal cost 10 + 0.1 s; the consumer at bus 2 values energy at 100 - d.
Without the line they would trade 10 + 0.1 s = 100 - s, s = 81.8 MWh; the line carries 40.

* d = s = 40, so energy is worth 100 - 40 = 60 $/MWh at bus 2 and costs 10 + 4 = 14 $/MWh at bus 1;
* the contract is struck at the consumer's bus: 60; wheeling costs the difference 60 - 14 = 46;
* congestion rent 46 * 40 = 1840 $; welfare 100*40 - 40^2/2 - (10*40 + 0.05*40^2) = 3200 - 480 = 2720 $.
"""

import numpy as np
from cases.known import Known

from walras.agents import Consumer, Customer, GridOperator, Producer, contract, wheeling
from walras.coordinator import Market, Scale
from walras.network import Grid

LINE_SHADOW_PRICE = 46.0
CONGESTION_RENT_USD = 1840.0


def congested_line(limit_mw: float = 40.0) -> Known:
    grid = Grid((1, 2), 1, ("line",), (1,), (2,), np.array([0.1]), np.array([limit_mw]))
    energy, transport = contract("plant", "town", 0), wheeling(2, 0)
    market = Market(
        (
            Consumer("town", 2, ("plant",), np.array([100.0]), np.array([1.0]), np.zeros(1)),
            Producer("plant", 1, 1, (Customer("town", 2),), 200.0, 10.0, 0.1, 0.0, 1),
            GridOperator("grid operator", grid, np.zeros((2, 1)), 200.0),
        ),
        {energy: Scale(50.0, 40.0), transport: Scale(50.0, 40.0)},
    )
    return Known(
        market=market,
        prices={energy: 60.0, transport: 46.0},
        trades={
            ("plant", energy): 40.0,
            ("town", energy): -40.0,
            ("plant", transport): -40.0,
            ("grid operator", transport): 40.0,
        },
        welfare_usd=2720.0,
    )
