"""Random datacenters, modular and of hyperscalers."""

import numpy as np
from cases.random.agents import tenths
from hypothesis import strategies as st

from walras.agents import Hyperscaler, ModularDatacenter


def _sellers(draw):
    return tuple(f"producer {i}" for i in range(draw(st.integers(1, 5))))


def _per_hour(draw, low, high, periods):
    return np.array(draw(st.lists(tenths(low, high), min_size=periods, max_size=periods)))


@st.composite
def modular_datacenters(draw, name: str = "mdc") -> ModularDatacenter:
    """1 to 5 sellers, one or two hours; perhaps no capacity, no curtailed energy or more of it than capacity."""
    return ModularDatacenter(
        name=name,
        bus=1,
        sellers=_sellers(draw),
        capacity_mw=draw(st.one_of(st.just(0.0), tenths(0, 30))),
        curtailed_mwh=_per_hour(draw, 0, 20, draw(st.integers(1, 2))),
        gpu_rating_mw=draw(st.sampled_from([0.5, 2.0])),
    )


@st.composite
def hyperscalers(draw, name: str = "hyperscaler") -> Hyperscaler:
    """1 to 3 batches, perhaps of no work, and up to 3 lenders, each with some batches that it can process."""
    sellers, periods = _sellers(draw), draw(st.integers(1, 2))
    batches = tuple(f"batch {i}" for i in range(draw(st.integers(1, 3))))
    return Hyperscaler(
        name=name,
        bus=1,
        sellers=sellers,
        emission_rates_kg_per_mwh=_per_hour(draw, 0, 90, len(sellers)),
        cost_weight=draw(st.sampled_from([0.4, 0.9, 1.0])),
        batches=batches,
        workload_mwh=np.array([_per_hour(draw, 0, 30, periods) for _ in batches]),
        processable={
            f"lender {i}": tuple(draw(st.lists(st.sampled_from(batches), unique=True)))
            for i in range(draw(st.integers(0, 3)))
        },
        gpu_rating_mw=draw(st.sampled_from([0.5, 2.0])),
    )
