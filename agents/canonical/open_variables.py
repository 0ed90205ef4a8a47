"""Variables that trades do not tell: chosen such that each agent's constraints are violated least."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog
from scipy.sparse.linalg import SuperLU, splu

from ..agent import AgentError
from ..arrays import FloatArray, IntArray

# Of HiGHS, in multiples of the size of each constraint.
_TOLERANCE = 1e-10
# Keeps the system of least squares regular; what that costs is won back in as many corrections.
_REGULARISATION = 1e-12
_CORRECTIONS = 2


class OpenVariables:
    """Least squares where they meet every constraint, as voltage angles do that trades tell together.

    Else one linear programme over some variables of all agents, in which every agent has a violation of its own.

    Parameters
    ----------
    variables : array of int, shape (open,)
        Their positions among all variables.
    rows : sparse array of shape (rows, variables)
        ``rows @ x <= sides``, with bounds and both directions of equations among them. Sides may be infinite.
    owner : array of int, shape (rows,)
        Whose each row is.
    equations : int
        How many of the rows, the first ones, are one direction of equations.
    """

    def __init__(self, variables: IntArray, rows: sp.csr_array, owner: IntArray, equations: int) -> None:
        self._variables = variables
        self._rows = np.flatnonzero(np.diff(rows[:, variables].indptr))
        self._all, self._open = rows[self._rows], rows[self._rows][:, variables]
        self._equations = self._open[: int(np.searchsorted(self._rows, equations))]
        self._agents, self._agent = np.unique(owner[self._rows], return_inverse=True)

    def completed(self, x: FloatArray, sides: FloatArray, sizes: FloatArray) -> FloatArray:
        """All variables, with the open ones such that each agent's largest violation, relative to sizes, is least.

        Parameters
        ----------
        x : array of shape (variables,)
            With zeros for the open ones.
        sides, sizes : arrays of shape (rows,)

        Raises
        ------
        AgentError
            If HiGHS does not find them.
        """
        left = sides[self._rows] - self._all @ x
        solved = self._least_squares(left[: self._equations.shape[0]])
        if (self._open @ solved <= left + _TOLERANCE * sizes[self._rows]).all():
            result = x.copy()
            result[self._variables] = solved
            return result
        kept = np.flatnonzero(np.isfinite(left))
        size, agents = sizes[self._rows][kept], len(self._agents)
        ones = (-np.ones(len(kept)), (np.arange(len(kept)), self._agent[kept]))
        violation = sp.csr_array(ones, shape=(len(kept), agents))
        solution = linprog(
            c=np.repeat([0.0, 1.0], [len(self._variables), agents]),
            A_ub=sp.hstack([sp.diags_array(1 / size) @ self._open[kept], violation], format="csr"),
            b_ub=left[kept] / size,
            bounds=[(None, None)] * len(self._variables) + [(0, None)] * agents,
            method="highs",
            options={"primal_feasibility_tolerance": _TOLERANCE},
        )
        if solution.x is None:
            raise AgentError(f"HiGHS finds no variables that have the trades: {solution.message}")
        result = x.copy()
        result[self._variables] = solution.x[: len(self._variables)]
        return result

    def _least_squares(self, sides: FloatArray) -> FloatArray:
        """Variables at which the equations hold as nearly as they can."""
        rows, columns = self._equations.shape
        x = np.zeros(columns)
        for _ in range(1 + _CORRECTIONS):
            missing = np.concatenate([sides - self._equations @ x, np.zeros(columns)])
            x += self._factor.solve(missing)[rows:]
        return x

    @cached_property
    def _factor(self) -> SuperLU:
        """Of ``[[1, E], [E', -r]]``, which is quasidefinite: any order of elimination will do."""
        rows, columns = self._equations.shape
        system = sp.block_array(
            [
                [sp.eye_array(rows), self._equations],
                [self._equations.T, -_REGULARISATION * sp.eye_array(columns)],
            ],
            format="csc",
        )
        return splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
