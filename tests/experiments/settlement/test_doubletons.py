"""Equations in two variables leave a programme, and its solution stays."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from walras.coordinator.programmes.quadratic_programme import QuadraticProgramme, by_piqp
from walras.experiments.settlement.doubletons import without_doubletons

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
    substitution = without_doubletons(programme)
    whole, reduced = by_piqp(programme, EXACT), by_piqp(substitution.programme, EXACT)
    assert whole.is_solved == reduced.is_solved
    if whole.is_solved:
        assert substitution.all_variables(reduced.x) == pytest.approx(whole.x, abs=1e-6)


def test_each_pair_becomes_one_variable_and_its_equation_leaves():
    reduced = without_doubletons(paired_programme(5, 0)).programme
    assert reduced.A.shape == (1, 5)
    assert reduced.upper.max() <= 3.0


def test_of_equations_that_share_a_variable_one_stays():
    chain = sp.csc_array([[1.0, -1.0, 0.0], [0.0, 1.0, -1.0]])
    none = sp.csc_array((0, 3))
    programme = QuadraticProgramme(
        sp.csc_array(sp.eye_array(3)), np.zeros(3), chain, np.ones(2), none, np.zeros(0), -np.ones(3), 9 * np.ones(3)
    )
    substitution = without_doubletons(programme)
    assert substitution.programme.A.shape == (1, 2)
    solved = substitution.all_variables(by_piqp(substitution.programme, EXACT).x)
    assert solved == pytest.approx([1, 0, -1], abs=1e-4)
