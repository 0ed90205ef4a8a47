"""Factors on marginal costs: by unit group, unit type or fuel, the narrowest name first."""

import numpy as np
import pytest

from walras.agents.producer import Producer
from walras.experiments.errors import ScenarioError
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.names import consumer_name
from walras.experiments.scenario.reading import load_scenario


def _costs(*overrides):
    market = build_market(load_scenario("rts24", list(overrides)))
    return {
        agent.name: np.array([agent.cost_usd_per_mwh, agent.cost_slope_usd_per_mwh2])
        for agent in market.agents
        if isinstance(agent, Producer)
    }


def test_the_narrowest_name_counts_and_what_is_not_named_keeps_its_cost():
    as_they_are, factored = _costs(), _costs("producers.cost_factors={coal: 2, U155: 3, U155@16: 0.5}")
    expected = {"U155@16": 0.5, "U155@15": 3, "U155@23": 3, "U350@23": 2, "U76@1": 2, "U197@13": 1, "U400@21": 1}
    for name, factor in expected.items():
        np.testing.assert_allclose(factored[name], factor * as_they_are[name], rtol=1e-15)


def test_twice_every_cost_is_twice_every_price():
    every = "producers.cost_factors={coal: 2, nuclear: 2, residual oil: 2, distillate oil: 2}"
    curves = [
        {agent.name: agent for agent in build_market(load_scenario("rts24", overrides)).agents}
        for overrides in ([], [every])
    ]
    for bus in (3, 13, 18):
        once, twice = (agents[consumer_name(bus)].willingness_usd_per_mwh for agents in curves)
        np.testing.assert_allclose(twice, 2 * once, rtol=1e-7)


@pytest.mark.parametrize(
    ("factors", "needles"),
    [
        ("{peat: 1}", ("producers.cost_factors.peat", "no unit group", "coal")),
        ("{hydro: 2}", ("producers.cost_factors.hydro", "hydro_traded_mw")),
        ("{coal: 0}", ("producers.cost_factors.coal", "0")),
        ("{coal: -1}", ("producers.cost_factors.coal", "-1")),
        ("2", ("producers.cost_factors", "2")),
    ],
)
def test_a_factor_that_cannot_be_is_refused_by_its_place(factors, needles):
    with pytest.raises(ScenarioError) as refused:
        load_scenario("rts24", [f"producers.cost_factors={factors}"])
    assert all(needle in str(refused.value) for needle in needles)
