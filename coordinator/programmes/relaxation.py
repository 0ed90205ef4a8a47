"""The linear relaxation of a mixed-integer programme, and what its rows are worth."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import inf

import highspy
import numpy as np

from ...agents.arrays import FloatArray, IntArray
from .integer_programme import IntegerProgramme
from .running_beside import run_beside
from .silent_highs import SilentHighs, linear_model
from .unsolved import InfeasibleProgrammeError, OutOfTimeError, UnsolvedProgrammeError

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
        By how much the value rises where a row's right-hand side does; the programme's own rows come first.
    basis : highspy.HighsBasis, or None
        To begin from where little changes; None after an interior-point method.
    """

    x: FloatArray
    value: float
    row_duals: FloatArray
    basis: highspy.HighsBasis | None


@dataclass(frozen=True, eq=False)
class Row:
    """One more constraint: ``values @ x[columns] >= least``."""

    columns: IntArray
    values: FloatArray
    least: float


class RepeatedRelaxation:
    """A relaxation that is solved again and again, under other bounds and with other rows beside its own.

    Parameters
    ----------
    programme : IntegerProgramme

    Attributes
    ----------
    has_bases : bool
        Whether it begins from bases, and takes a fraction of the time then: large programmes do not.
    """

    def __init__(self, programme: IntegerProgramme) -> None:
        p = programme
        self._own_rows, self._highs = p.rows.shape[0], SilentHighs()
        self._rows: tuple[Row, ...] = ()
        self.has_bases = len(p.c) <= _LARGE
        if not self.has_bases:
            self._highs.setOptionValue("solver", "ipm")
            self._highs.setOptionValue("run_crossover", "off")
        model = linear_model(p.c, p.rows, (p.below, p.above), (p.lower, p.upper))
        model.offset_ = p.constant
        self._highs.passModel(model)

    def solve(
        self,
        lower: FloatArray,
        upper: FloatArray,
        rows: tuple[Row, ...] = (),
        near: highspy.HighsBasis | None = None,
        until: float = inf,
    ) -> Relaxation:
        """Least value where no variable need be whole.

        Parameters
        ----------
        lower, upper : arrays of shape (n,)
            Bounds of x.
        rows : tuple of Row
            Beside the programme's own ones.
        near : highspy.HighsBasis, optional
            Of an optimum with the first ones of these rows.
        until : float
            When to break off, by `time.perf_counter`.

        Raises
        ------
        InfeasibleProgrammeError
            If no point satisfies the constraints.
        KeyboardInterrupt
            If the user interrupts it.
        OutOfTimeError
            If it is broken off.
        UnsolvedProgrammeError
            If HiGHS ends otherwise.
        """
        highs, count = self._highs, len(lower)
        if time.perf_counter() >= until:
            raise OutOfTimeError("no time is left for HiGHS")
        highs.changeColsBounds(count, np.arange(count, dtype=np.int32), lower, upper)
        self._exchange(rows)
        if near is not None:
            highs.setBasis(self._begun(near))
        status = self._ended(until)
        if near is not None and status != highspy.HighsModelStatus.kOptimal:
            # Rounding may have spoiled the basis.
            highs.clearSolver()
            status = self._ended(until)
        if status == highspy.HighsModelStatus.kInfeasible:
            raise InfeasibleProgrammeError("HiGHS ends with Infeasible")
        if status != highspy.HighsModelStatus.kOptimal:
            raise UnsolvedProgrammeError(f"HiGHS ends with {highs.modelStatusToString(status)}")
        found, basis = highs.getSolution(), highs.getBasis()
        return Relaxation(
            np.array(found.col_value),
            highs.getInfo().objective_function_value,
            np.array(found.row_dual),
            basis if basis.valid else None,
        )

    def _ended(self, until: float) -> highspy.HighsModelStatus:
        is_over = False

        def goes_on() -> bool:
            nonlocal is_over
            is_over = time.perf_counter() >= until
            return not is_over

        if not run_beside(self._highs, goes_on):
            raise OutOfTimeError("HiGHS is broken off") if is_over else KeyboardInterrupt
        status: highspy.HighsModelStatus = self._highs.getModelStatus()
        return status

    def _exchange(self, rows: tuple[Row, ...]) -> None:
        """Have these rows beside the programme's own ones."""
        if rows == self._rows:
            return
        kept, self._rows = len(self._rows), ()
        self._highs.deleteRows(kept, np.arange(self._own_rows, self._own_rows + kept, dtype=np.int32))
        for row in rows:
            columns = row.columns.astype(np.int32)
            if self._highs.addRow(row.least, np.inf, len(columns), columns, row.values) != highspy.HighsStatus.kOk:
                raise UnsolvedProgrammeError("HiGHS refuses a row")
            self._rows = (*self._rows, row)

    def _begun(self, near: highspy.HighsBasis) -> highspy.HighsBasis:
        """The basis with all rows that it does not know of slack."""
        begun, of_rows = highspy.HighsBasis(), near.row_status
        missing = self._own_rows + len(self._rows) - len(of_rows)
        begun.col_status = near.col_status
        begun.row_status = [*of_rows, *[highspy.HighsBasisStatus.kBasic] * missing]
        begun.valid = True
        return begun


def solve_relaxation(programme: IntegerProgramme, until: float = inf) -> Relaxation:
    """The relaxation once; end and errors as for `RepeatedRelaxation.solve`."""
    return RepeatedRelaxation(programme).solve(programme.lower, programme.upper, until=until)
