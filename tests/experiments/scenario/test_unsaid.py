"""Where no solver can say whether a market can clear, that is what the error says, and not that it cannot."""

from dataclasses import replace

import pytest
from support.small_grid import small_document, write_case

from walras import build_market, parse_scenario
from walras.coordinator.programmes.quadratic_programme import by_clarabel, by_piqp
from walras.coordinator.programmes.unsolved import UnsolvedProgrammeError
from walras.experiments.errors import ScenarioError
from walras.experiments.scenario import calibration
from walras.experiments.settlement import feasibility


def gives_up(programme):
    """A solver that ends after one step."""
    return replace(by_piqp(programme, {"max_iter": 1}), status="PIQP ends after one step")


@pytest.fixture
def small(tmp_path):
    return parse_scenario(small_document(write_case(tmp_path / "case")))


def refused_at_its_source(scenario, told):
    with pytest.raises(ScenarioError, match=told) as caught:
        build_market(scenario)
    return [fault.path for fault in caught.value.faults] == ["grid.source"]


def test_of_the_fixed_load(small, monkeypatch):
    def fail(costs, **constraints):
        raise UnsolvedProgrammeError("highs: numerical difficulties")

    monkeypatch.setattr(calibration, "_SOLVERS", (gives_up,))
    monkeypatch.setattr(calibration, "linear_optimum", fail)
    told = r"no solver can say whether the fixed load of hour 1 can be served \(highs: numerical difficulties\)"
    assert refused_at_its_source(small, told)


def test_of_a_dispatch_that_there_is(small, monkeypatch):
    monkeypatch.setattr(calibration, "_SOLVERS", (gives_up, gives_up))
    told = r"hour 1 has a solution, but no solver finds it \(PIQP ends after one step, PIQP ends after one step\)"
    assert refused_at_its_source(small, told)


def test_of_workload_and_forward_contracts(tmp_path, monkeypatch):
    bound = {"forward_position": 0.5}
    scenario = parse_scenario(small_document(write_case(tmp_path / "case"), consumers=bound))

    def fail(costs, **constraints):
        raise UnsolvedProgrammeError("highs: numerical difficulties")

    monkeypatch.setattr(feasibility, "linear_optimum", fail)
    assert refused_at_its_source(scenario, r"no solver can say whether workload .* can be met \(highs: numerical")


def test_a_second_solver_finds_the_same_baseline(small, monkeypatch):
    first = build_market(small)
    monkeypatch.setattr(calibration, "_SOLVERS", (gives_up, calibration._SOLVERS[-1]))
    second = build_market(small)
    for one, other in zip(first.problems, second.problems, strict=True):
        assert other.c == pytest.approx(one.c, rel=1e-5)


def test_hours_that_repeat_are_dispatched_once(tmp_path, monkeypatch):
    """A year of one day's profile costs what the day does; every hour has the dispatch of its twin."""
    solved = []

    def count(programme):
        solved.append(programme)
        return by_clarabel(programme)

    monkeypatch.setattr(calibration, "_SOLVERS", (count,))
    document = small_document(write_case(tmp_path / "case"), periods=6, load_profile=[0.5, 1.0, 0.8] * 2)
    consumer = build_market(parse_scenario(document)).agents[0]
    assert len(solved) == 3
    assert consumer.willingness_usd_per_mwh[:3].tolist() == consumer.willingness_usd_per_mwh[3:].tolist()
    assert len(set(consumer.willingness_usd_per_mwh.tolist())) == 3
