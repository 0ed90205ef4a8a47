"""Where no solver can say whether a market can clear, that is what the error says, and not that it cannot."""

import cvxpy as cp
import pytest
from support.small_grid import small_document, write_case

from walras import build_market, parse_scenario
from walras.coordinator.programmes.unsolved import UnsolvedProgrammeError
from walras.experiments.errors import ScenarioError
from walras.experiments.scenario import calibration
from walras.experiments.settlement import feasibility

GIVES_UP = (cp.PIQP, {"max_iter": 1})


@pytest.fixture
def small(tmp_path):
    return parse_scenario(small_document(write_case(tmp_path / "case")))


def refused_at_its_source(scenario, told):
    with pytest.raises(ScenarioError, match=told) as caught:
        build_market(scenario)
    return [fault.path for fault in caught.value.faults] == ["grid.source"]


def test_of_the_fixed_load(small, monkeypatch):
    monkeypatch.setattr(calibration, "_FEASIBILITY_SOLVERS", (GIVES_UP,))
    told = r"no solver can say whether the fixed load of hour 1 can be served \(PIQP says user_limit\)"
    assert refused_at_its_source(small, told)


def test_of_workload_and_forward_contracts(small, monkeypatch):
    def fail(costs, **constraints):
        raise UnsolvedProgrammeError("highs: numerical difficulties")

    monkeypatch.setattr(feasibility, "linear_optimum", fail)
    assert refused_at_its_source(small, r"no solver can say whether workload .* can be met \(highs: numerical")


@pytest.mark.parametrize("stage", ["_FEASIBILITY_SOLVERS", "_DISPATCH_SOLVERS"])
def test_a_second_solver_finds_the_same_baseline(small, monkeypatch, stage):
    first = build_market(small)
    monkeypatch.setattr(calibration, stage, (GIVES_UP, getattr(calibration, stage)[-1]))
    second = build_market(small)
    for one, other in zip(first.problems, second.problems, strict=True):
        assert other.c == pytest.approx(one.c, rel=1e-5)
