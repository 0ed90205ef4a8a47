"""Forward contracts in other pairs change nothing but pairs; those of an equilibrium can be met in full."""

from dataclasses import replace

import pytest

from walras.agents import Consumer, Producer
from walras.experiments.monolith.equilibrium import assemble_monolith
from walras.experiments.paper.forward.forward_limits import carried_positions, forward_limit, limits_table
from walras.experiments.paper.forward.forward_matrices import baseline_matrix, north_west, stacked_market
from walras.experiments.paper.paper_settings import AGREED, CLEAN_UNITS, OTHER_PAIRS, SETTINGS
from walras.experiments.results.ledger import Ledger
from walras.experiments.results.result import summarise
from walras.experiments.scenario.disclosures import disclosure_scheme

RTS96 = SETTINGS["rts96"]


def with_matrix(matrix):
    return replace(RTS96, name=matrix, matrix=matrix)


def solved(setting, position):
    scenario = setting.at(0.5, ["consumers.forward_basis=contract", f"consumers.forward_position={position}"])
    market, stacked = stacked_market(setting, scenario)
    equilibrium = assemble_monolith(market, stacked).equilibrium(disclosure_scheme(scenario, market))
    return market, summarise(Ledger(equilibrium.market, equilibrium.prices, equilibrium.allocation))


def sums(matrix, side):
    result = {}
    for pair, mwh in matrix.items():
        result[pair[side]] = result.get(pair[side], 0.0) + mwh
    return result


def test_other_pairs_have_the_same_sums():
    matrix = {("a", "x"): 1.0, ("a", "y"): 3.0, ("b", "x"): 2.0, ("b", "y"): 6.0, ("c", "x"): 0.0, ("c", "y"): 0.0}
    other = north_west(matrix)
    assert {pair for pair, mwh in other.items() if mwh} == {("a", "x"), ("a", "y"), ("b", "y")}
    for side in (0, 1):
        assert sums(other, side) == sums(matrix, side)


def test_the_baseline_is_the_least_cost_dispatch_in_proportion():
    matrix = baseline_matrix(RTS96)
    # 2850 MW of load, of which hydro serves 300.
    assert sum(matrix.values()) == pytest.approx(2550, abs=1e-3)
    sales, purchases = sums(matrix, 0), sums(matrix, 1)
    for (seller, buyer), mwh in matrix.items():
        assert mwh == pytest.approx(sales[seller] * purchases[buyer] / 2550, abs=1e-3)


def test_who_agreed_with_whom_does_not_matter_to_generation_demand_and_congestion():
    market, pro_rata = solved(RTS96, 0.8)
    other_market, other = solved(with_matrix(OTHER_PAIRS), 0.8)
    assert other.generation_mwh.keys() == pro_rata.generation_mwh.keys()
    for unit, hours in pro_rata.generation_mwh.items():
        assert other.generation_mwh[unit] == pytest.approx(hours, abs=1e-4)
    for bus, hours in pro_rata.demand_mwh.items():
        assert other.demand_mwh[bus] == pytest.approx(hours, abs=1e-4)
    assert other.congestion_rent_usd == pytest.approx(pro_rata.congestion_rent_usd, rel=1e-5)
    owed, otherwise = (
        {
            (agent.name, forward.customers[0]): float(forward.at_least_mwh[0])
            for agent in each.agents
            if isinstance(agent, Producer)
            for forward in agent.forward_contracts
        }
        for each in (market, other_market)
    )
    assert max(abs(otherwise[pair] - mwh) for pair, mwh in owed.items()) > 10


def test_what_an_equilibrium_agreed_on_can_be_met_in_full_and_is_no_more_than_demand():
    setting = with_matrix(next(iter(AGREED)))
    matrix = baseline_matrix(setting)
    market, _ = stacked_market(setting, setting.at(0.5))
    loads = {agent.name: agent for agent in market.agents if isinstance(agent, Consumer)}
    assert set(sums(matrix, 1)) == set(loads)
    _, result = solved(setting, 1.0)
    served = sums(matrix, 1)
    for name, load in loads.items():
        assert result.demand_mwh[str(load.bus)][0] >= served[name] + load.hydro_mwh[0] - 1e-5


def test_clean_units_alone_are_those_below_the_mean():
    matrix = baseline_matrix(with_matrix(CLEAN_UNITS))
    market, _ = stacked_market(RTS96, RTS96.at(0.5))
    rates = {agent.name: agent.emission_rate_kg_per_mwh for agent in market.agents if isinstance(agent, Producer)}
    bound = {rates[seller] for (seller, _), mwh in matrix.items() if mwh > 1e-6}
    free = {rates[seller] for seller, mwh in sums(matrix, 0).items() if mwh == 0}
    assert max(bound) < max(free)
    assert bound == {0.0}


def test_positions_are_cut_down_to_what_can_be_carried():
    """By contract 0.8951 of the baseline can be carried beside the workload (two other programmes found as much)."""
    assert forward_limit("rts96", "contract") == pytest.approx(0.8951, abs=5e-5)
    assert carried_positions("rts96", "contract") == (0.6, 0.7, 0.8, 0.89)
    assert carried_positions("rts96", "generator") == (0.6, 0.7, 0.8, 0.9)


def test_wider_lines_carry_more():
    table = limits_table(["rts96"], "rts96").set_index(["setting", "forward_basis"])
    wide, wider = (table.loc[(f"RTS-96 rates, line limits {scale}", "contract")] for scale in ("0.65", "0.7"))
    assert not table.loc[("RTS-96 rates", "contract"), "carries_printed"]
    assert wide["carries_printed"]
    assert 0.9 < wide["largest_position"] < wider["largest_position"]
    assert wider["largest_position"] == pytest.approx(1.0, abs=1e-6)
