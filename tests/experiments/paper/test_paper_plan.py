"""The markets of the case study: which there are, and the table of a chain."""

import itertools

import pytest

from walras.experiments.paper.cases import run_chain
from walras.experiments.paper.chain_tasks import chain_tasks
from walras.experiments.paper.chains import (
    ALPHAS,
    FEW_ALPHAS,
    FORWARD_ALPHAS,
    Chain,
    chains,
)
from walras.experiments.paper.forward.forward_limits import FORWARD_POSITIONS, carried_positions
from walras.experiments.paper.paper_folder import PaperFolder
from walras.experiments.paper.paper_settings import PAPER, SETTINGS
from walras.experiments.results.dotted_figures import figures
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.study import decompose


@pytest.fixture(scope="module")
def plan():
    return chains()


def test_every_setting_has_both_schemes_and_the_papers_own_all_bases_and_positions(plan):
    names = [chain.name for chain in plan]
    assert len(set(names)) == len(names)
    assert plan[0].setting == PAPER
    assert {chain.setting for chain in plan} == set(SETTINGS)
    for setting, scheme in itertools.product(SETTINGS, ("ex_post", "ex_ante")):
        assert f"{setting}-{scheme}-generator-0" in names
    own = [chain for chain in plan if chain.setting == PAPER and not chain.is_spot]
    assert list(dict.fromkeys(chain.forward_basis for chain in own)) == ["contract", "generator", "consumer"]
    for basis in ("contract", "generator", "consumer"):
        positions = [chain.forward_position for chain in own if chain.forward_basis == basis]
        assert positions == sorted(set(positions))
        assert set(positions[:-1]) <= set(FORWARD_POSITIONS)
        assert positions[-1] <= FORWARD_POSITIONS[-1]


def test_other_settings_have_fewer_values_of_alpha_and_markets_without_forward_contracts_at_all_of_them(plan):
    size = {setting: max(len(chain.alphas) for chain in plan if chain.setting == setting) for setting in SETTINGS}
    assert all(size[setting] < size[PAPER] for setting in SETTINGS if setting != PAPER)
    for chain in plan:
        assert set(SETTINGS[chain.setting].standing_for_printed) <= set(chain.alphas)
        (spot,) = (c for c in plan if c.is_spot and (c.setting, c.disclosure) == (chain.setting, "ex_ante"))
        assert set(chain.alphas) <= set(spot.alphas)


def test_alphas_rise_to_1_and_are_close_where_much_happens():
    assert list(ALPHAS) == sorted(set(ALPHAS))
    assert ALPHAS[0] == 0.1
    assert ALPHAS[-1] == 1.0
    assert sum(alpha >= 0.9 for alpha in ALPHAS) >= 10
    assert set(FEW_ALPHAS) < set(FORWARD_ALPHAS) < set(ALPHAS)


def test_a_scenario_of_a_chain_is_the_case_study_with_its_settings():
    scenario = Chain("surrogate", "ex_ante", "contract", 0.6, (0.3,)).scenario(0.3)
    assert scenario.producers.emission_rates == "surrogate"
    assert scenario.disclosure == "ex_ante"
    assert (scenario.consumers.forward_basis, scenario.consumers.forward_position) == ("contract", 0.6)
    assert scenario.hyperscalers[0].cost_weight == 0.3


def test_the_longest_chains_begin_and_finished_ones_do_not(tmp_path):
    """Ex ante without forward contracts an alpha takes about as long as four others."""
    short, long = (Chain("rts96", "ex_ante", "generator", 0.6, (0.1, 0.5, 0.9)[:count]) for count in (1, 3))
    spot = Chain("rts96", "ex_ante", "generator", 0.0, (0.9,))
    done = Chain("rts96", "ex_post", "generator", 0.0, ALPHAS)
    folder = PaperFolder(tmp_path)
    folder.place(done).parent.mkdir()
    folder.place(done).touch()
    assert [task.compute.args[0] for task in chain_tasks([short, done, spot, long], folder)] == [spot, long, short]


@pytest.mark.parametrize("basis", ["contract", "generator"])
def test_the_largest_forward_position_of_the_plan_can_be_met(basis):
    largest = carried_positions("rts96", basis)[-1]
    assert build_market(Chain("rts96", "ex_ante", basis, largest, (0.9,)).scenario(0.9)).goods


@pytest.fixture(scope="module")
def table():
    return run_chain(Chain("surrogate", "ex_post", "generator", 0.0, (0.88, 0.9)))


def test_a_chain_without_forward_contracts_has_four_rows_for_each_alpha(table):
    assert list(table.side) == ["decomposed", "monolith", "least", "largest"] * 2
    assert list(table.alpha) == [0.88] * 4 + [0.9] * 4
    assert set(table.setting) == {"surrogate"}
    assert list(table[table.side == "decomposed"].status) == ["converged"] * 2
    assert (table[table.side == "monolith"].mlcp_residual <= 1e-6).all()
    assert (table[table.side == "monolith"]["difference.price_usd_per_mwh"] <= 0.01).all()


def test_the_second_run_of_a_chain_starts_where_the_first_ended(table):
    first, second = table[table.side == "decomposed"].rounds
    assert second < first


def test_figures_of_both_sides_lie_between_least_and_largest(table):
    for alpha in (0.88, 0.9):
        rows = table[table.alpha == alpha].set_index("side")
        for column in ("co2_t.mdc", "co2_t.system", "lease.mdc1.price_usd_per_gpu", "price_usd_per_mwh.24"):
            for side in ("decomposed", "monolith"):
                least, value, largest = (rows.loc[name, column] for name in ("least", side, "largest"))
                assert least - 1e-3 <= value <= largest + 1e-3, column


def test_location_based_footprints_share_the_mean_rate():
    """Every MWh counts alike, whoever it was bought from: footprints are to purchases as the system's to all energy."""
    result = decompose(Chain("surrogate", "ex_post", "generator", 0.0, (0.9,)).scenario(0.9)).result
    found = figures(result)
    served = sum(series[0] for series in result.demand_mwh.values())
    generated = sum(series[0] for series in result.generation_mwh.values()) + 300
    assert found["total_demand_mwh"] == pytest.approx(served)
    # 261 MWh are processed locally, and 16 are bought by modular datacenters.
    assert generated == pytest.approx(served + 261 + 16, abs=1e-2)
    mean = result.co2_t["system"] / generated
    assert found["location_co2_t.local"] == pytest.approx(261 * mean, rel=1e-4)
    assert found["location_co2_t.mdc"] == pytest.approx(16 * mean, rel=1e-4)
    assert found["binding_lines"] == sum(series[0] > 1e-4 for series in result.line_price_usd_per_mw.values())
    assert found["lease.mdc3.mix_kg_per_mwh"] is None
