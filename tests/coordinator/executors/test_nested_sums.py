"""Nested sums are recognised from matrices: which kind of agent declares them does not matter."""

from dataclasses import dataclass, replace

import cvxpy as cp
import numpy as np
import pytest
from cases.feasible import EVERY_KIND

from walras.agents import Customer, Declaration, ForwardContract, Producer, canonicalise, contract
from walras.agents.canonical.stacked_matrices import stacked_matrices
from walras.coordinator import Batched, Market, NearTargets
from walras.coordinator.executors.batched.nested_sums import nested_sums
from walras.coordinator.executors.batched.nesting import nesting

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


def recognised(*agents):
    return nested_sums(stacked_matrices([canonicalise(agent) for agent in agents]))


def test_another_kind_of_agent_with_the_same_structure_is_recognised():
    problem = recognised(Bundler())
    assert problem.is_recognised.all()
    assert problem.parent.tolist() == [-1, 0]
    assert problem.innermost.tolist() == [1, 1, 0]
    assert problem.most.tolist() == [4.0, np.inf]
    assert problem.lowest.tolist() == [-1.0, -1.0, -1.0]
    assert problem.set_curvature.tolist() == [2.0, 0.0]
    assert problem.has_best_leaves.all()


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
    assert not recognised(other).is_recognised.any()


def test_consumers_and_producers_are_recognised_and_others_are_not():
    """All of them side by side: each is recognised, or not, whoever stands beside it."""
    found = recognised(*(sampled.agent for sampled in EVERY_KIND.values())).is_recognised
    assert {kind for kind, is_one in zip(EVERY_KIND, found, strict=True) if is_one} == {
        "consumer",
        "producer",
        "producer of constant cost",
    }


def test_obligations_that_take_up_the_whole_capacity_have_a_solution_though_their_sum_is_rounded():
    shares = np.full(7, 0.1 / 7)
    assert shares.sum() > 0.1
    customers = tuple(Customer(f"customer {index}", 1) for index in range(7))
    owed = tuple(ForwardContract((customer.name,), shares[:1]) for customer in customers)
    producer = Producer("producer", 1, 1, customers, 0.1, 0.0, 0.0, 0.0, 1, forward_contracts=owed)
    market = Market((producer,))
    assert recognised(producer).is_recognised.all()
    copies, goods = len(market.good_of_copy), len(market.goods)
    announcement = NearTargets(np.full(goods, 5.0), np.ones(copies), np.zeros(copies))
    sold = Batched().compile(market)(announcement).trades[:7]
    np.testing.assert_allclose(sold, shares, rtol=1e-9)


def test_ramp_limits_tie_hours_together():
    producer = replace(EVERY_KIND["producer"].agent, ramp_mw_per_h=5.0)
    assert not recognised(producer).is_recognised.any()


def test_sets_are_nested_each_before_its_subsets():
    sets = [np.array(members) for members in [(0, 1), (0, 1, 2, 3), (2, 3), (5, 6), (0, 1)]]
    nested = nesting(sets, 8)
    assert nested.position == [1, 0, 2, 3, 1]
    assert nested.parent == [-1, 0, 0, -1]
    assert nested.first == [0, 0, 2, 5]
    assert nested.innermost.tolist() == [1, 1, 2, 2, -1, 3, 3, -1]
    assert not nested.overlapping
    assert nesting([np.array([0, 1]), np.array([1, 2])], 3).overlapping == [1]
