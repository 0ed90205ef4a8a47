"""The standard form of a quadratic programme: an agent's problem in matrices."""

from __future__ import annotations

from dataclasses import dataclass

import scipy.sparse as sp

from ..arrays import FloatArray
from ..goods import Good


@dataclass(frozen=True, eq=False)
class CanonicalProblem:
    """Minimise ``x @ P @ x / 2 + c @ x + constant`` subject to linear constraints and bounds.

    Constraints are ``A x = b``, ``G x <= h``, ``lower <= x <= upper``; the agent's trades are
    ``T x + trade_offset``. With n variables and k goods, P is (n, n) and T is (k, n).
    """

    goods: tuple[Good, ...]
    P: sp.csc_array
    c: FloatArray
    constant: float
    A: sp.csc_array
    b: FloatArray
    G: sp.csc_array
    h: FloatArray
    lower: FloatArray
    upper: FloatArray
    T: sp.csc_array
    trade_offset: FloatArray

    def cost(self, x: FloatArray) -> float:
        """Cost [$] at the variables `x`."""
        return float(x @ (self.P @ x) / 2 + self.c @ x) + self.constant
