"""An announcement of the wrong shape is refused in words before anybody answers it."""

import re

import numpy as np
import pytest
from cases import three_bus_loop, two_agents

from walras.coordinator import Batched, BidRequest, Compiled, NearTargets, Prices

MARKET = three_bus_loop.congested_loop().market
GOODS, COPIES = len(MARKET.goods), len(MARKET.good_of_copy)
PARTS = {Prices: ("prices", "surcharges"), NearTargets: ("prices", "rho", "targets", "surcharges")}
WRONG = {
    "prices": [COPIES, 1, (GOODS, 1), GOODS + 1, GOODS - 1, ()],
    "rho": [GOODS, 1, (COPIES, 1), (1, COPIES), ()],
    "targets": [GOODS, 1, (COPIES, 1), (1, COPIES), ()],
    "surcharges": [GOODS, (COPIES, 1), 0, ()],
}


def announced(kind, **wrong):
    shapes = {name: GOODS if name == "prices" else COPIES for name in PARTS[kind]} | wrong
    return kind(**{name: np.ones(shape) for name, shape in shapes.items()})


@pytest.mark.parametrize(
    ("kind", "name", "shape"), [(kind, name, shape) for kind in PARTS for name in PARTS[kind] for shape in WRONG[name]]
)
def test_a_part_of_the_wrong_shape_is_named_with_its_shape_and_the_one_that_is_needed(executor, kind, name, shape):
    given = re.escape(str(np.ones(shape).shape))
    needed = re.escape(str((GOODS if name == "prices" else COPIES,)))
    with pytest.raises(ValueError, match=rf"announcement's {name}.*{given}.*{needed}"):
        executor.compile(MARKET)(announced(kind, **{name: shape}))


@pytest.mark.parametrize("kind", PARTS)
def test_goods_and_copies_are_not_mistaken_for_each_other(executor, kind):
    """One price for each of two copies would be read as far as there are goods."""
    market = two_agents.rising_cost().market
    announcement = kind(**{name: np.ones(2) for name in PARTS[kind]})
    with pytest.raises(ValueError, match="prices"):
        executor.compile(market)(announcement)


@pytest.mark.parametrize("kind", PARTS)
@pytest.mark.parametrize("surcharges", [1, COPIES])
def test_one_surcharge_may_stand_for_all(executor, kind, surcharges):
    answer = executor.compile(MARKET)(announced(kind, surcharges=surcharges))
    assert answer.trades.shape == (COPIES,)


@pytest.mark.parametrize(
    ("name", "count"), [("prices", GOODS - 1), ("price_change", GOODS - 1), ("price_change", 1), ("surcharges", GOODS)]
)
@pytest.mark.parametrize("executor", [Compiled(), Batched()], ids=lambda executor: executor.name)
def test_a_request_with_too_few_numbers_is_refused(executor, name, count):
    parts = {"prices": np.ones(GOODS), "price_change": np.zeros(GOODS), "surcharges": np.zeros(COPIES)}
    request = BidRequest(barrier_usd=1.0, book=None, **(parts | {name: np.zeros(count)}))
    with pytest.raises(ValueError, match=rf"announcement's {name} has the shape \({count},\)"):
        executor.compile(MARKET)(request)


@pytest.mark.parametrize("kind", [*PARTS, BidRequest])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_cannot_be_announced(kind, value):
    parts = {name: np.ones(GOODS if name == "prices" else COPIES) for name in PARTS.get(kind, PARTS[Prices])}
    if kind is BidRequest:
        parts |= {"price_change": np.zeros(GOODS), "barrier_usd": 1.0, "book": None}
    for name in PARTS.get(kind, PARTS[Prices]):
        broken = parts[name].copy()
        broken[-1] = value
        with pytest.raises(FloatingPointError, match=f"the announced {name} are not finite"):
            kind(**(parts | {name: broken}))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", PARTS)
def test_whole_numbers_are_numbers(executor, kind):
    every = {
        "prices": 10 * np.arange(GOODS),
        "rho": np.full(COPIES, 2),
        "targets": np.arange(COPIES),
        "surcharges": np.arange(COPIES),
    }
    whole = {name: every[name] for name in PARTS[kind]}
    respond = executor.compile(MARKET)
    answers = [respond(kind(**parts)) for parts in (whole, {n: part.astype(float) for n, part in whole.items()})]
    assert answers[0].trades == pytest.approx(answers[1].trades, abs=1e-12)


def test_weights_below_zero_are_refused():
    with pytest.raises(ValueError, match=r"rho is -1\.0"):
        NearTargets(np.ones(GOODS), np.append(np.ones(COPIES - 1), -1.0), np.ones(COPIES))


@pytest.mark.parametrize(("change", "barrier_usd"), [(np.nan, 1.0), (0.0, np.nan), (0.0, np.inf)])
def test_a_request_for_bids_that_is_not_finite_is_refused(change, barrier_usd):
    with pytest.raises(FloatingPointError, match="not finite"):
        BidRequest(np.ones(GOODS), np.full(GOODS, change), barrier_usd, None)
