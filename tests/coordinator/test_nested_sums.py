"""Nested sums are recognised from matrices: which kind of agent declares them does not matter."""

from dataclasses import dataclass, replace

import cvxpy as cp
import numpy as np
import pytest
from cases.feasible import EVERY_KIND

from walras.agents import Customer, Declaration, ForwardContract, Producer, canonicalise, contract
from walras.coordinator import Announcement, Batched, Market
from walras.coordinator.batched.nested_sums import nested_sums
from walras.coordinator.batched.nesting import nesting

GOODS = tuple(contract("a", buyer, 0) for buyer in "pqrs")


@dataclass(frozen=True)
class Bundler:
    """Trades three quantities and a sum of some of them, at a cost of their total."""

    bundle: tuple[float, float, float] = (1.0, 1.0, 0.0)
    total_cost: tuple[float, float, float] = (1.0, 1.0, 1.0)
    most_each: float = np.inf
    limited: tuple[float, float, float] = (2.0, 2.0, 2.0)
    name: str = "bundler"
    moves_money = True

    def declare(self):
        x = cp.Variable(3)
        trades = cp.hstack([x, -np.array(self.bundle) @ x])
        constraints = [x >= -1, np.array(self.limited) @ x <= 8]
        if np.isfinite(self.most_each):
            constraints.append(x <= self.most_each)
        return Declaration(cp.square(np.array(self.total_cost) @ x - 3), trades, GOODS, constraints)


def test_another_kind_of_agent_with_the_same_structure_is_recognised():
    problem = nested_sums(canonicalise(Bundler()))
    assert problem is not None
    assert problem.parent.tolist() == [-1, 0]
    assert problem.innermost.tolist() == [1, 1, 0]
    assert problem.most.tolist() == [4.0, np.inf]
    assert problem.lowest.tolist() == [-1.0, -1.0, -1.0]
    assert problem.set_curvature.tolist() == [2.0, 0.0]
    assert problem.has_best_leaves


@pytest.mark.parametrize(
    "other",
    [
        Bundler(bundle=(1.0, 2.0, 0.0)),
        Bundler(total_cost=(0.0, 1.0, 1.0)),
        Bundler(total_cost=(1.0, 1.0, 0.5)),
        Bundler(most_each=2.0),
        Bundler(limited=(2.0, 2.0, 0.0)),
        Bundler(limited=(2.0, 2.0, 1.0)),
    ],
    ids=["weighted trades", "overlapping sets", "weighted cost", "upper bounds", "inner limit", "weighted limit"],
)
def test_other_structures_are_not(other):
    assert nested_sums(canonicalise(other)) is None


def test_consumers_and_producers_are_recognised_and_others_are_not():
    recognised = {kind for kind, sampled in EVERY_KIND.items() if nested_sums(canonicalise(sampled.agent)) is not None}
    assert recognised == {"consumer", "producer", "producer of constant cost"}


def test_obligations_that_take_up_the_whole_capacity_have_a_solution_though_their_sum_is_rounded():
    shares = np.full(7, 0.1 / 7)
    assert shares.sum() > 0.1
    customers = tuple(Customer(f"customer {index}", 1) for index in range(7))
    owed = tuple(ForwardContract((customer.name,), shares[:1]) for customer in customers)
    producer = Producer("producer", 1, 1, customers, 0.1, 0.0, 0.0, 0.0, 1, forward_contracts=owed)
    market = Market((producer,))
    assert nested_sums(canonicalise(producer)) is not None
    copies, goods = len(market.good_of_copy), len(market.goods)
    announcement = Announcement(np.full(goods, 5.0), np.ones(copies), np.zeros(copies))
    sold = Batched().compile(market)(announcement).trades[:7]
    np.testing.assert_allclose(sold, shares, rtol=1e-9)


def test_ramp_limits_tie_hours_together():
    producer = replace(EVERY_KIND["producer"].agent, ramp_mw_per_h=5.0)
    assert nested_sums(canonicalise(producer)) is None


def test_sets_are_nested_each_before_its_subsets():
    nested = nesting([(0, 1), (0, 1, 2, 3), (2, 3), (5, 6)], 8)
    assert nested is not None
    assert list(nested.position) == [(0, 1, 2, 3), (0, 1), (2, 3), (5, 6), (4,), (7,)]
    assert nested.parent.tolist() == [-1, 0, 0, -1, -1, -1]
    assert nested.innermost.tolist() == [1, 1, 2, 2, 4, 3, 3, 5]
    assert nesting([(0, 1), (1, 2)], 3) is None
