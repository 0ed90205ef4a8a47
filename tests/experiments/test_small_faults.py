"""Small markets that once went wrong: over many orders of magnitude, almost flat, or with a closed line."""

from pathlib import Path

import numpy as np
import pytest

from walras.agents import Producer
from walras.coordinator import Status
from walras.experiments.scenario.reading import read_scenario
from walras.experiments.study import decompose, with_monolith

FOLDER = Path(__file__).parents[1] / "data" / "faults"
CASES = [
    ("scales_230", "admm", 1000),
    ("scales_230", "level-bundle", 1000),
    ("scales_2", "level-bundle", 1000),
    ("scales_8", "level-bundle", 1000),
    ("flat_0", "admm-anderson", 700),
    ("flat_4", "slope-bids", 60),
]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]} {case[1]}")
def study(request):
    name, mechanism, rounds = request.param
    overrides = [f"coordinator.mechanism={mechanism}", f"coordinator.max_rounds={rounds}"]
    loaded = read_scenario(FOLDER / name / "s.yaml", overrides)
    return with_monolith(decompose(loaded.scenario, case=loaded.case))


def test_what_is_shown_keeps_every_limit_and_clears(study):
    assert study.run.status == Status.CONVERGED
    allocation = study.decomposition.settlement.allocation
    for agent in study.market.agents:
        if isinstance(agent, Producer):
            made = np.array(study.result.generation_mwh[agent.name])
            assert made.max() <= agent.capacity_mw * (1 + 1e-6) + 1e-9
    for line, limit in zip(study.built.case.grid.line_ids, study.built.case.grid.limit_mw, strict=True):
        assert abs(study.result.flow_mw[line][0]) <= limit * (1 + 1e-6) + 1e-9
    imbalance = study.market.imbalance(allocation.trades)
    assert np.abs(imbalance).max() <= 1e-7 * np.abs(allocation.trades).max()


def test_it_is_proven_to_be_as_good_as_the_monolith_confirms(study):
    gap = study.decomposition.settlement.repaired_gap
    assert 0 <= gap <= 1e-6
    lost = (study.monolith.result.welfare_usd - study.result.welfare_usd) / study.run.certificate.scale_usd
    assert -1e-7 <= lost <= gap + 1e-7


def test_small_loads_are_right_in_their_own_scale(study):
    for bus, demand in study.result.demand_mwh.items():
        assert demand == pytest.approx(study.monolith.result.demand_mwh[bus], rel=5e-3)


def test_the_reason_says_what_was_reached_and_not_only_what_ran_out(study):
    assert study.run.reason.startswith("relative gap ")
    assert "within 1e-06" in study.run.reason
