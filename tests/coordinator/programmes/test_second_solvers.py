"""Where the first solver fails a second one answers, and if that fails too the error says how both ended."""

from types import SimpleNamespace

import cvxpy as cp
import numpy as np
import pytest
import scipy.sparse as sp

from walras.coordinator.programmes import linear_programme, quadratic_programme
from walras.coordinator.programmes.cvxpy_solvers import solve_by_first
from walras.coordinator.programmes.quadratic_programme import QuadraticProgramme, solve_programme
from walras.coordinator.programmes.unsolved import InfeasibleProgrammeError, UnsolvedProgrammeError

INF = np.inf


def nearest_to(point, total, upper=INF):
    """The point of ``x_1 + x_2 = total``, ``x_1 <= 1`` and ``x <= upper`` that is nearest to another."""
    return QuadraticProgramme(
        sp.csc_array(2 * np.eye(2)), -2 * np.array(point), sp.csc_array(np.ones((1, 2))), np.array([total]),
        sp.csc_array(np.array([[1.0, 0.0]])), np.array([1.0]), np.full(2, -INF), np.full(2, upper),
    )  # fmt: skip


@pytest.mark.parametrize("piqp_settings", [{}, {"max_iter": 1}], ids=["PIQP", "Clarabel"])
def test_solutions_and_multipliers_are_those_on_paper(piqp_settings):
    """At (1, 3) the gradient is (2 - 2 * 3, 2 * 3 - 2 * 1): y is -4 of both, and z, of the first, 8."""
    found = solve_programme(nearest_to((3.0, 1.0), 4.0), piqp_settings)
    assert found.status.startswith("Clarabel" if piqp_settings else "PIQP")
    assert found.x == pytest.approx([1.0, 3.0], abs=1e-6)
    assert found.y == pytest.approx([-4.0], abs=1e-5)
    assert found.z == pytest.approx([8.0], abs=1e-5)


def test_what_has_no_solution_is_told_from_what_is_not_found(monkeypatch):
    with pytest.raises(InfeasibleProgrammeError, match=r"PIQP ends with .*, Clarabel ends with PrimalInfeasible"):
        solve_programme(nearest_to((3.0, 1.0), 4.0, upper=1.5), {})
    gave_up = SimpleNamespace(is_solved=False, is_infeasible=False, status="Clarabel ends with NumericalError")
    monkeypatch.setattr(quadratic_programme, "by_clarabel", lambda programme: gave_up)
    with pytest.raises(
        UnsolvedProgrammeError, match="PIQP_MAX_ITER_REACHED, Clarabel ends with NumericalError"
    ) as told:
        solve_programme(nearest_to((3.0, 1.0), 4.0), {"max_iter": 1})
    assert not isinstance(told.value, InfeasibleProgrammeError)


def test_a_linear_programme_is_tried_by_an_interior_point_method_too(monkeypatch):
    tried = []

    def fails_first(costs, method, **constraints):
        tried.append(method)
        status = (4, 0)[len(tried) - 1]
        return SimpleNamespace(status=status, x=np.zeros(1), message="numerical difficulties")

    monkeypatch.setattr(linear_programme, "linprog", fails_first)
    assert linear_programme.linear_optimum(np.ones(1)).status == 0
    assert tried == ["highs", "highs-ipm"]


def test_linear_programmes_without_solution_are_told_apart(monkeypatch):
    with pytest.raises(InfeasibleProgrammeError, match="infeasible"):
        linear_programme.linear_optimum(np.ones(1), A_eq=np.ones((1, 1)), b_eq=[-1.0], bounds=(0, None))
    failed = SimpleNamespace(status=4, x=None, message="numerical difficulties")
    monkeypatch.setattr(linear_programme, "linprog", lambda costs, method: failed)
    with pytest.raises(UnsolvedProgrammeError, match="highs: numerical difficulties; highs-ipm: numerical") as told:
        linear_programme.linear_optimum(np.ones(1))
    assert not isinstance(told.value, InfeasibleProgrammeError)


def test_a_problem_of_cvxpy_goes_to_the_second_solver():
    x = cp.Variable()
    problem = cp.Problem(cp.Minimize(cp.square(x - 2)), [x >= 3])
    # One iteration does not do for PIQP; a QP is nothing for linear programmes.
    assert solve_by_first(problem, ((cp.PIQP, {"max_iter": 1}), (cp.CLARABEL, {}))) == ""
    assert x.value == pytest.approx(3)
    failures = solve_by_first(problem, ((cp.PIQP, {"max_iter": 1}), (cp.SCIPY, {})))
    assert failures.startswith("PIQP says user_limit; SCIPY: ")
