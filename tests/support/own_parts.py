"""A module of own parts in a folder, under a name of its own: what is imported stays imported."""

from itertools import count
from pathlib import Path

_NUMBERS = count()

PARTS = '''
from dataclasses import dataclass
from typing import ClassVar

import cvxpy as cp
import numpy as np

from walras.agents import Declaration, contracts
from walras.coordinator import Prices, not_answered, relative_change


@dataclass(frozen=True, eq=False)
class Kiln:
    """Buys up to its capacity while energy costs less than it is worth."""

    name: str
    bus: int
    periods: int
    capacity_mw: np.ndarray
    worth_usd_per_mwh: float = 1000.0
    sellers: tuple = ()
    moves_money: ClassVar[bool] = True

    def __post_init__(self):
        if self.worth_usd_per_mwh < 0:
            raise ValueError(f"worth_usd_per_mwh is {self.worth_usd_per_mwh}")

    def declare(self):
        bought = cp.Variable((len(self.sellers), self.periods), nonneg=True)
        goods = contracts(self.sellers, (self.name,), self.periods)
        benefit = self.worth_usd_per_mwh * cp.sum(bought)
        return Declaration(-benefit, -cp.vec(bought, order="C"), goods, [cp.sum(bought, axis=0) <= self.capacity_mw])


@dataclass(frozen=True, eq=False)
class State:
    market: object
    announcement: object
    allocation: object
    dual_residual: float

    @property
    def prices(self):
        return self.announcement.prices


@dataclass(frozen=True)
class Fixed:
    """The same price for every good, round after round."""

    price: float = 1.0
    name: ClassVar[str] = "fixed price"
    announces: ClassVar[type] = Prices

    def start(self, market, opening):
        first = Prices(np.full(len(market.goods), float(self.price)))
        return State(market, first, not_answered(market, opening), float("inf"))

    def step(self, state, responses):
        return State(state.market, state.announcement, responses, 0.0)


class Neither:
    def __init__(self, name="neither"):
        self.name = name


class Late(Kiln):
    def declare(self):
        bought = cp.Variable(1, nonneg=True)
        return Declaration(0, -bought, contracts(("G",), (self.name,), self.periods + 1)[-1:], [bought <= 1])


number = 3
'''


def write_parts(folder: Path, source: str = PARTS) -> str:
    """Write a module, and return its name."""
    name = f"own_parts_of_test_{next(_NUMBERS)}"
    (folder / f"{name}.py").write_text(source)
    return name
