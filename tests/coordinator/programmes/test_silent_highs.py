"""HiGHS is silent from its constructor on, and solves whatever the process solved with it before."""

import subprocess
import sys

import pytest

FIRST = """
import highspy

first = highspy.Highs()
first.setOptionValue("output_flag", False)
first.setOptionValue("threads", 2)
first.run()
"""
SOLVES = """
import numpy as np
import scipy.sparse as sp
from walras.coordinator.programmes.silent_highs import SilentHighs, linear_model

rows = sp.csc_array(np.ones((1, 2)))
sums, bounds = (np.array([5.0]), np.array([9.0])), (np.zeros(2), np.array([8.0, 3.0]))
model = linear_model(np.array([2.0, 1.0]), rows, sums, bounds)
highs = SilentHighs()
highs.passModel(model)
highs.run()
assert highs.modelStatusToString(highs.getModelStatus()) == "Optimal"
assert list(highs.getSolution().col_value) == [2.0, 3.0]
"""
AFTERWARDS = """
import cvxpy as cp
from walras.coordinator.programmes.cvxpy_solvers import solve_by_first

x = cp.Variable()
assert not solve_by_first(cp.Problem(cp.Minimize(x), [x >= 3]), ((cp.SCIPY, {}), (cp.CLARABEL, {})))
assert abs(x.value - 3) < 1e-6
"""


def printed(code: str) -> tuple[str, str]:
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout, answer.stderr


@pytest.mark.parametrize("code", [SOLVES, AFTERWARDS + SOLVES], ids=["first", "after CVXPY"])
def test_a_fresh_process_prints_nothing(code):
    assert printed(code) == ("", "")


def test_it_solves_on_a_scheduler_of_two_threads_that_somebody_else_started():
    """What `threads=1` after a run with the default ends with, wherever the default is more than one."""
    printed(FIRST + SOLVES)
