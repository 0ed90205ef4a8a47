"""The relaxation of an agent: the same problem, whose choices need not be whole."""

from dataclasses import dataclass
from typing import ClassVar

import cvxpy as cp
import pytest

from walras.agents.agent import Declaration
from walras.agents.goods import energy
from walras.agents.relaxed import Relaxed


@dataclass(frozen=True)
class Block:
    """Sells all of its 10 MWh or nothing, for 100 $."""

    name: ClassVar[str] = "block"
    moves_money: ClassVar[bool] = True

    def declare(self):
        on, sold = cp.Variable(boolean=True), cp.Variable()
        return Declaration(100 * on, cp.hstack([sold]), (energy(1, 0),), [sold == 10 * on])


def test_it_may_sell_in_part_and_pays_in_part():
    stated = Relaxed(Block()).declare()
    problem = cp.Problem(cp.Minimize(stated.cost), [*stated.constraints, stated.trades == 4])
    assert problem.solve(solver=cp.CLARABEL) == pytest.approx(40)
    assert not problem.is_mixed_integer()


def test_the_agent_itself_may_not():
    stated = Block().declare()
    problem = cp.Problem(cp.Minimize(stated.cost), [*stated.constraints, stated.trades == 4])
    assert problem.is_mixed_integer()


def test_name_goods_and_money_are_those_of_the_agent():
    relaxed = Relaxed(Block())
    assert (relaxed.name, relaxed.moves_money) == ("block", True)
    assert relaxed.declare().goods == (energy(1, 0),)
