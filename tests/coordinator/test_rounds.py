"""The first rounds of every mechanism, as computed by hand on the market of two agents.

Seller: marginal cost 10 + 2 q; buyer: 50 - 2 q. Scales 30 $/MWh and 10 MWh, so weights are 3 $/MWh per MWh.
At a price p up to 50 they answer (p - 10)/2, at least 0, and (50 - p)/2.
"""

from itertools import islice

import numpy as np
import pytest
from cases import two_agents

from walras.coordinator import (
    ADMM,
    MECHANISMS,
    AdaptiveStep,
    Averaged,
    BalanceResiduals,
    Compiled,
    DiminishingStep,
    FixedStep,
    KeepRho,
    Opening,
    PrimalWeight,
    Tatonnement,
    cold_opening,
    iterate,
)
from walras.coordinator.mechanisms.rho_rules import Progress

MARKET = two_agents.rising_cost().market


def first_rounds(mechanism, count, market=MARKET, **settings):
    return list(islice(iterate(market, mechanism, Compiled().compile(market), **settings), count))


def prices(rounds):
    return [float(r.prices[0]) for r in rounds]


def test_tatonnement_with_fixed_steps():
    # Step 0.2 * 3 = 0.6: at 0 the buyer is 25 short: 15. At 15 short by 17.5 - 2.5: 24. Then 20 % of the way to 30.
    rounds = first_rounds(Tatonnement(FixedStep(0.2)), 4)
    assert prices(rounds) == pytest.approx([0.0, 15.0, 24.0, 27.6], abs=1e-6)
    assert rounds[1].allocation.trades == pytest.approx([2.5, -17.5], abs=1e-6)


def test_tatonnement_with_diminishing_steps():
    # Steps 0.2 / n: 0.6, 0.3, 0.2 $/MWh per MWh: 0, 15, 15 + 0.3 * 15 = 19.5, 19.5 + 0.2 * 10.5 = 21.6.
    rounds = first_rounds(Tatonnement(DiminishingStep(0.2, power=1.0)), 4)
    assert prices(rounds) == pytest.approx([0.0, 15.0, 19.5, 21.6], abs=1e-6)


def test_tatonnement_with_adaptive_steps():
    # First 0.2 (no sign to compare with): 15. Then 0.2 * 2 = 0.4: 15 + 1.2 * 15 = 33. Sign turned: 0.4 / 2 = 0.2:
    # 33 - 0.6 * 3 = 31.2. Kept: 0.4: 31.2 - 1.2 * 1.2 = 29.76.
    rounds = first_rounds(Tatonnement(AdaptiveStep(0.2, growth=2.0, shrinkage=0.5, largest=0.5)), 5)
    assert prices(rounds) == pytest.approx([0.0, 15.0, 33.0, 31.2, 29.76], abs=1e-6)


def test_adaptive_steps_stop_growing_at_the_largest():
    rule = AdaptiveStep(0.2, growth=2.0, largest=0.3)
    grown = rule.adapt(np.array([0.2, 0.1]), np.array([1.0, 1.0]), np.array([2.0, 3.0]), 5)
    assert grown.tolist() == [0.3, 0.2]


def test_plain_admm():
    # p = 0: seller 0, buyer 50 - 2 q = 3 q: 10. Each is half of -10 away from clearing: p = 15, targets 5.
    # Seller 15 - 10 - 2 q = 3 (q - 5): 4; buyer 50 - 2 q - 15 = 3 (q - 5): 10; p = 15 + 9 = 24, targets 7.
    # Seller 35 / 5 = 7; buyer 47 / 5 = 9.4; p = 24 + 3.6 = 27.6.
    rounds = first_rounds(ADMM(relaxation=1.0), 3)
    assert prices(rounds) == pytest.approx([15.0, 24.0, 27.6], abs=1e-6)
    assert [list(r.allocation.trades) for r in rounds] == [
        pytest.approx([0.0, -10.0], abs=1e-6),
        pytest.approx([4.0, -10.0], abs=1e-6),
        pytest.approx([7.0, -9.4], abs=1e-6),
    ]


def test_over_relaxed_admm():
    # Relaxation 1.5: trades 0 and -15, excess -7.5: p = 22.5, targets 7.5.
    # Seller 12.5 + 22.5 = 5 q: 7; buyer 27.5 + 22.5 = 5 q: 10. Relaxed 1.5 * 7 - 0.5 * 7.5 = 6.75 and
    # -(15 - 3.75) = -11.25, excess -2.25: p = 22.5 + 6.75 = 29.25.
    assert prices(first_rounds(ADMM(relaxation=1.5), 2)) == pytest.approx([22.5, 29.25], abs=1e-6)


def test_the_weight_of_admm_multiplies_price_scale_over_volume_scale():
    # Weight 2: rho = 6: buyer 50 - 2 q = 6 q: 6.25; p = 6 * 3.125.
    assert prices(first_rounds(ADMM(weight=2.0, relaxation=1.0), 1)) == pytest.approx([18.75], abs=1e-6)


def test_costs_are_those_of_the_trades_alone():
    # Round 2 of plain ADMM: seller 10 * 4 + 4^2, buyer -(50 * 10 - 10^2).
    costs = first_rounds(ADMM(relaxation=1.0), 2)[1].allocation.costs
    assert costs == pytest.approx([56.0, -400.0], abs=1e-4)


def test_averages_weigh_a_round_by_its_number():
    inner = first_rounds(Tatonnement(FixedStep(0.2)), 6)
    averaged = first_rounds(Averaged(Tatonnement(FixedStep(0.2))), 6)
    for count in range(1, 7):
        weights = np.arange(1, count + 1)
        mean = averaged[count - 1]
        for name in ("trades", "costs"):
            expected = np.average([getattr(r.allocation, name) for r in inner[:count]], axis=0, weights=weights)
            assert getattr(mean.allocation, name) == pytest.approx(expected)
        assert prices([mean])[0] == pytest.approx(np.average(prices(inner[:count]), weights=weights))


def test_rounds_are_numbered_from_one_and_certified_now_and_then():
    rounds = first_rounds(ADMM(), 7, certify_every=3)
    assert [r.number for r in rounds] == [1, 2, 3, 4, 5, 6, 7]
    assert [r.certificate is not None for r in rounds] == [False, False, True, False, False, True, False]


def test_messages_and_bytes_are_counted():
    # Two agents with one good each. ADMM: price, target and trade for each; tatonnement: price and trade.
    assert [(r.messages, r.bytes_exchanged) for r in first_rounds(ADMM(), 1)] == [(4, 48)]
    assert [(r.messages, r.bytes_exchanged) for r in first_rounds(Tatonnement(), 1)] == [(4, 32)]


def test_a_round_says_how_far_trades_are_from_clearing_and_prices_moved():
    # Round 2 of plain ADMM: imbalance -6 of trades 4 and 10; price from 15 to 24, over max(24, scale 30).
    current = first_rounds(ADMM(relaxation=1.0), 2)[1]
    assert current.max_relative_imbalance == pytest.approx(6 / np.hypot(4, 10))
    assert current.price_change == pytest.approx(9 / 30)


def progress(number, primal=1.0, dual=1.0, volume=1.0, worth=1.0):
    return Progress(number, primal, dual, volume, worth)


def test_residual_balancing_acts_every_few_rounds_and_not_for_ever():
    rule, rho = BalanceResiduals(every=10, until=30, ratio=5.0, factor=2.0), np.array([1.0, 4.0])
    assert rule.adapt(rho, progress(10, 1.0, 0.1)).tolist() == [2.0, 8.0]
    assert rule.adapt(rho, progress(20, 0.1, 1.0)).tolist() == [0.5, 2.0]
    assert rule.adapt(rho, progress(10, 1.0, 0.5)).tolist() == [1.0, 4.0]
    assert rule.adapt(rho, progress(11, 1.0, 0.1)).tolist() == [1.0, 4.0]
    assert rule.adapt(rho, progress(40, 1.0, 0.1)).tolist() == [1.0, 4.0]
    assert KeepRho().adapt(rho, progress(10, 1.0, 0.0)) is rho


def test_the_primal_weight_acts_when_rounds_have_doubled():
    rule, rho = PrimalWeight(first=5, until=20, ratio=1.5, factor=10.0), np.array([1.0, 4.0])
    acts = [number for number in range(41) if rule.adapt(rho, progress(number, volume=2.0, worth=6.0)) is not rho]
    assert acts == [0, 5, 10, 20]
    assert rule.adapt(rho, progress(5, volume=0.0, worth=1.0)) is rho
    assert rule.adapt(rho, progress(5, volume=1.0, worth=0.0)) is rho


@pytest.mark.parametrize(
    ("primal", "dual", "worth", "factor"),
    [
        (4.0, 1.0, 9.0, 6.0),  # The root of 4 * 9.
        (1.0, 4.0, 4.0, 1.0),  # Sizes and residuals disagree.
        (1.0, 4.0, 1.0, 0.5),
        (2.0, 1.0, 1.0, 1.0),  # The root of 2 is not worth it.
        (100.0, 1.0, 9.0, 10.0),  # 30 is too much at once.
        (float("inf"), float("inf"), 3.0, 3.0),  # Without residuals sizes decide.
    ],
)
def test_the_primal_weight_is_the_geometric_mean_of_what_sizes_and_residuals_ask_for(primal, dual, worth, factor):
    rule, rho = PrimalWeight(first=5, until=20, ratio=1.5, factor=10.0), np.array([1.0, 4.0])
    changed = rule.adapt(rho, progress(5, primal, dual, volume=1.0, worth=worth))
    assert changed.tolist() == pytest.approx([factor, 4 * factor])


def test_admm_says_how_large_prices_and_trades_are():
    # The opening: price 50, trades 4 and -4, rho = 3: 50 sqrt(2 / 3) over 4 sqrt(2 * 3), that is 50 / 12.
    market, opening = two_agents.rising_cost().market, Opening(np.array([50.0]), np.array([4.0, -4.0]))
    assert ADMM().start(market, opening).rho == pytest.approx([12.5, 12.5])
    assert ADMM().start(market, cold_opening(market)).rho == pytest.approx([3.0, 3.0])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: ADMM(weight=0.0), "weight is 0.0"),
        (lambda: ADMM(weight=float("nan")), "weight is nan"),
        (lambda: ADMM(weight=float("inf")), "weight is inf"),
        (lambda: ADMM(relaxation=2.0), "relaxation is 2.0"),
        (lambda: ADMM(relaxation=0.0), "relaxation is 0.0"),
        (lambda: DiminishingStep(power=0.0), "power is 0.0"),
        (lambda: DiminishingStep(power=1.5), "power is 1.5"),
        (lambda: first_rounds(ADMM(), 1, certify_every=0), "certify_every is 0"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_their_value(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(("goods", "copies"), [(2, 2), (1, 3), (0, 2)])
@pytest.mark.parametrize("name", MECHANISMS)
def test_the_opening_of_another_market_is_refused(name, goods, copies):
    market = two_agents.rising_cost().market
    opening = Opening(np.zeros(goods), np.zeros(copies))
    with pytest.raises(ValueError, match=r"opening's prices and trades have the shapes"):
        next(iterate(market, MECHANISMS[name], Compiled().compile(market), opening=opening))
