"""How an equilibrium moves in a direction: the quadratic programme over its critical cone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import BoolArray, FloatArray, IntArray
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme, solve_programme
from ...coordinator.programmes.unsolved import UnsolvedProgrammeError
from .direction import Direction
from .held_system import HeldSystem
from .limits_held import Standings, inequalities_of
from .polishing import Conditions, polished
from .sharp_point import SharpPoint

# Of moves and multipliers for a unit of the parameter: a wrong sign that is rounding.
_ROUNDING = 1e-7
PIQP_SETTINGS = {"max_iter": 1000, "eps_abs": 1e-10, "eps_rel": 1e-11, "eps_duality_gap_abs": 1e-9}


@dataclass(frozen=True, eq=False)
class Response:
    """How variables and multipliers move for each unit of a parameter, to one side.

    Parameters
    ----------
    x, equal, multipliers : arrays of shape (n,), (equalities,), (inequalities,)
    kept : array of int
        Inequalities that stay without slack on this side.
    """

    x: FloatArray
    equal: FloatArray
    multipliers: FloatArray
    kept: IntArray

    def __neg__(self) -> Response:
        """For each unit less of the parameter, from how the point moves for one more of its opposite, and back."""
        return replace(self, x=-self.x, equal=-self.equal, multipliers=-self.multipliers)


class CriticalCone:
    """Derivatives of a point to one side of any parameter.

    The derivative of a quadratic programme's solution solves the programme over the critical cone, in which limits
    that hold the point are equations and those that it only touches remain limits (Robinson, "Generalized equations
    and their solutions, part II", Math. Programming Study 19, 1982; Bonnans and Shapiro, "Perturbation Analysis of
    Optimization Problems", 2000; Facchinei and Pang, "Finite-Dimensional Variational Inequalities and Complementarity
    Problems", 2003, chapter 5). What it says is exact up to the next limit, since the programme is quadratic.

    Parameters
    ----------
    point : SharpPoint
    standing : Standings, optional
        Default: that of the point.
    """

    def __init__(self, point: SharpPoint, standing: Standings | None = None) -> None:
        self.point = point
        self.standing = point.standings if standing is None else standing
        self._systems: dict[bytes, HeldSystem] = {}
        none = np.zeros(0, dtype=np.int64)
        self._patterns = [none] if not len(self.standing.touched) else [none, self.standing.touched]

    def _system(self, kept: IntArray) -> HeldSystem:
        key = kept.tobytes()
        if key not in self._systems:
            rows = self.point.inequalities.rows[kept]
            whole = sp.csr_array(sp.vstack([self.point.programme.A, rows], format="csr"))
            self._systems[key] = HeldSystem(self.point.programme.P, whole)
        return self._systems[key]

    def _kept(self, touched: IntArray) -> IntArray:
        return np.sort(np.concatenate([self.standing.held, touched]))

    def determined(
        self, by_x: FloatArray, by_equal: FloatArray, by_multipliers: FloatArray, kept: IntArray
    ) -> BoolArray:
        """Which linear figures all moves have in common that keep the same inequalities.

        Where ``(by_x, by_equal, by_multipliers)`` is what the system makes of something, it is orthogonal to all that
        the system leaves open, as the system is symmetric.

        Parameters
        ----------
        by_x, by_equal, by_multipliers : arrays of shape (n, figures), (equalities, figures), (inequalities, figures)
        kept : array of int

        Returns
        -------
        array of bool, shape (figures,)
        """
        return self._system(kept).solve(by_x, np.vstack([by_equal, by_multipliers[kept]]))[2]

    def unique(self, by_x: FloatArray, by_equal: FloatArray, by_multipliers: FloatArray) -> BoolArray:
        """Which linear figures all solutions and all multipliers of the point itself have in common."""
        if not len(self.standing.touched):
            # What is open in trades has nothing to do with what is open in multipliers.
            return self.determined(by_x, by_equal, by_multipliers, self.standing.held)
        without, touching = self.standing.held, self._kept(self.standing.touched)
        none = np.zeros_like(by_x)
        of_multipliers = self.determined(none, by_equal, by_multipliers, without)
        no_equal, no_multipliers = np.zeros_like(by_equal), np.zeros_like(by_multipliers)
        return of_multipliers & self.determined(by_x, no_equal, no_multipliers, touching)

    def responses(self, directions: list[Direction]) -> list[Response | None]:
        """How the point moves in each direction; None where the point cannot move steadily, but jumps."""
        found: list[Response | None] = [None] * len(directions)
        open_ = list(range(len(directions)))
        for touched in self._patterns:
            open_ = self._fitting(directions, open_, touched, found)
        while open_ and len(self.standing.touched):
            first, *rest = open_
            pattern = self._by_programme(directions[first])
            if pattern is not None:
                self._patterns.append(pattern)
                # What contracts leave open may look as if a limit were broken: the programme knows better.
                (move,), is_solved, _ = self._linear([directions[first]], pattern)
                found[first] = move if is_solved[0] else None
                rest = self._fitting(directions, rest, pattern, found)
            open_ = rest
        return found

    def _fitting(
        self, directions: list[Direction], open_: list[int], touched: IntArray, found: list[Response | None]
    ) -> list[int]:
        """Fill in the responses in which just these touched limits are kept, and return what is left open."""
        if not open_:
            return []
        moves, is_solved, agrees = self._linear([directions[i] for i in open_], touched)
        fits = (is_solved & agrees).tolist()
        for i, move, does_fit in zip(open_, moves, fits, strict=True):
            found[i] = move if does_fit else None
        return [i for i, does_fit in zip(open_, fits, strict=True) if not does_fit]

    def _linear(self, directions: list[Direction], touched: IntArray) -> tuple[list[Response], BoolArray, BoolArray]:
        """Responses if just these touched limits are kept, whether there are any, and whether their signs agree."""
        kept = self._kept(touched)
        upper = -np.array([one.gradient for one in directions]).T
        lower = np.array([np.concatenate([one.equal, one.at_most[kept]]) for one in directions]).T
        x, y, is_solved = self._system(kept).solve(upper, lower)
        equalities = len(self.point.equal)
        multipliers = np.zeros((len(self.point.multipliers), len(directions)))
        multipliers[kept] = y[equalities:]
        at_most = np.array([one.at_most for one in directions]).T
        weak = self.standing.touched
        scale = np.maximum(1.0, np.abs(x).max(axis=0, initial=0.0)) * _ROUNDING
        excess = self.point.inequalities.rows[weak] @ x - at_most[weak]
        weights = np.maximum(1.0, np.abs(y).max(axis=0, initial=0.0)) * _ROUNDING
        agrees = (excess <= scale).all(axis=0) & (multipliers[touched] >= -weights).all(axis=0)
        columns = range(len(directions))
        return [Response(x[:, i], y[:equalities, i], multipliers[:, i], kept) for i in columns], is_solved, agrees

    def _by_programme(self, direction: Direction) -> IntArray | None:
        """Limits that are kept by the solution of the programme over the cone; None if it has none."""
        point, held, weak = self.point, self.standing.held, self.standing.touched
        q, rows = point.programme, point.inequalities.rows
        free = np.full(len(q.c), np.inf)
        cone = QuadraticProgramme(
            P=q.P,
            c=direction.gradient,
            A=sp.csc_array(sp.vstack([q.A, rows[held]], format="csc")),
            b=np.concatenate([direction.equal, direction.at_most[held]]),
            G=sp.csc_array(rows[weak]),
            h=direction.at_most[weak],
            lower=-free,
            upper=free,
        )
        try:
            ending = solve_programme(cone, PIQP_SETTINGS)
        except UnsolvedProgrammeError:
            return None
        end = polished(Conditions(ending.x, ending.y, ending.z), lambda _: cone, inequalities_of(cone))
        keeps = end.multipliers > direction.at_most[weak] - rows[weak] @ end.x
        return np.asarray(weak[keeps])
