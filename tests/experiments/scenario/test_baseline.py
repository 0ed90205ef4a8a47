"""The baseline dispatch: outputs at a limit are exactly there, and a solver that gives up says nothing of limits."""

import numpy as np
import pytest
from support.small_grid import small_document, write_case

from walras import build_market, load_scenario, parse_scenario
from walras.agents import Consumer, Producer
from walras.experiments.errors import ScenarioError


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


def test_a_small_load_behind_a_line_with_room_pays_what_the_large_one_pays(tmp_path):
    """The line would carry 8 W more: it has no price, though next to nothing is all that its price would cost."""
    case = write_case(
        tmp_path / "small",
        buses="1,12.034,1\n2,0.000444,0\n",
        lines="a,1,2,0.3,0.00045226\n",
        units="G,1,steam,coal,market,16,11.792,0,900\nH,1,steam,coal,market,0.045,17.693,0,900\n",
    )
    market = build_market(parse_scenario(small_document(case)))
    prices = [
        agent.willingness_usd_per_mwh - agent.slope_usd_per_mwh2 * load
        for agent, load in zip(market.agents, (12.034, 0.000444), strict=False)
    ]
    assert np.concatenate(prices) == pytest.approx(11.792, rel=1e-6)


def test_a_small_unit_behind_a_closed_line_sets_its_price_to_as_many_digits_as_large_ones(tmp_path):
    """Its 2.4 kWh are a millionth of what is paid in all: what a solver leaves of the gap is an error of its price."""
    loads = {76: 0.006597, 44: 0.002366, 113: 1684.73053}
    case = write_case(
        tmp_path / "closed",
        buses="76,0.006597,0\n32,0,0\n44,0.002366,1\n113,1684.73053,0\n",
        lines="L0,76,32,0.1697,\nL1,76,44,0.4977,0\nL2,32,113,0.3946,\n",
        units="G0,113,T,gas,market,2518.8,30,0,283.8\nG1,113,T,gas,market,13.443,30,0,659\n"
        "G2,44,T,gas,market,57.036,30,0,890\n",
    )
    market = build_market(parse_scenario(small_document(case)))
    prices = [
        agent.willingness_usd_per_mwh[0] - agent.slope_usd_per_mwh2[0] * loads[agent.bus]
        for agent in market.agents
        if isinstance(agent, Consumer)
    ]
    assert prices == pytest.approx([30.0] * 3, rel=1e-7)


@pytest.mark.parametrize("slope", [1e3, 1e6])
@pytest.mark.filterwarnings("error")
def test_a_solver_that_gives_up_is_not_taken_for_lines_that_carry_too_little(tmp_path, slope):
    """Three lines whose reactances span 12 decades, without limits, and a unit of a petawatt."""
    lines = "a,1,2,1e-6,\nb,1,2,0.1,\nc,1,2,1e6,\n"
    units = f"G,1,steam,coal,market,1e9,10,{slope},900\nH,2,steam,coal,market,100,10,0.1,900\n"
    case = write_case(tmp_path / "decades", lines=lines, units=units)
    refusal = r"hour 1 has a solution, but no solver finds it \(PIQP ends with .*, Clarabel ends"
    with pytest.raises(ScenarioError, match=refusal) as caught:
        build_market(parse_scenario(small_document(case)))
    (fault,) = caught.value.faults
    assert fault.path == "grid.source"
    assert "decades" in fault.message


def test_too_little_capacity_is_still_a_matter_of_limits(tmp_path):
    case = write_case(tmp_path / "short", units="G,1,steam,coal,market,60,10,0.1,900\n")
    with pytest.raises(ScenarioError, match="cannot serve the fixed load") as caught:
        build_market(parse_scenario(small_document(case)))
    (fault,) = caught.value.faults
    assert fault.path == "grid.line_limit_scale"
