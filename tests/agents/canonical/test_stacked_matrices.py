"""Stacked matrices are the agents' own, one after the other."""

import numpy as np
import scipy.sparse as sp
from cases.feasible import EVERY_KIND

from walras.agents import canonicalise
from walras.agents.canonical.stacked_matrices import ByAgent, stacked_matrices

PROBLEMS = [canonicalise(sampled.agent) for sampled in EVERY_KIND.values()]


def test_blocks_are_those_of_the_agents():
    stacked = stacked_matrices(PROBLEMS)
    for name, matrix in (
        ("P", stacked.P),
        ("A", stacked.equality_rows),
        ("G", stacked.inequality_rows),
        ("T", stacked.T),
    ):
        expected = sp.block_diag([getattr(problem, name) for problem in PROBLEMS]).toarray()
        np.testing.assert_array_equal(matrix.toarray(), expected)
        assert matrix.has_sorted_indices
    np.testing.assert_array_equal(stacked.rows.toarray()[len(stacked.b) :], stacked.inequality_rows.toarray())


def test_costs_are_those_of_the_agents():
    stacked = stacked_matrices(PROBLEMS)
    x = np.random.default_rng(2).normal(size=len(stacked.c))
    ends = stacked.variables
    expected = [problem.cost(x[a:b]) for problem, a, b in zip(PROBLEMS, ends[:-1], ends[1:], strict=True)]
    np.testing.assert_allclose(stacked.costs(x), expected, rtol=1e-12)


def test_agents_without_values_have_no_sum_and_no_least():
    by_agent = ByAgent(np.array([0, 2, 0, 1, 0]))
    values = np.array([3.0, -1.0, 5.0])
    assert by_agent.sums(values).tolist() == [0, 2, 0, 5, 0]
    assert by_agent.least(values).tolist() == [np.inf, -1, np.inf, 5, np.inf]
    assert by_agent.repeated(np.arange(5)).tolist() == [1, 1, 3]
