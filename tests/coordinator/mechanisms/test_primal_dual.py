"""Proximal Jacobian ADMM and PDHG: agents answer near their own last trades, and both find the prices on paper."""

import numpy as np
import pytest
from cases import three_bus_loop, two_agents
from cases.all_known import ALL_KNOWN
from cases.known import assert_solves
from cases.linear_market import assignment, transport

from walras.coordinator import PDHG, Compiled, Converged, JacobianADMM, MaxRounds, Opening, Responses, Status, run

BOTH = [JacobianADMM(), PDHG()]
IDS = [mechanism.name for mechanism in BOTH]


@pytest.mark.parametrize("mechanism", BOTH, ids=IDS)
@pytest.mark.parametrize("name", ALL_KNOWN)
def test_they_converge_to_the_prices_on_paper(mechanism, name):
    known = ALL_KNOWN[name]()
    result = run(known.market, mechanism, Compiled(), stop=Converged(1e-9) | MaxRounds(3000))
    assert result.status == Status.CONVERGED
    assert_solves(known, result.best.prices, result.best.allocation, rel=1e-5)


@pytest.mark.parametrize(
    "mechanism",
    [
        JacobianADMM(damping=0.5),
        JacobianADMM(damping=1.5),
        JacobianADMM(weight=3.0, penalty_share=0.5),
        PDHG(relaxation=1.0),
        PDHG(relaxation=1.9),
        PDHG(weight=0.3, step_product=0.5),
    ],
)
def test_settings_change_the_way_and_not_the_prices(mechanism):
    known = three_bus_loop.congested_loop()
    result = run(known.market, mechanism, Compiled(), stop=Converged(1e-8) | MaxRounds(1500))
    assert result.status == Status.CONVERGED
    assert_solves(known, result.best.prices, result.best.allocation, rel=1e-5)


@pytest.mark.parametrize("mechanism", BOTH, ids=IDS)
@pytest.mark.parametrize("make", [transport, assignment])
def test_linear_agents_clear_at_the_welfare_of_the_linear_programme(mechanism, make):
    case = make(0)
    result = run(case.market, mechanism, Compiled(), stop=Converged(1e-5) | MaxRounds(1500), certify_every=5)
    assert result.status == Status.CONVERGED
    assert result.best.allocation.costs.sum() == pytest.approx(case.solved_by_scipy().fun, rel=1e-4)


@pytest.mark.parametrize("mechanism", BOTH, ids=IDS)
def test_they_certify_rts24(rts24, mechanism):
    assert run(rts24, mechanism, Compiled(), stop=Converged(1e-4) | MaxRounds(700)).status == Status.CONVERGED


def announcements(market, mechanism, count):
    respond, state = Compiled().compile(market), mechanism.start(market, None)
    for _ in range(count):
        yield state.announcement
        state = mechanism.step(state, respond(state.announcement))


def test_undamped_and_unrelaxed_they_say_the_same():
    """``prices - penalty * imbalance`` of one are the extrapolated prices of the other."""
    market = three_bus_loop.congested_loop().market
    pairs = zip(
        announcements(market, JacobianADMM(damping=1.0, penalty_share=0.9), 40),
        announcements(market, PDHG(relaxation=1.0, step_product=0.9), 40),
        strict=True,
    )
    for one, other in pairs:
        np.testing.assert_allclose(one.prices, other.prices, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(one.targets, other.targets, rtol=1e-9, atol=1e-9)
        np.testing.assert_array_equal(one.rho, other.rho)


# The scales are 30 $/MWh and 10 MWh: rho = 3 with weight 1. Two traders: penalties and steps up to 3 / 2.
OPENING = Opening(np.array([20.0]), np.array([4.0, -2.0]))
ANSWER = Responses(np.array([6.0, -5.0]), np.zeros(2))


def test_a_round_of_jacobian_admm_by_hand():
    """Damping 0.5 and share 0.8: penalty 0.8 * 1.5 * 3 / 2 = 1.8; the imbalance is 2 at first, then 1."""
    market, mechanism = two_agents.rising_cost().market, JacobianADMM(damping=0.5, penalty_share=0.8)
    first = mechanism.start(market, OPENING)
    assert first.announcement.prices == pytest.approx([20 - 1.8 * 2])
    assert first.announcement.targets == pytest.approx([4.0, -2.0])
    assert first.announcement.rho == pytest.approx([3.0, 3.0])
    second = mechanism.step(first, ANSWER)
    assert second.prices == pytest.approx([20 - 0.5 * 1.8 * 1])
    assert second.announcement.prices == pytest.approx([19.1 - 1.8 * 1])
    assert second.announcement.targets == pytest.approx([6.0, -5.0])
    # Best responses at 16.4 - 3 * (6 - 4) = 10.4 and at 16.4 - 3 * (-5 + 2) = 25.4; the price is 19.1, the scale 30.
    assert second.dual_residual == pytest.approx(np.hypot(10.4 - 19.1, 25.4 - 19.1) / 30)


def test_a_round_of_pdhg_by_hand():
    """Product 0.8: the price step is 0.8 * 3 / 2 = 1.2. The price moves by -1.2 * 2 and is announced twice as far."""
    market, mechanism = two_agents.rising_cost().market, PDHG(relaxation=1.5, step_product=0.8)
    first = mechanism.start(market, OPENING)
    assert first.announcement.prices == pytest.approx([20 - 2 * 2.4])
    assert first.announcement.targets == pytest.approx([4.0, -2.0])
    second = mechanism.step(first, ANSWER)
    assert second.prices == pytest.approx([17.6])
    assert second.allocation is ANSWER
    # Relaxed: 20 - 1.5 * 2.4 = 16.4, targets 4 + 1.5 * 2 = 7 and -2 - 1.5 * 3 = -6.5, imbalance 0.5.
    assert second.announcement.targets == pytest.approx([7.0, -6.5])
    assert second.announcement.prices == pytest.approx([16.4 - 2 * 1.2 * 0.5])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: JacobianADMM(weight=0.0), "weight is 0"),
        (lambda: JacobianADMM(damping=2.0), "damping is 2"),
        (lambda: JacobianADMM(penalty_share=1.0), "penalty_share is 1"),
        (lambda: PDHG(weight=-1.0), "weight is -1"),
        (lambda: PDHG(relaxation=2.0), "relaxation is 2"),
        (lambda: PDHG(relaxation=float("nan")), "relaxation is nan"),
        (lambda: PDHG(step_product=1.0), "step_product is 1"),
    ],
)
def test_settings_that_cannot_work_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()
