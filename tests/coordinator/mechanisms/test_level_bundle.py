"""Level bundle: few rounds where agents are linear, no more memory than promised, and honest where nothing clears."""

from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import pytest
from cases import three_bus_loop, two_agents
from cases.all_known import ALL_KNOWN
from cases.known import assert_solves, trades_of
from cases.linear_market import assignment, transport
from scipy.optimize import linear_sum_assignment

from walras.agents import Declaration, contract
from walras.coordinator import (
    Compiled,
    Converged,
    LevelBundle,
    Market,
    MaxRounds,
    Opening,
    Prices,
    Scale,
    Status,
    certify,
    cold_opening,
    profits,
    run,
)

COMPILED = Compiled()
SEEDS = range(10)
LINEAR = [pytest.param(make(seed), id=f"{make.__name__} {seed}") for make in (transport, assignment) for seed in SEEDS]


def converged(market, tolerance, rounds, executor=COMPILED):
    """A run that has converged within so many rounds."""
    stop = Converged(tolerance) | MaxRounds(rounds)
    result = run(market, LevelBundle(), executor, stop=stop, certify_every=1)
    assert result.status == Status.CONVERGED
    return result


def pure_responses(market, prices):
    return Compiled().compile(market)(Prices(prices))


def states(market, mechanism, count):
    """The state after every one of so many rounds."""
    respond, state = Compiled().compile(market), mechanism.start(market, cold_opening(market))
    for _ in range(count):
        state = mechanism.step(state, respond(state.announcement))
        yield state


@pytest.mark.parametrize("case", LINEAR)
def test_ten_linear_agents_are_certified_to_a_ten_thousandth_within_40_rounds(case):
    assert len(case.market.agents) == 10
    result = converged(case.market, 1e-4, 40)
    off = abs(result.best.allocation.costs.sum() - case.solved_by_scipy().fun)
    assert off <= 2e-4 * result.certificate.turnover_usd


@pytest.mark.parametrize("seed", SEEDS)
def test_prices_of_pairs_with_room_are_those_of_the_linear_programme(seed):
    """A pair that trades and could trade more has the price ``cost + dual of the capacity = value - dual of the need``.

    The optimum is not degenerate, so its duals are unique.
    """
    case = transport(seed)
    optimum = case.solved_by_scipy()
    traded = optimum.x.reshape(case.cost.shape)
    has_room = (traded > 1e-6) & (traded < case.limit - 1e-6)
    assert has_room.any()
    of_capacity, of_need = np.split(-optimum.ineqlin.marginals, [len(case.capacity)])
    result = converged(case.market, 1e-9, 60)
    prices = result.best.prices.reshape(case.cost.shape)
    np.testing.assert_allclose(prices[has_room], (case.cost + of_capacity[:, None])[has_room], atol=1e-3)
    np.testing.assert_allclose(prices[has_room], (case.value - of_need)[has_room], atol=1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_where_prices_are_not_unique_the_profits_they_leave_still_sum_to_the_welfare(seed):
    case = assignment(seed)
    welfare = case.value[linear_sum_assignment(-case.value)].sum()
    result = converged(case.market, 1e-8, 60)
    assert -result.best.allocation.costs.sum() == pytest.approx(welfare, rel=1e-7)
    best = pure_responses(case.market, result.best.prices)
    assert profits(case.market, result.best.prices, best).sum() == pytest.approx(welfare, rel=1e-7)


def test_both_executors_find_the_prices_of_linear_agents(executor):
    case = transport(3)
    result = converged(case.market, 1e-6, 40, executor)
    assert result.best.allocation.costs.sum() == pytest.approx(case.solved_by_scipy().fun, rel=1e-5)


@pytest.mark.parametrize("name", ALL_KNOWN)
def test_it_converges_to_the_prices_on_paper(name):
    """Where costs are curved prices and trades are as exact as the root of the gap."""
    known = ALL_KNOWN[name]()
    result = converged(known.market, 1e-9, 150)
    assert_solves(known, result.best.prices, result.best.allocation, rel=1e-3)


def test_it_certifies_rts24_though_its_agents_are_curved(rts24):
    converged(rts24, 1e-3, 100)


@pytest.mark.parametrize("case", [transport(4).market, three_bus_loop.congested_loop().market], ids=["linear", "loop"])
def test_the_best_prices_never_get_worse_and_the_gap_bounds_what_is_missed(case):
    least = -converged(case, 1e-9, 100).best.allocation.costs.sum()
    totals = []
    for state in states(case, LevelBundle(), 25):
        totals.append(profits(case, state.prices, pure_responses(case, state.prices)).sum())
        certificate = certify(case, state.prices, state.allocation, Compiled().compile(case))
        missed = totals[-1] - least
        cleared = certificate.max_relative_imbalance < 1e-9
        assert not cleared or missed <= certificate.total_regret_usd + 1e-6 * abs(least)
    assert (np.diff(totals) <= 1e-9 * np.abs(totals[:-1])).all()


def test_memory_is_bounded():
    """Never more than what is needed at once and the answers of the last rounds."""
    market = three_bus_loop.congested_loop().market
    goods, agents, patience = len(market.goods), len(market.agents), 3
    sizes = [len(state.cuts.agents) for state in states(market, LevelBundle(patience=patience), 80)]
    assert max(sizes) <= goods + 2 * agents + agents * (patience + 1)
    assert min(sizes) >= agents


@pytest.mark.parametrize("make", [transport, assignment])
def test_the_order_of_agents_changes_neither_rounds_nor_prices_much(make):
    case = make(6)
    market = case.market
    order = np.random.default_rng(1).permutation(10)
    shuffled = Market(tuple(market.agents[i] for i in order), market.scales)
    first, second = (converged(m, 1e-8, 60) for m in (market, shuffled))
    assert second.best.allocation.costs.sum() == pytest.approx(first.best.allocation.costs.sum(), rel=1e-7)
    assert abs(len(first.records) - len(second.records)) <= 10


@pytest.mark.parametrize("factor", [2.0**-10, 2.0**10])
def test_counting_dollars_in_other_units_changes_prices_alone(factor):
    """A power of two rounds nothing, so the very same prices are announced until ties are broken otherwise."""
    case = transport(2)
    ours, theirs = (list(states(c.market, LevelBundle(), 6)) for c in (case, case.in_dollars(factor)))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(b.prices, factor * a.prices, rtol=1e-6)
        np.testing.assert_allclose(b.allocation.trades, a.allocation.trades, atol=1e-6)
        assert a.radius == b.radius
    scaled = converged(case.in_dollars(factor).market, 1e-4, 40)
    assert scaled.best.allocation.costs.sum() == pytest.approx(factor * case.solved_by_scipy().fun, rel=1e-3)


def test_a_good_that_only_one_agent_trades_is_not_traded():
    lonely = two_agents.Seller(contract("seller", "nobody", 0), name="lonely")
    known = two_agents.constant_cost()
    market = Market((*known.market.agents, lonely), {**known.market.scales, lonely.good: Scale(30.0, 10.0)})
    result = converged(market, 1e-9, 60)
    trades = trades_of(market, result.best.allocation)
    assert trades["lonely", lonely.good] == pytest.approx(0.0, abs=1e-6)
    assert trades["seller", two_agents.MWH] == pytest.approx(10.0, rel=1e-3)


@dataclass(frozen=True)
class MustSell:
    """Sells exactly 5 MWh, at whatever price."""

    name: str = "must sell"
    moves_money = True

    def declare(self):
        quantity = cp.Variable(1)
        return Declaration(cp.sum(quantity), quantity, (two_agents.MWH,), [quantity == 5])


@dataclass(frozen=True)
class BuysLittle:
    """Buys 0 to 2 MWh worth 10 $ each."""

    name: str = "buys little"
    moves_money = True

    def declare(self):
        quantity = cp.Variable(1, nonneg=True)
        return Declaration(-10 * cp.sum(quantity), -quantity, (two_agents.MWH,), [quantity <= 2])


def test_a_market_that_cannot_clear_is_reported_as_not_converged():
    market = Market((MustSell(), BuysLittle()), {two_agents.MWH: Scale(10.0, 5.0)})
    result = run(market, LevelBundle(), Compiled(), stop=Converged(1e-3) | MaxRounds(100), certify_every=1)
    assert result.status == Status.NOT_CONVERGED
    assert len(result.records) == 100
    assert result.certificate.max_relative_imbalance >= 3 / np.hypot(5, 2) - 1e-9


def test_it_starts_from_the_opening():
    known = two_agents.constant_cost()
    opening = Opening(np.array([30.0]), np.array([10.0, -10.0]))
    state = LevelBundle().start(known.market, opening)
    assert state.announcement.prices == pytest.approx([30.0])
    assert isinstance(state.announcement, Prices)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"level": 0.0}, "level is 0"),
        ({"level": 1.0}, "level is 1"),
        ({"radius": 0.0}, "radius is 0"),
        ({"radius": float("nan")}, "radius is nan"),
        ({"patience": 0}, "patience is 0"),
    ],
)
def test_settings_that_cannot_work_are_refused(setting, message):
    with pytest.raises(ValueError, match=message):
        LevelBundle(**setting)
