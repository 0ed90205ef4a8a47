"""The map from an agent's variables to its trades, as the canonical matrices have it."""

import cvxpy as cp
import numpy as np
import pytest
from cases.feasible import EVERY_KIND

from walras.agents import Declaration, canonicalise, contract
from walras.agents.canonical.trade_map import trade_map

GOODS = tuple(contract("seller", name, 0) for name in "abc")


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_it_is_the_canonical_one_up_to_the_order_of_variables(kind):
    agent = EVERY_KIND[kind].agent
    found, canonical = trade_map(agent.declare()), canonicalise(agent).T
    np.testing.assert_allclose((found @ found.T).toarray(), (canonical @ canonical.T).toarray(), atol=1e-12)


def test_neither_cost_nor_bounds_nor_offsets_matter():
    x, y = cp.Variable(2, bounds=[1, 5]), cp.Variable()
    trades = cp.hstack([x[0] - 2 * x[1] + 7, 3 * y, x[0]])
    found = trade_map(Declaration(cp.exp(y), trades, GOODS, [x <= 4]))
    # The order of the variables is CVXPY's.
    columns = {tuple(column) for column in found.toarray().T.tolist()}
    assert columns == {(1.0, 0.0, 1.0), (-2.0, 0.0, 0.0), (0.0, 3.0, 0.0)}


def test_one_variable_and_one_trade():
    x = cp.Variable(1)
    assert trade_map(Declaration(cp.sum(x), -4 * x, GOODS[:1], [])).toarray().tolist() == [[-4.0]]


@pytest.mark.parametrize("trades", [cp.Constant(np.ones(3)), cp.hstack([np.ones(3), cp.Variable(0)])])
def test_trades_that_never_change_have_no_variables(trades):
    assert trade_map(Declaration(cp.Constant(0.0), trades, GOODS, [])).shape == (3, 0)
