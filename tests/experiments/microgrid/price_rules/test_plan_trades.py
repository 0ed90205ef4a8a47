"""Trades and costs of a schedule: they clear, and costs make its benefit."""

import numpy as np
import pytest
from microgrids.small_microgrid import small_instance

from walras.experiments.microgrid.decomposition.priced_market import priced_market
from walras.experiments.microgrid.joint_plan import joint_plan
from walras.experiments.microgrid.participants import participants
from walras.experiments.microgrid.price_rules.plan_trades import plan_trades
from walras.experiments.microgrid.price_rules.priced_rule import participants_of


@pytest.mark.parametrize(
    "instance",
    [
        small_instance(0),
        small_instance(1, carbon_budget_t=4.0, carbon_price_usd_per_t=30.0),
        small_instance(2, slot_hours=0.5, carbon_budget_t=2.0),
    ],
)
def test_everything_is_bought_that_is_sold_and_costs_are_minus_the_benefit(instance):
    agents, plan = participants(instance), joint_plan(instance)
    market, found = priced_market(instance, agents), plan_trades(instance, agents, plan.schedule)
    assert found.trades.shape == market.good_of_copy.shape
    assert np.abs(market.imbalance(found.trades)).max() <= 1e-9
    assert -found.costs.sum() == pytest.approx(plan.benefit_usd, rel=1e-12)
    assert len(participants_of(agents, instance.slots)) == len(market.agents)
    for (_, name), agent in zip(participants_of(agents, instance.slots), market.agents, strict=True):
        assert name in agent.name
