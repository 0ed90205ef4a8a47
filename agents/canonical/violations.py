"""Violations: by how much trades break the constraints of those who hold them."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import scipy.sparse as sp

from ..arrays import FloatArray
from .open_variables import OpenVariables
from .recovered_variables import Recovery
from .stacked_matrices import StackedMatrices, owners


class AgentConstraints(Protocol):
    """What the trades of all agents must satisfy."""

    def relative_violations(self, trades: FloatArray, volume_mwh: FloatArray) -> FloatArray:
        """Largest excess of a constraint of each agent, shape (agents,); 0 where all hold.

        Each is relative to the larger of the constraint's right-hand side and the agent's volume.

        Parameters
        ----------
        trades : array of shape (copies,)
        volume_mwh : array of shape (agents,)
            Each agent's own, above 0 for those who trade.

        Raises
        ------
        AgentError
            If what trades do not tell is not found.
        """
        ...


class CanonicalConstraints:
    """Constraints of quadratic programmes, of all agents at once.

    Variables are recovered from the trades. Those that trades do not tell, such as which batch runs where, are
    taken to be those that violate the agent's constraints least.

    Parameters
    ----------
    matrices : StackedMatrices
    mwh_per_unit : array of shape (copies,)
        Energy that one unit of each copy's good stands for.
    """

    def __init__(self, matrices: StackedMatrices, mwh_per_unit: FloatArray) -> None:
        self._matrices = matrices
        self._mwh_per_unit = mwh_per_unit
        in_mwh = sp.diags_array(mwh_per_unit) @ matrices.T
        self._equations = sp.csr_array(sp.vstack([in_mwh, matrices.equality_rows], format="csr"))
        self._recovery = Recovery(self._equations)
        self._lower, self._upper = matrices.bounds()
        self._limits = matrices.inequality_rows
        equation = np.concatenate([owners(matrices.copies), owners(matrices.equalities)])
        limit, variable = owners(matrices.inequalities), owners(matrices.variables)
        self._owner = np.concatenate([equation, equation, limit, variable, variable])
        self._open = None if self._recovery.is_known.all() else self._open_variables()

    def relative_violations(self, trades: FloatArray, volume_mwh: FloatArray) -> FloatArray:
        """See `AgentConstraints`."""
        sides, sizes = self._sides(trades, volume_mwh)
        x = self.variables(trades, volume_mwh)
        met = self._equations @ x
        excess = np.concatenate([met, -met, self._limits @ x, x, -x]) - sides
        worst = np.zeros(len(volume_mwh))
        violated = excess > 0
        np.maximum.at(worst, self._owner[violated], (excess[violated] / sizes[violated]))
        return worst

    def variables(self, trades: FloatArray, volume_mwh: FloatArray) -> FloatArray:
        """All agents' variables at these trades, those that violate constraints least, shape (variables,).

        Raises
        ------
        AgentError
            If what trades do not tell is not found.
        """
        sides, sizes = self._sides(trades, volume_mwh)
        x = self._recovery.variables(sides[: self._equations.shape[0]])
        return x if self._open is None else self._open.completed(x, sides, sizes)

    def _sides(self, trades: FloatArray, volume_mwh: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Right-hand sides of all rows, and what their violations are relative to."""
        m = self._matrices
        equal = np.concatenate([(trades - m.trade_offset) * self._mwh_per_unit, m.b])
        sides = np.concatenate([equal, -equal, m.h, self._upper, -self._lower])
        return sides, np.maximum(np.where(np.isfinite(sides), np.abs(sides), 0.0), volume_mwh[self._owner])

    def _open_variables(self) -> OpenVariables:
        identity = sp.eye_array(self._equations.shape[1], format="csr")
        rows = sp.vstack([self._equations, -self._equations, self._limits, identity, -identity], format="csr")
        return OpenVariables(
            np.flatnonzero(~self._recovery.is_known), sp.csr_array(rows), self._owner, self._equations.shape[0]
        )
