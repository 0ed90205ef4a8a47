"""Variables follow from equations as far as substitution gets."""

import numpy as np
import scipy.sparse as sp

from walras.agents.canonical.recovered_variables import Recovery

# x0 = 2; x1 = 5 - x0; x2 and x3 only together.
EQUATIONS = sp.csr_array(np.array([[2.0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 1]]))


def test_substitution_goes_on_from_what_is_known():
    recovery = Recovery(EQUATIONS)
    assert recovery.is_known.tolist() == [True, True, False, False]
    assert recovery.is_left.tolist() == [False, False, True, True]
    assert recovery.variables(np.array([4.0, 5.0, 7.0, 9.0])).tolist() == [2.0, 3.0, 0.0, 0.0]


def test_of_two_equations_for_one_variable_one_is_left():
    recovery = Recovery(sp.csr_array(np.array([[1.0], [1.0]])))
    assert recovery.is_known.all()
    assert recovery.is_left.sum() == 1


def test_without_equations_nothing_is_known():
    assert not Recovery(sp.csr_array((0, 3))).is_known.any()
