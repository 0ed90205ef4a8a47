"""The simplex method of HiGHS without a word on stdout, whatever this process solved with it before."""

from __future__ import annotations

import highspy
import scipy.sparse as sp

from ...agents.arrays import FloatArray


class SilentHighs(highspy.Highs):
    """HiGHS that prints nothing, on one thread.

    The option `threads` stays at its default: the first run of a process settles for all later ones how many there
    are, and HiGHS refuses to solve where the option says another number (1, say, after a run of somebody else with
    the default, which depends on the machine). Without parallel methods no second thread has anything to do.

    Huangfu and Hall, "Parallelizing the dual revised simplex method", Math. Prog. Comp. 10(1), 2018.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setOptionValue("parallel", "off")

    def enableCallbacks(self) -> None:
        """Be silent before the first call that prints: the constructor of HiGHS 1.16 does with this one."""
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def linear_model(
    costs: FloatArray,
    rows: sp.csc_array,
    row_bounds: tuple[FloatArray, FloatArray],
    bounds: tuple[FloatArray, FloatArray],
) -> highspy.HighsLp:
    """Least ``costs @ x`` with ``rows @ x`` and x within (lower, upper) bounds, as HiGHS takes it.

    Parameters
    ----------
    costs : array of shape (n,)
    rows : sparse array of shape (m, n)
    row_bounds, bounds : pairs of arrays of shape (m,), and of shape (n,)
    """
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.shape
    model.col_cost_ = costs
    model.row_lower_, model.row_upper_ = row_bounds
    model.col_lower_, model.col_upper_ = bounds
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    return model
