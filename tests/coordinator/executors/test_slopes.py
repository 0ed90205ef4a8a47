"""What agents bid is how they answer: slopes against finite differences and dense matrices."""

import cvxpy as cp
import numpy as np
import pytest
import scipy.sparse as sp
from cases import leases, three_bus_loop, two_hours
from cases.random.market import random_markets
from hypothesis import given, settings

from walras.agents import Declaration, contract
from walras.coordinator import Batched, BidRequest, Compiled, Market, Prices, Scale
from walras.coordinator.executors.forcing import forced_bounds, sums_of_opposing
from walras.coordinator.mechanisms.slope_bids.clearing import ClearingSystem, netted_where_large
from walras.coordinator.quasidefinite.gram import gram

CASES = {
    "loop": three_bus_loop.congested_loop,
    "lease": leases.saturated,
    "hours": two_hours.two_hours,
}


def asked(respond, prices, barrier_usd, change, book):
    return respond(BidRequest(prices, change, barrier_usd, book))


def rested(respond, prices, barrier_usd, responses=None):
    """Responses of agents that have come to rest at prices and barrier."""
    none = np.zeros_like(prices)
    for _ in range(30):
        responses = asked(respond, prices, barrier_usd, none, responses.bid.book if responses else None)
    return responses


def dense(slope, market):
    """The slope as a matrix over copies, by the formula of `Slope`."""
    S, R, Q, H, L = (
        getattr(slope.shape, name).toarray()
        for name in ("trades", "rows", "coupled_totals", "coupled_curvature", "coupled_limits")
    )
    C, R = S[:, slope.shape.coupled], R[slope.shape.totals]
    w, g = np.diag(slope.flexibility), np.diag(slope.give)
    K = H + np.diag(slope.barrier) + L.T @ np.diag(slope.limit_weights) @ L
    left = np.block([[K, Q.T], [Q, -(R @ w @ R.T + g)]])
    z, y = np.split(np.linalg.pinv(left) @ np.vstack([C.T, -R @ w @ S.T]), [len(K)])
    return S @ w @ (S.T - R.T @ y) + C @ z


@pytest.mark.parametrize("name", CASES)
def test_the_slope_is_the_finite_difference_of_the_response(name):
    market = CASES[name]().market
    respond = Compiled().compile(market)
    prices, barrier = 0.7 * market.price_scale, float(np.median(market.price_scale * market.volume_scale))
    here = rested(respond, prices, barrier)
    assert here.bid.held_usd == pytest.approx(here.bid.limits * barrier, rel=1e-9)
    slope = dense(here.bid.slope, market)
    rng = np.random.default_rng(3)
    for _ in range(3):
        step = 1e-4 * rng.standard_normal(len(prices)) * market.price_scale
        up, down = (rested(respond, prices + sign * step, barrier, here).trades for sign in (1, -1))
        expected = slope @ step[market.good_of_copy]
        np.testing.assert_allclose((up - down) / 2, expected, atol=1e-5 * np.abs(expected).max())


def arrays_of(responses):
    """Everything that is answered, by name, and the book but for the announcement that it quotes."""
    bid = responses.bid
    parts = {
        "": (responses, "trades", "costs"),
        "bid.": (bid, "intended", "held_usd", "progress", "reservation_change"),
        "slope.": (bid.slope, "flexibility", "give", "barrier", "limit_weights"),
        "book.": (bid.book, "quantities", "equality_dual", "slack", "dual"),
    }
    return {prefix + name: getattr(part, name) for prefix, (part, *names) in parts.items() for name in names}


def assert_same_answers(found, expected):
    found, expected = arrays_of(found), arrays_of(expected)
    for name, values in expected.items():
        size = np.abs(values).max(initial=0.0)
        np.testing.assert_allclose(found[name], values, rtol=1e-9, atol=1e-9 * size, err_msg=name)


@pytest.mark.parametrize("executor", [Compiled(), Batched()], ids=lambda executor: executor.name)
@pytest.mark.parametrize("name", CASES)
def test_surcharges_on_all_copies_of_a_good_are_answered_like_its_price(name, executor):
    """At the opening, when they change beside unchanged prices, and when they change against them."""
    market = CASES[name]().market
    respond, rng = executor.compile(market), np.random.default_rng(11)
    prices, barrier = 0.7 * market.price_scale, float(np.median(market.price_scale * market.volume_scale))
    none = np.zeros_like(prices)
    first, second = 0.2 * market.price_scale * rng.uniform(0, 1, (2, len(prices)))
    of_copies = market.good_of_copy
    charged = respond(BidRequest(prices, none, barrier, None, first[of_copies]))
    priced = respond(BidRequest(prices + first, none, barrier, None))
    assert_same_answers(charged, priced)
    assert np.abs(charged.trades - respond(BidRequest(prices, none, barrier, None)).trades).max() > 1e-3
    held = charged.bid.book, priced.bid.book
    charged = respond(BidRequest(prices, none, barrier, held[0], second[of_copies]))
    priced = respond(BidRequest(prices + second, second - first, barrier, held[1]))
    assert_same_answers(charged, priced)
    held = charged.bid.book, priced.bid.book
    charged = respond(BidRequest(prices + second, second, barrier, held[0]))
    priced = respond(BidRequest(prices + second, none, barrier, held[1]))
    assert_same_answers(charged, priced)


@pytest.mark.parametrize("name", CASES)
def test_intended_changes_lead_to_rest_at_another_barrier(name):
    """A hundredth less barrier: to first order, trades change as intended."""
    market = CASES[name]().market
    respond = Compiled().compile(market)
    prices, barrier = 0.7 * market.price_scale, float(np.median(market.price_scale * market.volume_scale))
    here = rested(respond, prices, barrier)
    np.testing.assert_allclose(here.bid.intended @ [1, barrier], 0, atol=1e-6 * np.abs(here.trades).max())
    there = rested(respond, prices, 0.999 * barrier, here)
    moved = market.imbalance(there.trades - here.trades)
    np.testing.assert_allclose(here.bid.intended @ [1, 0.999 * barrier], moved, atol=3e-3 * np.abs(moved).max())


def test_agents_at_rest_approach_their_best_response_as_the_barrier_falls():
    market = leases.spare_capacity().market
    respond = Compiled().compile(market)
    prices = 0.9 * market.price_scale
    best = respond(Prices(prices))
    worth = market.by_agent(prices[market.good_of_copy] * best.trades) - best.costs
    responses = None
    for barrier in 10.0 ** np.arange(2, -7, -1):
        responses = rested(respond, prices, barrier, responses)
        regrets = worth - market.by_agent(prices[market.good_of_copy] * responses.trades) + responses.costs
        assert (regrets >= -1e-6).all()
        assert (regrets <= responses.bid.held_usd + 1e-6).all()


@settings(max_examples=20)
@given(random_markets())
def test_prices_that_clear_solve_the_sum_of_all_slopes(market):
    respond = Compiled().compile(market)
    responses = rested(respond, 0.7 * market.price_scale, 50.0)
    slope = responses.bid.slope
    clearing, none = (
        ClearingSystem(market, slope.shape, np.zeros(0, dtype=int), netted_where_large, market.volume_scale),
        np.zeros(len(market.goods)),
    )
    change = clearing.price_change(slope, -market.imbalance(responses.trades), none)
    answered = responses.trades + dense(slope, market) @ change[market.good_of_copy]
    # The dense slope comes from a pseudoinverse: exact to some 1e-8 of what is traded.
    np.testing.assert_allclose(market.imbalance(answered), 0, atol=1e-6 * max(1.0, np.abs(answered).max()))


class Quadratic:
    """Sells two goods whose costs mix, through a variable without bounds."""

    name, moves_money = "quadratic", True
    goods = (contract("quadratic", "a", 0), contract("quadratic", "b", 0))

    def declare(self):
        x = cp.Variable(2)
        cost = cp.quad_form(x, np.array([[2.0, 1.0], [1.0, 2.0]])) + np.array([5.0, 6.0]) @ x
        return Declaration(cost, x, self.goods, [x <= 20, cp.sum(x) <= 30, x >= -20])


def test_costs_that_mix_variables_are_bid_too():
    market = Market((Quadratic(),), dict.fromkeys(Quadratic.goods, Scale(30.0, 10.0)))
    respond = Compiled().compile(market)
    prices = np.array([25.0, 30.0])
    responses = rested(respond, prices, 1e-7)
    # 4 x + 2 y = 20, 2 x + 4 y = 24
    assert responses.trades == pytest.approx([8 / 3, 14 / 3], abs=1e-6)
    assert dense(responses.bid.slope, market) == pytest.approx(np.linalg.inv([[4, 2], [2, 4]]), abs=1e-6)


def test_gram_adds_up_weighted_outer_products():
    matrix = sp.random_array((6, 9), density=0.4, rng=np.random.default_rng(1), format="csc")
    terms, weights = gram(matrix), np.arange(1.0, 10.0)
    result = np.zeros((6, 6))
    np.add.at(result, (terms.row, terms.column), terms.value * weights[terms.weight])
    every = matrix.toarray() @ np.diag(weights) @ matrix.toarray().T
    np.testing.assert_allclose(result, np.triu(every, k=1), atol=1e-12)


def test_forcing_rows_fix_their_variables():
    """x + y <= 0 with x, y >= 0 fixes both; then 2 z - x >= 6 with z <= 3 fixes z."""
    rows = sp.csr_array(np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, -2.0, 0.0], [0.0, 0.0, 1.0, 1.0]]))
    constraints = [(rows, np.full(3, -np.inf), np.array([0.0, -6.0, 9.0]))]
    lower, upper = forced_bounds(constraints, np.array([0.0, 0, 0, -np.inf]), np.array([5.0, 5, 3, 5]))
    assert list(lower) == [0, 0, 3, -np.inf]
    assert list(upper) == [0, 0, 3, 5]


@pytest.mark.parametrize(("owed", "left"), [(5.0, 0.0), (5.0 - 1e-12, 0.0), (4.0, 1.0), (6.0, -1.0)])
def test_opposing_rows_leave_the_others_what_is_not_owed(owed, left):
    """x + y + z <= 5 and 2 x + 2 y >= 2 owed leave z at most 5 - owed; the third row opposes none of them."""
    rows = sp.csr_array(np.array([[1.0, 1.0, 1.0, 0.0], [-2.0, -2.0, 0.0, 0.0], [1.0, 0.0, 0.0, -1.0]]))
    sums, _, right = sums_of_opposing(rows, np.array([5.0, -2 * owed, 0.0]))
    assert sums.toarray().tolist() == [[0, 0, 1, 0]]
    assert right == pytest.approx([left], abs=1e-15)


def test_rows_that_oppose_nobody_have_no_sums():
    rows = sp.csr_array(np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, -1.0, -1.0]]))
    for some in (rows, rows[:1], rows[:0]):
        assert sums_of_opposing(some, np.ones(some.shape[0]))[0].shape == (0, 4)
