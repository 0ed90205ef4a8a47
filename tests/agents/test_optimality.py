"""Whatever is announced, no feasible deviation suits an agent better than its answer."""

import numpy as np
import pytest
from cases.asking import answer
from cases.feasible import EVERY_KIND

DEVIATIONS = 200


def draw_prices(goods, rng):
    return {good: float(rng.normal(25, 15)) * good.mwh_per_unit for good in goods}


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("seed", range(3))
def test_no_feasible_trades_earn_more_than_the_best_response(executor, kind, seed):
    agent, sample = EVERY_KIND[kind].agent, EVERY_KIND[kind].sample
    rng = np.random.default_rng(seed)
    goods = agent.declare().goods
    prices = draw_prices(goods, rng)
    price = np.array([prices[good] for good in goods])
    trades, cost = answer(agent, executor, prices)
    earned = price @ [trades[good] for good in goods] - cost
    for _ in range(DEVIATIONS):
        other, other_cost = sample(rng)
        assert price @ other - other_cost <= earned + 1e-6 * max(1, abs(earned))


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("seed", range(3))
def test_no_feasible_trades_suit_prices_and_targets_better(executor, kind, seed):
    agent, sample = EVERY_KIND[kind].agent, EVERY_KIND[kind].sample
    rng = np.random.default_rng(seed)
    goods = agent.declare().goods
    prices = draw_prices(goods, rng)
    price = np.array([prices[good] for good in goods])
    target = sample(rng)[0] + rng.normal(0, 2, len(goods)) / [good.mwh_per_unit for good in goods]
    rho = np.array([0.7 * good.mwh_per_unit**2 for good in goods])

    def value(held, cost):
        return price @ held - cost - (rho * (held - target) ** 2).sum() / 2

    weights, wanted = dict(zip(goods, rho, strict=True)), dict(zip(goods, target, strict=True))
    trades, cost = answer(agent, executor, prices, rho=weights, targets=wanted)
    chosen = np.array([trades[good] for good in goods])
    best = value(chosen, cost)
    for _ in range(DEVIATIONS):
        other, other_cost = sample(rng)
        assert value(other, other_cost) <= best + 1e-6 * max(1, abs(best))
        # Close by as well, where a wrong weight of the targets would show.
        share = 0.02
        near, near_cost = chosen + share * (other - chosen), cost + share * (other_cost - cost)
        assert value(near, near_cost) <= best + 1e-6 * max(1, abs(best))


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_answer_is_itself_feasible_and_costs_what_is_said(executor, kind):
    """Feasible: pulled by one feasible point alone, an agent goes exactly there, at that point's cost."""
    agent, sample = EVERY_KIND[kind].agent, EVERY_KIND[kind].sample
    rng = np.random.default_rng(11)
    goods = agent.declare().goods
    scale = np.array([good.mwh_per_unit for good in goods])
    target, target_cost = sample(rng)
    heavy = dict(zip(goods, 1e4 * scale**2, strict=True))
    wanted = dict(zip(goods, target, strict=True))
    trades, cost = answer(agent, executor, dict.fromkeys(goods, 0.0), rho=heavy, targets=wanted)
    held = np.array([trades[good] for good in goods])
    np.testing.assert_allclose(held * scale, target * scale, atol=0.02)
    assert cost == pytest.approx(target_cost, rel=0.01, abs=0.2)
