"""That nobody trades is an equilibrium like others, and is certified."""

import numpy as np
import pytest
from cases.two_agents import MWH, Buyer, Seller

from walras.agents import Consumer, Family
from walras.coordinator import Compiled, Converged, Market, MaxRounds, Scale, Status, run
from walras.coordinator.catalogue import MECHANISMS


def market(cost, slope):
    """A buyer who pays at most 50 $/MWh."""
    return Market((Seller(MWH, cost, slope), Buyer(MWH)), {MWH: Scale(price=40.0, volume=20.0)})


@pytest.mark.parametrize("name", ["admm", "admm-anderson", "slope-bids", "jacobian-admm", "pdhg"])
@pytest.mark.parametrize(("cost", "slope"), [(60.0, 0.0), (60.0, 2.0), (50.0, 2.0)])
def test_too_dear_a_seller_sells_nothing(name, cost, slope):
    result = run(market(cost, slope), MECHANISMS[name], Compiled(), stop=Converged(1e-6) | MaxRounds(2000))
    assert result.status == Status.CONVERGED
    np.testing.assert_allclose(result.best.allocation.trades, 0, atol=1e-2)
    assert result.certificate.scale_usd == pytest.approx(1e-3 * 40 * 20)
    assert result.certificate.relative_imbalances.keys() == {Family.CONTRACT}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", MECHANISMS)
def test_markets_without_goods_are_solved_by_whoever_is_in_them(name):
    """Benefit of 2 MWh of hydro at 10 - d: 20 - 2."""
    town = Consumer("town", 1, (), np.array([10.0]), np.ones(1), np.array([2.0]))
    result = run(Market((town,)), MECHANISMS[name], Compiled(), stop=Converged(1e-6) | MaxRounds(20))
    assert result.status == Status.CONVERGED
    assert result.best.allocation.costs == pytest.approx([-18.0])
