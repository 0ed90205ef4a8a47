"""Answers of agents with choices: those of enumeration, each with what its search leaves open."""

from dataclasses import dataclass
from typing import ClassVar

import cvxpy as cp
import numpy as np
import pytest

from walras.agents.agent import AgentError, Declaration
from walras.agents.goods import energy
from walras.agents.relaxed import Relaxed
from walras.coordinator.announcement import NearTargets, Prices
from walras.coordinator.executors.mixed_integer import MixedInteger
from walras.coordinator.market import Market
from walras.coordinator.programmes.integer_searches import Search


@dataclass(frozen=True)
class Plant:
    """On, it sells 4 to 10 MWh an hour at 20 $ each; each hour on costs 60 $."""

    name: str
    hours: int
    least_mwh: float = 4.0
    moves_money: ClassVar[bool] = True

    def declare(self):
        on, sold = cp.Variable(self.hours, boolean=True), cp.Variable(self.hours)
        goods = tuple(energy(1, hour) for hour in range(self.hours))
        return Declaration(
            60 * cp.sum(on) + 20 * cp.sum(sold), sold, goods, [sold >= self.least_mwh * on, sold <= 10 * on]
        )


@dataclass(frozen=True)
class Load:
    """Takes up to 15 MWh an hour, each worth 30 $."""

    hours: int
    name: ClassVar[str] = "load"
    moves_money: ClassVar[bool] = True

    def declare(self):
        taken = cp.Variable(self.hours, bounds=[0, 15])
        return Declaration(-30 * cp.sum(taken), -taken, tuple(energy(1, hour) for hour in range(self.hours)), [])


def market(*plants, hours=2):
    return Market((*(Relaxed(plant) for plant in plants), Load(hours)))


@pytest.mark.parametrize("at_a_time", [1, 3])
def test_each_plant_is_on_where_a_full_hour_pays(at_a_time):
    respond = MixedInteger(Search(0.0, 10.0, at_a_time)).compile(market(Plant("a", 2), Plant("b", 2), Plant("c", 2)))
    # At 25 $ ten MWh earn 50 $ beyond their fuel, at 27 $ they earn 70 $.
    responses = respond(Prices(np.array([25.0, 27.0])))
    assert responses.trades == pytest.approx([0, 10] * 3 + [-15, -15])
    assert responses.costs == pytest.approx([260] * 3 + [-900])
    assert responses.shortfall_usd == pytest.approx(np.zeros(4), abs=1e-9)
    assert respond.choices(1)[0] == pytest.approx([0, 1])


def test_the_relaxed_plant_would_be_on_in_part():
    # The relaxation earns nothing at 26 $ an MWh, and the plant loses nothing only if it is full.
    respond = MixedInteger(Search(0.0, 10.0, 1)).compile(market(Plant("a", 1, least_mwh=0.0), hours=1))
    assert respond(Prices(np.array([25.99]))).trades[0] == pytest.approx(0)
    assert respond(Prices(np.array([26.01]))).trades[0] == pytest.approx(10)


def test_what_agents_answer_does_not_depend_on_what_they_were_asked_before():
    fresh, used = (MixedInteger(Search(0.0, 10.0, 2)).compile(market(Plant("a", 2), Plant("b", 2))) for _ in range(2))
    used(Prices(np.array([40.0, 10.0])))
    prices = Prices(np.array([25.0, 27.0]))
    assert used(prices).trades == pytest.approx(fresh(prices).trades)


def test_an_agent_that_can_do_nothing_is_named():
    respond = MixedInteger(Search(0.0, 10.0, 1)).compile(market(Impossible("broken", 1), hours=1))
    with pytest.raises(AgentError, match="agent broken"):
        respond(Prices(np.array([25.0])))


@dataclass(frozen=True)
class Impossible(Plant):
    """Has to be on and off."""

    def declare(self):
        stated = super().declare()
        on = stated.cost.variables()[0]
        return Declaration(stated.cost, stated.trades, stated.goods, [*stated.constraints, cp.sum(on) >= 2])


def test_it_answers_prices_alone():
    respond = MixedInteger(Search(0.0, 10.0, 1)).compile(market(Plant("a", 1), hours=1))
    targets = np.zeros(2)
    with pytest.raises(AgentError, match="prices alone"):
        respond(NearTargets(np.array([25.0]), targets, targets))
