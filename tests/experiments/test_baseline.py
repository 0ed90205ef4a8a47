"""The baseline dispatch: outputs at a limit are exactly there."""

import numpy as np
import pytest

from walras import build_market, load_scenario
from walras.agents import Producer


@pytest.mark.parametrize("settings", [(), ("grid.line_limit_scale=1.206",), ("periods=2", "load_profile=[0.255, 0.9]")])
def test_units_whose_output_the_solver_leaves_just_below_capacity_owe_all_of_it(settings):
    """The solver is exact to 1e-9 MWh; forward contracts of all output hand its last digits on."""
    market = build_market(load_scenario("rts24", ["consumers.forward_position=1", *settings]))
    producers = [agent for agent in market.agents if isinstance(agent, Producer)]
    owed = np.array([agent.forward_contracts[0].at_least_mwh / agent.capacity_mw for agent in producers])
    assert (owed == 1).any()
    assert (owed == 0).any()
    assert not ((owed > 0) & (owed < 1e-8)).any()
    assert not ((owed < 1) & (owed > 1 - 1e-8)).any()
