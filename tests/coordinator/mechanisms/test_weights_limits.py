"""Typical trades at the limits of what is taken for typical, and surcharges that are steeper than all else, by hand."""

from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import pytest
from cases import ex_ante

from walras.agents import Declaration, contract
from walras.coordinator import Market, Scale
from walras.coordinator.mechanisms.weights import slopes, typical_shares

GOODS = tuple(contract("a", name, 0) for name in "xyz")


@dataclass(frozen=True)
class Bundle:
    """Sells one quantity, so much of each good for each unit of it."""

    per_unit: tuple[float, ...]
    name: str = "a"
    moves_money = True

    def declare(self):
        x = cp.Variable(2, nonneg=True)
        trades = cp.hstack([share * x[0] for share in self.per_unit])
        return Declaration(cp.sum(x), trades, GOODS[: len(self.per_unit)], [x <= 9])


@pytest.mark.parametrize(
    ("smallest", "share"), [(0.5, 0.5), (1 / 999, 1 / 999), (1 / 1001, 1e-3), (1e-9, 1e-3), (0, 1)]
)
@pytest.mark.filterwarnings("error")
def test_nothing_typical_is_less_than_a_thousandth_of_a_volume_scale(smallest, share):
    """Who trades 1 of x trades little of y; what never trades has the volume scale for its typical trade.

    The second quantity moves no trade at all: it divides nothing by zero.
    """
    market = Market((Bundle((1.0, smallest)),), dict.fromkeys(GOODS[:2], Scale(40.0, 1.0)))
    assert typical_shares(market) == pytest.approx([1.0, share], rel=1e-12)
    assert slopes(market) == pytest.approx([40.0, 40.0 / share], rel=1e-12)


def test_a_quantity_moves_until_its_first_good_has_moved_by_a_volume_scale():
    """Volume scales 5, 2 and 1: a unit is a fifth of the first, a half of the second and 3 of the third."""
    market = Market((Bundle((1.0, 1.0, 3.0)),), {good: Scale(1.0, v) for good, v in zip(GOODS, (5, 2, 1), strict=True)})
    assert typical_shares(market) == pytest.approx([1 / 15, 1 / 6, 1])


def test_the_slope_of_a_steep_surcharge_by_hand():
    """Where it is 20 $/MWh it rises by (225 - 20)^2 / (225 * 4.3) $/MWh per MWh: a bought MWh weighs 225 $."""
    market = ex_ante.some_bought().market
    assert market.price_scale[market.good_index[ex_ante.LEASE]] == 20.0 * ex_ante.GPU_MW
    steepest = 205.0**2 / (225.0 * 4.3)
    weights = slopes(market)
    lease, bought = (weights[market.good_of_copy == market.good_index[g]] for g in (ex_ante.LEASE, ex_ante.BOUGHT))
    assert lease == pytest.approx(np.full(2, steepest * ex_ante.GPU_MW**2))
    assert bought == pytest.approx(np.full(2, steepest))
