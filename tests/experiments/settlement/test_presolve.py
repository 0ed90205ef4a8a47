"""What is fixed and equations in two variables leave a programme, and its solution stays."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from walras.coordinator.programmes.quadratic_programme import QuadraticProgramme, by_piqp
from walras.experiments.settlement.presolve import Doubletons, opposite_rows, presolved, without_fixed

EXACT = {"eps_abs": 1e-10, "eps_rel": 1e-12}


def paired_programme(pairs: int, seed: int) -> QuadraticProgramme:
    """Sellers first and buyers after them; each pair trades one quantity, sellers have a sum to meet."""
    random = np.random.default_rng(seed)
    n = 2 * pairs
    scale = random.uniform(0.5, 2.0, pairs)
    trade = sp.hstack([sp.diags_array(scale), -sp.eye_array(pairs)], format="csr")
    total = sp.csr_array(np.concatenate([np.ones(pairs), np.zeros(pairs)])[None, :])
    limit = sp.csr_array(np.concatenate([np.zeros(pairs), random.uniform(0, 1, pairs)])[None, :])
    upper = np.concatenate([np.full(pairs, 3.0), random.uniform(1, 4, pairs)])
    return QuadraticProgramme(
        P=sp.csc_array(sp.diags_array(random.uniform(0.1, 1, n))),
        c=random.normal(0, 1, n),
        A=sp.csc_array(sp.vstack([trade, total])),
        b=np.concatenate([np.zeros(pairs), [0.4 * pairs]]),
        G=sp.csc_array(limit),
        h=np.array([0.8 * pairs]),
        lower=np.zeros(n),
        upper=upper,
    )


@settings(max_examples=25)
@given(pairs=st.integers(1, 8), seed=st.integers(0, 1000))
def test_the_solution_is_that_of_the_whole_programme(pairs, seed):
    programme = paired_programme(pairs, seed)
    substitution = Doubletons.of(programme).substitution
    whole, reduced = by_piqp(programme, EXACT), by_piqp(substitution.programme, EXACT)
    assert whole.is_solved == reduced.is_solved
    if whole.is_solved:
        assert substitution.all_variables(reduced.x) == pytest.approx(whole.x, abs=1e-6)


def test_each_pair_becomes_one_variable_and_its_equation_leaves():
    programme = paired_programme(5, 0)
    substitution = Doubletons.of(programme).substitution
    assert substitution.programme.A.shape == (1, 5)
    assert (substitution.all_variables(substitution.programme.upper) <= programme.upper + 1e-12).all()


def test_of_equations_that_share_a_variable_one_stays():
    chain = sp.csc_array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0]])
    none = sp.csc_array((0, 3))
    programme = QuadraticProgramme(
        sp.csc_array(sp.eye_array(3)), np.zeros(3), chain, np.ones(2), none, np.zeros(0), -np.ones(3), 9 * np.ones(3)
    )
    substitution = Doubletons.of(programme).substitution
    assert substitution.programme.A.shape == (1, 2)
    solved = substitution.all_variables(by_piqp(substitution.programme, EXACT).x)
    assert solved == pytest.approx([1, 0, -1], abs=1e-4)


@pytest.mark.parametrize("first_is_small", [True, False])
def test_of_two_variables_the_one_with_the_larger_coefficient_leaves(first_is_small):
    """With ``1e-6 x + y = 1`` next to nothing in y is a lot in x, and rounding in y would be too."""
    order = slice(None) if first_is_small else slice(None, None, -1)
    none = sp.csc_array((0, 2))
    programme = QuadraticProgramme(
        sp.csc_array(sp.diags_array(np.array([1.0, 0.0])[order])),
        np.array([-3.0, 0.0])[order],
        sp.csc_array(np.array([[1e-6, 1.0]])[:, order]),
        np.ones(1),
        none,
        np.zeros(0),
        np.zeros(2),
        np.array([4.0, 2.0])[order],
    )
    substitution = Doubletons.of(programme).substitution
    assert abs(substitution.columns).max() <= 1
    solved = substitution.all_variables(by_piqp(substitution.programme, EXACT).x)[order]
    assert solved == pytest.approx([3.0, 1 - 3e-6], abs=1e-8)


def test_fixed_variables_leave_with_what_they_make_of_sides():
    programme = replace(paired_programme(4, 1), lower=np.full(8, 0.3), upper=np.array([0.3, *[2.0] * 7]))
    substitution = without_fixed(programme)
    assert len(substitution.programme.c) == 7
    solved = substitution.all_variables(by_piqp(substitution.programme, EXACT).x)
    assert solved[0] == 0.3
    assert solved == pytest.approx(by_piqp(programme, EXACT).x, abs=1e-5)


@settings(max_examples=10)
@given(pairs=st.integers(1, 6), seed=st.integers(0, 1000))
def test_multipliers_of_all_equations_explain_the_gradient(pairs, seed):
    """Reduced costs point away from the nearer bound, or are nothing."""
    programme = paired_programme(pairs, seed)
    doubletons = Doubletons.of(programme)
    solved = by_piqp(doubletons.substitution.programme, EXACT)
    assume(solved.is_solved)
    x = doubletons.substitution.all_variables(solved.x)
    z = np.maximum(solved.z, 0.0)
    y = doubletons.all_multipliers(x, solved.y, z)
    reduced = programme.P @ x + programme.c + programme.A.T @ y + programme.G.T @ z
    off = np.where(reduced > 0, x - programme.lower, programme.upper - x)
    assert np.minimum(np.abs(reduced), off).max() <= 1e-5


def test_an_equation_that_another_one_has_said_leaves_and_is_not_contradicted():
    """``x = y`` leaves of ``0.1 x + 0.2 x = 0.3 y`` what rounding does: no solver may take it for a condition."""
    rows = sp.csc_array([[1.0, -1.0, 0.0], [0.1 + 0.2, -0.3, 0.0], [0.0, 1.0, 1.0]])
    none, free = sp.csc_array((0, 3)), np.full(3, np.inf)
    identity = sp.csc_array(sp.eye_array(3))
    programme = QuadraticProgramme(
        identity, np.zeros(3), rows, np.array([0.0, 1e-9, 3.0]), none, np.zeros(0), -free, free
    )
    substitution = presolved(programme)
    assert substitution.programme.A.shape == (1, 2)
    assert substitution.all_variables(by_piqp(substitution.programme, EXACT).x) == pytest.approx([1, 1, 2], abs=1e-8)


def test_an_equation_that_contradicts_another_one_stays():
    rows = sp.csc_array([[1.0, -1.0], [2.0, -2.0]])
    none, free = sp.csc_array((0, 2)), np.full(2, np.inf)
    zero = sp.csc_array((2, 2))
    programme = QuadraticProgramme(zero, np.zeros(2), rows, np.array([0.0, 1.0]), none, np.zeros(0), -free, free)
    assert presolved(programme).programme.A.shape == (1, 1)


def test_two_limits_that_meet_are_found_and_others_are_not():
    """Rows 0 and 3 leave x - y the value 0, rows 2 and 4 leave 2 y the value 1; rows 1 and 5 leave room."""
    G = sp.csc_array([[1.0, -1.0], [1.0, 1.0], [0.0, 2.0], [-1.0, 1.0], [0.0, -2.0], [-1.0, -1.0]])
    assert opposite_rows(G, np.array([0.0, 3.0, 1.0, 0.0, -1.0, 3.0])).tolist() == [[0, 3], [2, 4]]


def test_a_row_is_in_one_pair():
    G = sp.csc_array([[1.0], [-1.0], [-1.0], [1.0], [0.0]])
    assert sorted(map(sorted, opposite_rows(G, np.zeros(5)).tolist())) == [[0, 1], [2, 3]]


def test_without_limits_there_are_no_pairs():
    assert opposite_rows(sp.csc_array((0, 3)), np.zeros(0)).shape == (0, 2)
