"""Proximal Jacobian ADMM and PDHG: agents answer near their own last trades, and both find the prices on paper."""

from itertools import islice

import numpy as np
import pytest
from cases import three_bus_loop, two_agents
from cases.all_known import ALL_KNOWN
from cases.known import assert_solves
from cases.linear_market import assignment, transport

from walras.coordinator import (
    MECHANISMS,
    PDHG,
    Compiled,
    Converged,
    MaxRounds,
    Opening,
    Responses,
    Status,
    iterate,
    run,
)

IDS = ["jacobian-admm", "pdhg"]
BOTH = [MECHANISMS[name] for name in IDS]


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
        PDHG(relaxation=1.0, weight=3.0, step_product=0.5),
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


# The scales are 30 $/MWh and 10 MWh: rho = 3 with weight 1. Two traders: price steps up to 3 / 2.
OPENING = Opening(np.array([20.0]), np.array([4.0, -2.0]))
ANSWER = Responses(np.array([6.0, -5.0]), np.zeros(2))


def test_unrelaxed_rounds_are_those_of_proximal_jacobian_admm():
    """Deng et al., section 2: each minimises the augmented Lagrangian alone, and multipliers are the prices later.

    Product 0.8: the penalty is 0.8 * 3 / 2 = 1.2, and tau = 3 - 1.2. The seller's cost is 10 x + x^2 and the buyer's,
    of x < 0, 50 x + x^2; where x has the right sign,
    ``cost'(x) - multiplier + penalty * (x + other) + tau * (x - last x) = 0``.
    """
    market, mechanism = two_agents.rising_cost().market, PDHG(relaxation=1.0, step_product=0.8)
    penalty, tau = 1.2, 1.8
    # The opening's price less 1.2 times its imbalance of 2.
    multiplier, seller, buyer = 17.6, 4.0, -2.0
    rounds = iterate(market, mechanism, Compiled().compile(market), opening=OPENING)
    for current in islice(rounds, 25):
        assert current.prices == pytest.approx([multiplier], abs=1e-8)
        seller, buyer = (
            max((multiplier - 10 - penalty * buyer + tau * seller) / (2 + penalty + tau), 0),
            min((multiplier - 50 - penalty * seller + tau * buyer) / (2 + penalty + tau), 0),
        )
        assert current.allocation.trades == pytest.approx([seller, buyer], abs=1e-8)
        multiplier -= penalty * (seller + buyer)


def test_the_catalogue_has_jacobian_admm_as_unrelaxed_pdhg():
    assert MECHANISMS["jacobian-admm"] == PDHG(relaxation=1.0)


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
        (lambda: PDHG(weight=0.0), "weight is 0"),
        (lambda: PDHG(weight=-1.0), "weight is -1"),
        (lambda: PDHG(relaxation=2.0), "relaxation is 2"),
        (lambda: PDHG(relaxation=float("nan")), "relaxation is nan"),
        (lambda: PDHG(step_product=1.0), "step_product is 1"),
    ],
)
def test_settings_that_cannot_work_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_without_relaxation_it_has_the_name_of_the_other_method():
    assert [MECHANISMS[key].name for key in ("pdhg", "jacobian-admm")] == [
        "primal-dual hybrid gradient",
        "proximal Jacobian ADMM",
    ]
