"""The relaxed sites' market: ordinary mechanisms clear it, and their certificate's bound is that of the relaxation."""

import pytest
from microgrids.small_microgrid import small_instance

from walras.agents.goods import Family
from walras.coordinator import Status, run
from walras.coordinator.programmes.relaxation import solve_relaxation
from walras.experiments.microgrid.decomposition.priced_market import priced_market
from walras.experiments.microgrid.joint_programme import JointProgramme
from walras.experiments.microgrid.participants import participants


@pytest.mark.parametrize("mechanism", ["slope-bids", "admm-anderson"])
@pytest.mark.parametrize("budget_t", [None, 2.0])
def test_ordinary_mechanisms_meet_the_ordinary_certificate(mechanism, budget_t):
    instance = small_instance(1, carbon_budget_t=budget_t)
    agents = participants(instance)
    result = run(priced_market(instance, agents), mechanism)
    relaxed = solve_relaxation(JointProgramme(agents).programme)
    assert result.status == Status.CONVERGED
    assert result.best.certificate.dual_value_usd == pytest.approx(-relaxed.value, rel=1e-6)
    assert -result.best.allocation.costs.sum() == pytest.approx(-relaxed.value, rel=1e-5)


def test_regions_buy_slot_by_slot_and_scales_are_those_of_the_goods():
    instance = small_instance(1, carbon_budget_t=2.0)
    market = priced_market(instance, participants(instance))
    names = [agent.name for agent in market.agents]
    assert {"s0", "r0 chat", "r0 chat from slot 3 on", "owner of j0", "carbon budget"} <= set(names)
    positions = market.families
    assert set(positions) == {Family.INFERENCE, Family.TRAINING, Family.CARBON}
    assert market.volume_scale[positions[Family.CARBON]] == pytest.approx(2.0)
    values = [instance.jobs[market.goods[n].buyer].value_usd for n in positions[Family.TRAINING]]
    assert market.price_scale[positions[Family.TRAINING]] == pytest.approx(values)
