"""One producer, one consumer, two hours that differ.

Marginal cost 10 + s, capacity 25 MW. Demand is what is bought plus hydro.

* Hour 1: value 50 - d, no hydro: 10 + s = 50 - s gives s = 20 at 30 $/MWh.
* Hour 2: value 80 - d, 5 MWh of hydro: the plant is full, s = 25, d = 30: 80 - 30 = 50 $/MWh (marginal cost 35).

Welfare: 50*20 - 20^2/2 - (10*20 + 20^2/2) = 400, and 80*30 - 30^2/2 - (10*25 + 25^2/2) = 1387.5: 1787.5 $.
"""

import numpy as np
from cases.known import Known

from walras.agents import Consumer, Customer, Producer, contract
from walras.coordinator import Market, Scale


def two_hours() -> Known:
    first, second = (contract("plant", "town", hour) for hour in (0, 1))
    market = Market(
        (
            Consumer("town", 1, ("plant",), np.array([50.0, 80.0]), np.ones(2), np.array([0.0, 5.0])),
            Producer("plant", 1, 1, (Customer("town", 1),), 25.0, 10.0, 1.0, 0.0, 2),
        ),
        dict.fromkeys((first, second), Scale(40.0, 20.0)),
    )
    return Known(
        market=market,
        prices={first: 30.0, second: 50.0},
        trades={("plant", first): 20.0, ("plant", second): 25.0, ("town", first): -20.0, ("town", second): -25.0},
        welfare_usd=1787.5,
    )
