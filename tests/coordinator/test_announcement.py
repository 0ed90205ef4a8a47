"""An announcement of the wrong shape is refused in words before anybody answers it."""

import re

import numpy as np
import pytest
from cases import three_bus_loop, two_agents

from walras.coordinator import Announcement, Batched, BidRequest, Compiled

MARKET = three_bus_loop.congested_loop().market
GOODS, COPIES = len(MARKET.goods), len(MARKET.good_of_copy)
WRONG = {
    "prices": [COPIES, 1, (GOODS, 1), GOODS + 1, GOODS - 1, ()],
    "rho": [GOODS, 1, (COPIES, 1), (1, COPIES), ()],
    "targets": [GOODS, 1, (COPIES, 1), (1, COPIES), ()],
    "surcharges": [GOODS, (COPIES, 1), 0, ()],
}


def announced(**wrong):
    parts = {"prices": GOODS, "rho": COPIES, "targets": COPIES, "surcharges": COPIES} | wrong
    return Announcement(**{name: np.ones(shape) for name, shape in parts.items()})


@pytest.mark.parametrize(("name", "shape"), [(name, shape) for name, shapes in WRONG.items() for shape in shapes])
def test_a_part_of_the_wrong_shape_is_named_with_its_shape_and_the_one_that_is_needed(executor, name, shape):
    given = re.escape(str(np.ones(shape).shape))
    needed = re.escape(str((GOODS if name == "prices" else COPIES,)))
    with pytest.raises(ValueError, match=rf"announcement's {name}.*{given}.*{needed}"):
        executor.compile(MARKET)(announced(**{name: shape}))


def test_goods_and_copies_are_not_mistaken_for_each_other(executor):
    """One price for each of two copies would be read as far as there are goods."""
    market = two_agents.rising_cost().market
    announcement = Announcement(np.ones(2), np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="prices"):
        executor.compile(market)(announcement)


@pytest.mark.parametrize("surcharges", [1, COPIES])
def test_one_surcharge_may_stand_for_all(executor, surcharges):
    answer = executor.compile(MARKET)(announced(surcharges=surcharges))
    assert answer.trades.shape == (COPIES,)


@pytest.mark.parametrize("executor", [Compiled(), Batched()], ids=lambda executor: executor.name)
def test_a_request_with_too_few_changes_of_prices_is_refused(executor):
    request = BidRequest(1.0, np.zeros(GOODS - 1), None)
    announcement = Announcement(np.ones(GOODS), np.zeros(COPIES), np.zeros(COPIES), request=request)
    with pytest.raises(ValueError, match=r"request\.price_change"):
        executor.compile(MARKET)(announcement)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("rho", [0, 2])
def test_whole_numbers_are_numbers(executor, rho):
    whole = Announcement(10 * np.arange(GOODS), np.full(COPIES, rho), np.arange(COPIES), np.arange(COPIES))
    parts = (whole.prices, whole.rho, whole.targets, whole.surcharges)
    respond = executor.compile(MARKET)
    answers = respond(whole), respond(Announcement(*(part.astype(np.float64) for part in parts)))
    assert answers[0].trades == pytest.approx(answers[1].trades, abs=1e-12)
