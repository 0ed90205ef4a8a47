"""Plants that run wholly or not at all, and a demand: markets of price rules, with answers on paper.

* Scarf's plants as Hogan and Ring, "On minimum-uplift pricing for electricity markets", 2003, modify them: at most six
  Smokestacks (16 MWh, 53 $ to run at all and 3 $/MWh), five High Tech (7 MWh, 30 $, 2 $/MWh) and five Med Tech (2 to
  6 MWh, 7 $/MWh). Full plants cost 101/16 = 6.3125, 44/7 = 6.2857 and 7 $/MWh; in this order of cost their hulls are
  filled, up to 35, 131 and 161 MWh.
* One plant that must give 10 to 50 MWh at 50 $/MWh, and a block of 50 MWh at 10 $/MWh, for 35 MWh (Wang, Hesamzadeh,
  Zhao and Kronqvist, arXiv 2603.25490, eq. 28, as others quote it, with a multiplier of 10 and a penalty of 40 $/MWh):
  the block stays off, cost 1750 $. By hand: at a price p from 10 to 50 the plant loses 25 (50 - p), and the block
  50 (p - 10).
"""

from dataclasses import dataclass

import cvxpy as cp
import numpy as np

from walras.agents.agent import Declaration
from walras.agents.goods import energy
from walras.agents.relaxed import Relaxed
from walras.coordinator.announcement import Responses
from walras.coordinator.market import Market, Scale
from walras.coordinator.price_rules.clearing_programme import ClearingProgramme

ENERGY = energy(1, 0)
# Name: how many, $ to run at all, $/MWh, least and most MWh.
SCARF = {
    "smokestack": (6, 53.0, 3.0, 0.0, 16.0),
    "high tech": (5, 30.0, 2.0, 0.0, 7.0),
    "med tech": (5, 0.0, 7.0, 2.0, 6.0),
}


@dataclass(frozen=True)
class Plant:
    name: str
    fixed_usd: float
    usd_per_mwh: float
    least_mwh: float
    most_mwh: float
    must_run: bool = False
    moves_money = True

    def declare(self):
        on, output = cp.Variable(boolean=True), cp.Variable(nonneg=True)
        limits = [output >= self.least_mwh * on, output <= self.most_mwh * on]
        cost = self.fixed_usd * on + self.usd_per_mwh * output
        return Declaration(cost, cp.hstack([output]), (ENERGY,), [*limits, *([on == 1] if self.must_run else [])])


@dataclass(frozen=True)
class Demand:
    mwh: float
    name = "demand"
    moves_money = True

    def declare(self):
        taken = cp.Variable(bounds=[self.mwh, self.mwh])
        return Declaration(cp.Constant(0.0), cp.hstack([-taken]), (ENERGY,), [])


@dataclass(frozen=True)
class Planned:
    """A market with its least cost, and the plan that has it."""

    market: Market
    programme: ClearingProgramme
    plan: Responses


def scarf(demand_mwh):
    plants = [Plant(f"{name} {n}", *numbers) for name, (count, *numbers) in SCARF.items() for n in range(count)]
    return planned([*plants, Demand(demand_mwh)])


def plant_and_block():
    plant = Plant("plant", 0.0, 50.0, 10.0, 50.0, must_run=True)
    return planned([plant, Plant("block", 0.0, 10.0, 50.0, 50.0), Demand(35.0)])


def planned(agents):
    declarations = [agent.declare() for agent in agents]
    programme = ClearingProgramme(declarations)
    programme.take(programme.solve(0.0).x)
    trades = np.concatenate([np.atleast_1d(one.trades.value) for one in declarations])
    costs = np.array([float(one.cost.value) for one in declarations])
    relaxed = tuple(Relaxed(agent) if isinstance(agent, Plant) else agent for agent in agents)
    return Planned(Market(relaxed, {ENERGY: Scale(7.0, 10.0)}), programme, Responses(trades, costs))
