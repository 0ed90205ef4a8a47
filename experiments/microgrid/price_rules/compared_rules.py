"""Marginal, convex-hull and augmented-Lagrangian prices of the joint plan beside one another."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ....agents.arrays import FloatArray
from ....agents.goods import Good
from ....coordinator.announcement import Prices, Responses
from ....coordinator.executors.mixed_integer import MixedInteger, MixedIntegerMarket
from ....coordinator.market import Market
from ....coordinator.price_rules.deviations import Deviations
from ....coordinator.price_rules.exact_penalty import exact_penalty
from ....coordinator.price_rules.hull_prices import hull_rounds
from ....coordinator.price_rules.lost_opportunity import lost_at
from ....coordinator.programmes.integer_searches import Search
from ....coordinator.programmes.relaxation import solve_relaxation
from ..decomposition.priced_market import priced_market
from ..instance import Instance
from ..joint_plan import BEST_EFFORT, Effort, PlanInterrupted, plan_by
from ..joint_programme import JointProgramme
from ..microgrid_plan import JOINT, Plan, PlanStatus
from ..participants import Participants, participants
from .plan_trades import plan_trades
from .priced_rule import Participant, PricedRule, Rule, participants_of

# Of the gap that is asked for: prices are at rest once better ones could not bring more. A gap of none means rounding.
_REST_SHARE, _LEAST_REST = 0.1, 1e-9
# For the search of a site, which goes to its end.
_SITE_SECONDS = 60.0


@dataclass(eq=False)
class RuleComparison:
    """The joint plan and its prices by rule.

    Parameters
    ----------
    instance : Instance
    plan : Plan, or None
        None as long as there is none.
    goods : tuple of Good
    participants : list of Participant
        That each agent belongs to.
    rules : dict of Rule to PricedRule
    """

    instance: Instance
    plan: Plan | None = None
    goods: tuple[Good, ...] = ()
    participants: list[Participant] = field(default_factory=list)
    rules: dict[Rule, PricedRule] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether the plan is within the gap, and there are the prices of all rules, at rest."""
        rest = (PlanStatus.OPTIMAL, PlanStatus.AT_REST)
        has_all = len(self.rules) == len(Rule) and all(rule.status in rest for rule in self.rules.values())
        return self.plan is not None and self.plan.is_optimal and has_all

    def as_json(self) -> dict[str, Any]:
        """By the keys of the interface."""
        plan = self.plan
        return {
            "plan": None if plan is None else plan.as_json(),
            "rules": {
                str(name): rule.as_json(self.goods, self.participants, 0.0 if plan is None else plan.benefit_usd)
                for name, rule in self.rules.items()
            },
        }


class RulesInterrupted(KeyboardInterrupt):
    """The user broke it off; plan and rules as far as they had come are attached."""

    def __init__(self, comparison: RuleComparison) -> None:
        super().__init__("interrupted")
        self.comparison = comparison


def compare_rules(instance: Instance, effort: Effort = BEST_EFFORT) -> RuleComparison:
    """Plan, and price the plan by every rule.

    Parameters
    ----------
    instance : Instance
    effort : Effort
        Its gap is that of the plan, and prices rest within a tenth of it; its seconds are those of the plan, and once
        more those of convex-hull prices.

    Raises
    ------
    AgentError
        If a site finds no response in time.
    RulesInterrupted
        If the user interrupts it.
    """
    found = RuleComparison(instance)
    try:
        _compare(found, effort)
    except KeyboardInterrupt as interrupted:
        if isinstance(interrupted, PlanInterrupted):
            found.plan = interrupted.plan
        raise RulesInterrupted(found) from interrupted
    return found


def _compare(found: RuleComparison, effort: Effort) -> None:
    instance, begin = found.instance, time.perf_counter()
    agents = participants(instance)
    joint = JointProgramme(agents)
    found.plan = plan = plan_by(instance, agents, joint, effort, JOINT, begin)
    if plan.schedule is None:
        return
    found.participants = participants_of(agents, instance.slots)
    priced = _Priced(instance, agents, joint, plan_trades(instance, agents, plan.schedule))
    found.goods = priced.market.goods
    found.rules[Rule.MARGINAL] = marginal = priced.marginal()
    found.rules[Rule.MARGINAL] = priced.with_penalty(marginal)
    begin = time.perf_counter()
    rest, told = max(_REST_SHARE * effort.gap, _LEAST_REST), effort.telling(Rule.CONVEX_HULL)
    for current in hull_rounds(priced.market, priced.respond, priced.relaxed_prices):
        lost = lost_at(priced.market, priced.plan, current.prices, current.responses)
        found.rules[Rule.CONVEX_HULL] = PricedRule(PlanStatus.INTERRUPTED, lost, None)
        told(time.perf_counter() - begin, -plan.benefit_usd, -current.bound_usd)
        if current.residual <= rest or current.seconds >= effort.seconds:
            status = PlanStatus.AT_REST if current.residual <= rest else PlanStatus.TIME_LIMIT
            break
    found.rules[Rule.CONVEX_HULL] = hull = priced.with_penalty(PricedRule(status, lost, None))
    found.rules[Rule.AUGMENTED_LAGRANGIAN] = PricedRule(status, lost, hull.penalty, charges_penalty=True)


class _Priced:
    """A plan that is ready to be priced."""

    def __init__(self, instance: Instance, agents: Participants, joint: JointProgramme, plan: Responses) -> None:
        search = Search(0.0, _SITE_SECONDS, len(os.sched_getaffinity(0)))
        self.plan, self._joint = plan, joint
        self.market: Market = priced_market(instance, agents)
        self.respond: MixedIntegerMarket = MixedInteger(search).compile(self.market)
        self._deviations = Deviations(self.market, plan, search)
        relaxed = solve_relaxation(joint.programme)
        self.relaxed_prices = self._of_market(relaxed.row_duals[: len(joint.goods)])

    def marginal(self) -> PricedRule:
        """Prices with all choices as planned; where these leave them open, those of the relaxation."""
        order = self.market.positions(self._joint.goods)
        prices = self._of_market(
            self._joint.marginal_prices(self.relaxed_prices[order], self.market.volume_scale[order])
        )
        lost = lost_at(self.market, self.plan, prices, self.respond(Prices(prices)))
        return PricedRule(PlanStatus.OPTIMAL, lost, None)

    def with_penalty(self, rule: PricedRule) -> PricedRule:
        """The same rule with the smallest penalty that deters everybody at its prices."""
        return PricedRule(rule.status, rule.lost, exact_penalty(self._deviations, rule.lost.prices))

    def _of_market(self, prices: FloatArray) -> FloatArray:
        """Prices of the programme's goods in the order of the market's."""
        ordered = np.zeros(len(self.market.goods))
        ordered[self.market.positions(self._joint.goods)] = prices
        return ordered
