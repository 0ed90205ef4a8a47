"""Random consumers and producers, and random announcements to them."""

import numpy as np
from hypothesis import strategies as st

from walras.agents import Consumer, Customer, ForwardContract, Producer
from walras.coordinator import Market, NearTargets


def tenths(low: int, high: int):
    """Numbers with one decimal: no example fails for its last digit."""
    return st.integers(10 * low, 10 * high).map(lambda number: number / 10)


@st.composite
def consumers(draw) -> Consumer:
    """1 to 6 sellers, one or two hours, perhaps hydro and forward purchases."""
    periods = draw(st.integers(1, 2))

    def per_hour(low, high):
        return np.array(draw(st.lists(tenths(low, high), min_size=periods, max_size=periods)))

    return Consumer(
        name="consumer",
        bus=1,
        sellers=tuple(f"producer {i}" for i in range(draw(st.integers(1, 6)))),
        willingness_usd_per_mwh=per_hour(0, 120),
        slope_usd_per_mwh2=per_hour(1, 5),
        hydro_mwh=per_hour(0, 20),
        forward_purchase_mwh=draw(st.one_of(st.none(), st.just(per_hour(0, 40)))),
    )


@st.composite
def producers(draw) -> Producer:
    """1 to 8 customers at 4 buses, some at its own and at the hub; perhaps each with a forward contract."""
    names = [f"customer {i}" for i in range(draw(st.integers(1, 8)))]
    periods = draw(st.integers(1, 2))
    capacity = draw(tenths(0, 60))
    share = draw(st.sampled_from([0.0, 0.0, 0.5, 1.0])) * capacity / len(names)
    return Producer(
        name="producer",
        bus=draw(st.integers(1, 4)),
        hub=draw(st.integers(1, 4)),
        customers=tuple(Customer(name, draw(st.integers(1, 4))) for name in names),
        capacity_mw=capacity,
        cost_usd_per_mwh=draw(tenths(0, 60)),
        cost_slope_usd_per_mwh2=draw(st.one_of(st.just(0.0), tenths(1, 3))),
        emission_rate_kg_per_mwh=0.0,
        periods=periods,
        forward_contracts=tuple(ForwardContract((name,), np.full(periods, share)) for name in names) if share else (),
    )


@st.composite
def announcements(draw, market: Market, decades: int) -> NearTargets:
    """Prices, some of them equal, targets on both sides of zero, and rho over some decades around 1."""
    goods, copies = len(market.goods), len(market.good_of_copy)
    exponents = draw(st.lists(tenths(-decades, decades), min_size=copies, max_size=copies))
    return NearTargets(
        prices=np.array(draw(st.lists(tenths(-20, 100), min_size=goods, max_size=goods))),
        rho=10.0 ** np.array(exponents),
        targets=np.array(draw(st.lists(tenths(-30, 30), min_size=copies, max_size=copies))),
    )
