"""An agent whose solver fails is asked of a second one, and an error names agent, solvers, and how they ended."""

from types import SimpleNamespace

import highspy
import numpy as np
import pytest
from cases import two_agents

from walras.agents import AgentError, canonicalise
from walras.coordinator import ADMM, Compiled, Status, run
from walras.coordinator.executors import active_sets, workspaces
from walras.coordinator.executors.active_sets import ActiveSet
from walras.coordinator.executors.workspaces import Simplex
from walras.coordinator.programmes.silent_highs import SilentHighs


class Deaf(SilentHighs):
    """HiGHS that never solves, as where another number of threads is asked for than there is."""

    def run(self):
        return highspy.HighsStatus.kError


def seller(**settings):
    return canonicalise(two_agents.Seller(two_agents.MWH, **settings))


def test_where_highs_fails_clarabel_finds_the_best_response(monkeypatch):
    problem = seller(slope=0.0)
    monkeypatch.setattr(workspaces, "SilentHighs", Deaf)
    workspace = Simplex("seller", problem)
    for price, mwh in ((9.0, 0.0), (30.0, 100.0)):
        trades = problem.T @ workspace.solve(problem.c - price * problem.T.sum(axis=0))
        assert trades == pytest.approx([mwh], abs=1e-5)


def test_where_highs_fails_a_market_is_still_solved_and_certified(monkeypatch):
    monkeypatch.setattr(workspaces, "SilentHighs", Deaf)
    known = two_agents.constant_cost()
    result = run(known.market, ADMM(), Compiled())
    assert result.status == Status.CONVERGED
    assert result.best.prices == pytest.approx([30.0], rel=1e-5)


def test_an_agent_without_end_is_named_with_both_solvers():
    problem = seller(slope=0.0, capacity_mwh=np.inf)
    told = "agent seller has no best response: HiGHS ends with Unbounded, Clarabel ends with DualInfeasible; are its"
    with pytest.raises(AgentError, match=told):
        Simplex("seller", problem).solve(problem.c - 30.0 * problem.T.sum(axis=0))


def test_where_daqp_cannot_be_set_up_clarabel_answers(monkeypatch):
    problem = seller()
    refuses = SimpleNamespace(setup=lambda *_: (-6, 0.0))
    monkeypatch.setattr(active_sets.daqp, "Model", lambda: refuses)
    workspace = ActiveSet("seller", problem, problem.P)
    for price in (30.0, 20.0):
        trades = problem.T @ workspace.solve(problem.c - price * problem.T.sum(axis=0))
        assert trades == pytest.approx([(price - 10) / 2], abs=1e-5)


def test_an_agent_that_contradicts_itself_is_named_with_both_solvers():
    problem = seller(capacity_mwh=-1.0)
    told = r"agent seller has no best response: DAQP ends with flag -\d, Clarabel ends with PrimalInfeasible"
    with pytest.raises(AgentError, match=told):
        ActiveSet("seller", problem, problem.P).solve(problem.c)
