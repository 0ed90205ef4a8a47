"""The linear relaxation of a mixed-integer programme, and what its rows are worth."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from ...agents.arrays import FloatArray
from .integer_programme import IntegerProgramme
from .running_beside import run_beside
from .silent_highs import SilentHighs, linear_model
from .unsolved import InfeasibleProgrammeError, UnsolvedProgrammeError

# Variables: beyond, an interior-point method without a vertex at the end is many times faster than the simplex method.
_LARGE = 20_000


@dataclass(frozen=True, eq=False)
class Relaxation:
    """Its optimum.

    Parameters
    ----------
    x : array of shape (n,)
    value : float
    row_duals : array of shape (m,)
        By how much the value rises where a row's right-hand side does.
    """

    x: FloatArray
    value: float
    row_duals: FloatArray


def solve_relaxation(programme: IntegerProgramme) -> Relaxation:
    """Least value where no variable need be whole.

    Raises
    ------
    InfeasibleProgrammeError
        If no point satisfies the constraints.
    KeyboardInterrupt
        If the user interrupts it.
    UnsolvedProgrammeError
        If HiGHS ends otherwise.
    """
    p = programme
    highs = SilentHighs()
    if len(p.c) > _LARGE:
        highs.setOptionValue("solver", "ipm")
        highs.setOptionValue("run_crossover", "off")
    model = linear_model(p.c, p.rows, (p.below, p.above), (p.lower, p.upper))
    model.offset_ = p.constant
    highs.passModel(model)
    if not run_beside(highs, lambda: True):
        raise KeyboardInterrupt
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        raise InfeasibleProgrammeError("HiGHS ends with Infeasible")
    if status != highspy.HighsModelStatus.kOptimal:
        raise UnsolvedProgrammeError(f"HiGHS ends with {highs.modelStatusToString(status)}")
    found = highs.getSolution()
    return Relaxation(np.array(found.col_value), highs.getInfo().objective_function_value, np.array(found.row_dual))
