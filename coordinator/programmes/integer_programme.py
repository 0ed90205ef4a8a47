"""A mixed-integer linear programme by HiGHS: incumbent and bound at any moment, kept when it is broken off."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from threading import Event

import highspy
import numpy as np
import scipy.sparse as sp

from ...agents.arrays import BoolArray, FloatArray
from .running_beside import run_beside
from .silent_highs import SilentHighs, linear_model
from .unsolved import InfeasibleProgrammeError, UnsolvedProgrammeError

OPTIMAL = "optimal"
_ENDED = {
    highspy.HighsModelStatus.kOptimal: OPTIMAL,
    highspy.HighsModelStatus.kTimeLimit: "time_limit",
}
# HiGHS's word for problems whose relaxation has no solution or no bound, which it does not tell apart.
_INFEASIBLE = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)

# What HiGHS does within a search that pays in minutes and takes most of the time of tenths of a second: programmes near
# the best point, and beginning anew where many variables are fixed.
_FOR_LONG_SEARCHES = (
    "mip_heuristic_run_root_reduced_cost",
    "mip_heuristic_run_rens",
    "mip_heuristic_run_rins",
    "mip_allow_restart",
)


@dataclass(frozen=True, eq=False)
class IntegerProgramme:
    """Minimise ``c @ x + constant``, some x whole, with ``below <= rows @ x <= above`` and ``lower <= x <= upper``.

    Parameters
    ----------
    c, lower, upper : arrays of shape (n,)
    constant : float
        The gap is relative to the whole objective.
    rows : sparse array of shape (m, n)
    below, above : arrays of shape (m,)
    is_integer : array of bool, shape (n,)
    """

    c: FloatArray
    constant: float
    rows: sp.csc_array
    below: FloatArray
    above: FloatArray
    lower: FloatArray
    upper: FloatArray
    is_integer: BoolArray


@dataclass(frozen=True, eq=False)
class Incumbent:
    """The best point found, and what no point falls below.

    Parameters
    ----------
    x : array of shape (n,), or None
        None if no point was found in time.
    value, bound : float
        Objective at x, infinite without one; least value that is not ruled out.
    status : str
        "optimal" (within the gap), "time_limit" or "interrupted".
    seconds : float
    """

    x: FloatArray | None
    value: float
    bound: float
    status: str
    seconds: float

    @property
    def is_optimal(self) -> bool:
        """Whether it is the best point within the gap."""
        return self.status == OPTIMAL


class IntegerInterrupted(KeyboardInterrupt):
    """The user broke the solver off; what there was by then is attached."""

    def __init__(self, incumbent: Incumbent) -> None:
        super().__init__("interrupted")
        self.incumbent = incumbent


def solve_integer(
    programme: IntegerProgramme,
    gap: float,
    seconds: float = inf,
    start: FloatArray | None = None,
    on_progress: Callable[[float, float, float], None] | None = None,
    broken_off: Event | None = None,
    *,
    is_short: bool = False,
) -> Incumbent:
    """Solve until the relative gap or the time is reached.

    Huangfu and Hall, "Parallelizing the dual revised simplex method", Math. Prog. Comp. 10(1), 2018, whose solver has
    a branch-and-cut method.

    Parameters
    ----------
    programme : IntegerProgramme
    gap : float
        Relative, of incumbent and bound.
    seconds : float
        Of wall-clock time.
    start : array of shape (n,), optional
        A point to begin from, NaN where it is open; one that cannot be completed is not begun from.
    on_progress : callable, optional
        Called with seconds, incumbent's value and bound, every tenth of a second.
    broken_off : Event, optional
        Ends the search when it is set, as the user's interrupt does in the main thread.
    is_short : bool
        Whether some tenths of a second are expected: HiGHS does without what pays in long searches alone.

    Raises
    ------
    InfeasibleProgrammeError
        If no point satisfies the constraints.
    IntegerInterrupted
        If the user interrupts it, or it is broken off.
    UnsolvedProgrammeError
        If HiGHS ends otherwise.
    """
    begin = time.perf_counter()
    highs = _loaded(programme, gap, seconds)
    if is_short:
        for option in _FOR_LONG_SEARCHES:
            highs.setOptionValue(option, False)
    if start is not None:
        known = np.flatnonzero(~np.isnan(start))
        highs.setSolution(len(known), known.astype(np.int32), start[known])
    seen = _Seen()
    highs.cbMipLogging += seen.update

    def goes_on() -> bool:
        if on_progress is not None:
            on_progress(time.perf_counter() - begin, seen.value, seen.bound)
        return broken_off is None or not broken_off.is_set()

    ended = run_beside(highs, goes_on)
    seconds = time.perf_counter() - begin
    if not ended:
        # HiGHS may end without a word of its own then.
        x = _point(highs)
        value = inf if x is None else highs.getInfo().objective_function_value
        raise IntegerInterrupted(Incumbent(x, value, seen.bound, "interrupted", seconds))
    return _ending(highs, seconds, has_search=bool(programme.is_integer.any()))


class _Seen:
    """What HiGHS has told of its search so far."""

    value, bound = inf, -inf

    def update(self, event: highspy.HighsCallbackEvent) -> None:
        self.value, self.bound = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound


def _loaded(programme: IntegerProgramme, gap: float, seconds: float) -> SilentHighs:
    p = programme
    highs = SilentHighs()
    highs.setOptionValue("mip_rel_gap", gap)
    # The absolute one, of the objective's own unit, would end the search of an objective of cents at once.
    highs.setOptionValue("mip_abs_gap", 0.0)
    highs.setOptionValue("time_limit", seconds)
    model = linear_model(p.c, p.rows, (p.below, p.above), (p.lower, p.upper))
    model.offset_ = p.constant
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model.integrality_ = [kinds[int(whole)] for whole in p.is_integer]
    highs.passModel(model)
    return highs


def _ending(highs: SilentHighs, seconds: float, *, has_search: bool) -> Incumbent:
    status, info = highs.getModelStatus(), highs.getInfo()
    if status in _INFEASIBLE:
        raise InfeasibleProgrammeError(f"HiGHS ends with {highs.modelStatusToString(status)}")
    if status not in _ENDED:
        raise UnsolvedProgrammeError(f"HiGHS ends with {highs.modelStatusToString(status)}")
    x = _point(highs)
    value = inf if x is None else info.objective_function_value
    # Without whole variables there is no search, and the solution is its own bound.
    is_own_bound = status == highspy.HighsModelStatus.kOptimal and not has_search
    return Incumbent(x, value, value if is_own_bound else info.mip_dual_bound, _ENDED[status], seconds)


def _point(highs: SilentHighs) -> FloatArray | None:
    """The best point that was found, if any."""
    has_point = highs.getInfo().primal_solution_status == highspy.kSolutionStatusFeasible
    return np.array(highs.getSolution().col_value) if has_point else None
