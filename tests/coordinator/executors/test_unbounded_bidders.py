"""Whose gains have no limit at the first prices is refused under slope bids, by name and with what it would trade."""

from collections.abc import Callable
from dataclasses import dataclass

import cvxpy as cp
import pytest

from walras.agents import AgentError, Declaration, contract
from walras.coordinator import Compiled, Market, SlopeBids, Status, run, stop_at

GOODS = contract("Alice", "Bob", 0), contract("Alice", "Bob", 1)


@dataclass(frozen=True)
class Stated:
    name: str
    cost: Callable
    constraints: Callable = lambda q: []
    is_seller: bool = True
    moves_money = True

    def declare(self):
        q = cp.Variable(2)
        return Declaration(self.cost(q), q if self.is_seller else -q, GOODS, self.constraints(q))


BOB = Stated("Bob", lambda q: cp.sum_squares(q) / 2 - 30 * cp.sum(q), lambda q: [q >= 0], is_seller=False)
# Along q0 = q1 they gain 20 $ with every MWh less at prices of 0, and neither limit nor curvature ends that.
TEMPTED = {
    "joined by an equality": Stated("Alice", lambda q: 20 * q[0], lambda q: [q[0] == q[1]]),
    "joined by a limit": Stated("Alice", lambda q: 20 * q[0], lambda q: [q[0] >= q[1], q[0] <= q[1] + 1]),
    "curved in their difference": Stated("Alice", lambda q: cp.square(q[0] - q[1]) + 10 * cp.sum(q)),
}


@pytest.mark.parametrize("alice", TEMPTED.values(), ids=TEMPTED)
def test_an_agent_without_limit_along_a_joint_direction_is_named(alice):
    with pytest.raises(AgentError, match=r"Alice gains without limit.*contract Alice -> Bob"):
        run(Market((alice, BOB)), SlopeBids(), Compiled(), stop=stop_at(1e-6, 5))


def test_whoever_is_not_tempted_by_the_first_prices_is_answered():
    alice = Stated("Alice", lambda q: cp.square(q[0] - q[1]) + 10 * cp.sum(q), lambda q: [q >= 0])
    result = run(Market((alice, BOB)), SlopeBids(), Compiled(), stop=stop_at(1e-6, 20))
    assert result.status == Status.CONVERGED
    assert result.best.prices == pytest.approx([10.0, 10.0], rel=1e-6)
