"""Agents added to a scenario, and studies drawn: what is typed in Python and in notebooks."""

import pickle

import numpy as np
import pytest
from support.small_grid import small_document, write_case

from walras import build_market, decompose, load_scenario, parse_scenario, with_monolith
from walras.agents import AgentError, Consumer, ModularDatacenter, Producer
from walras.experiments.archive.document import archive_document

WINDSIDE = {"name": "windside", "bus": 1, "capacity_mw": 3, "curtailed_mw": 1, "batches": []}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return write_case(tmp_path_factory.mktemp("added") / "case")


def scenario(case, **sections):
    return parse_scenario(small_document(case, coordinator={"mechanism": "slope-bids"}, **sections))


def village(worth=60.0):
    return Consumer("village", 2, (), np.array([worth]), np.array([1.0]), np.zeros(1))


def solar():
    return Producer("solar", 2, 1, (), 10.0, 0.0, 0.0, 0.0, 1)


def test_an_agent_that_is_added_trades_as_one_of_the_file_does(case):
    added = ModularDatacenter("windside", 1, (), 3.0, np.ones(1), 1 / 1.7)
    one = decompose(scenario(case) + added)
    other = decompose(scenario(case, modular_datacenters=[WINDSIDE]))
    assert one.run.status == other.run.status == "converged"
    for key in ("price_usd_per_mwh", "demand_mwh", "generation_mwh"):
        for name, series in getattr(other.result, key).items():
            assert getattr(one.result, key)[name] == pytest.approx(series, abs=1e-4)


def test_sellers_and_buyers_that_are_added_meet(case):
    """What the sun gives for nothing is sold out, and the village pays what all pay at its bus."""
    study = with_monolith(decompose(scenario(case) + village() + solar()))
    assert study.run.status == "converged"
    assert study.result.generation_mwh["solar"] == pytest.approx([10.0], abs=1e-4)
    (price,) = study.result.price_usd_per_mwh["2"]
    assert study.result.surplus_usd["village"] == pytest.approx((60 - price) ** 2 / 2, rel=1e-4)
    assert study.monolith.difference.welfare_relative < 1e-6


def test_the_scenario_that_is_added_to_stays_as_it_is(case):
    small = scenario(case)
    larger = small + village()
    assert (small.newcomers, len(larger.newcomers)) == ((), 1)
    assert len(build_market(larger).agents) == len(build_market(small).agents) + 1
    assert small != larger
    assert pickle.loads(pickle.dumps(larger)).newcomers[0].name == "village"


def test_the_document_of_a_run_names_who_was_added(case):
    assert archive_document(decompose(scenario(case) + village()))["added_agents"] == ["village"]
    assert archive_document(decompose(scenario(case)))["added_agents"] == []


def test_what_is_no_agent_cannot_be_added(case):
    for wrong in (3, "village", Consumer, [village()]):
        with pytest.raises(TypeError, match="a scenario takes on agents"):
            scenario(case) + wrong
    with pytest.raises(AgentError, match="appears twice"):
        build_market(scenario(case) + village() + village())


def test_what_is_no_scenario_gets_a_sentence():
    for function in (decompose, build_market):
        with pytest.raises(TypeError, match="scenario is 'rts24'; needed is a Scenario: load_scenario reads one"):
            function("rts24")


def test_a_study_draws_itself(case, tmp_path):
    figures = decompose(load_scenario("rts24", ["coordinator.mechanism=slope-bids"])).plot()
    assert list(figures) == ["convergence", "network"]
    assert "rts24" in figures["convergence"].axes[0].get_title()
    figures["network"].savefig(tmp_path / "network.png")
    assert (tmp_path / "network.png").stat().st_size > 10_000
