"""Agents side by side, some of them with choices, and what clears between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cvxpy as cp
import numpy as np
import scipy.sparse as sp

from ...agents.agent import Declaration
from ...agents.arrays import FloatArray
from ...agents.goods import Good
from ..programmes.relaxation import solve_relaxation
from ..programmes.stated_programme import Limit, StatedProgramme

# Of a good's volume: so much is little.
_LITTLE = 1e-5


class ClearingProgramme(StatedProgramme):
    """Least cost of all agents where each good clears, as one mixed-integer linear programme.

    Parameters
    ----------
    declarations : sequence of Declaration
    further : sequence of constraints
        Over what is declared.
    objective : scalar expression, optional
        What is minimised instead of the cost of all agents.

    Attributes
    ----------
    goods : tuple of Good
        Those that clear: their rows are the programme's first ones.
    """

    def __init__(
        self,
        declarations: Sequence[Declaration],
        further: Sequence[cp.Constraint] = (),
        objective: cp.Expression | None = None,
    ) -> None:
        constraints = [constraint for one in declarations for constraint in one.constraints]
        positions: dict[Good, int] = {}
        copies = [positions.setdefault(good, len(positions)) for one in declarations for good in one.goods]
        if positions:
            clearing = sp.csr_array((np.ones(len(copies)), (copies, np.arange(len(copies)))))
            trades = cp.hstack([one.trades for one in declarations if one.goods])
            # Equalities come first in their order: this one's rows are the first ones.
            constraints.insert(0, clearing @ trades == 0)
        self.goods = tuple(positions)
        least = cp.sum([one.cost for one in declarations]) if objective is None else objective
        super().__init__(cp.Problem(cp.Minimize(least), [*constraints, *further]))

    def marginal_prices(self, near: FloatArray, volumes: FloatArray) -> FloatArray:
        """What one unit more of each good would cost with all choices as they were taken, shape (goods,).

        O'Neill, Sotkiewicz, Hobbs, Rothkopf and Stewart, "Efficient market-clearing prices in markets with
        nonconvexities", European Journal of Operational Research 164(1), 2005, without their prices of choices: what
        these would pay is what somebody loses who is paid for goods alone. Held choices leave some prices open, such as
        that of a good that is supplied wholly or not at all; then the nearest ones to given prices are taken, and no
        solver's accident. They are those at which somebody who trades a little at the given prices is content.

        Parameters
        ----------
        near : array of shape (goods,)
        volumes : array of shape (goods,)
            Typical trades.

        Raises
        ------
        UnsolvedProgrammeError
            If HiGHS finds no optimum there.
        """
        chosen = [variable for variable in self.problem.variables() if variable.attributes["boolean"]]
        values = [np.rint(np.asarray(variable.value, dtype=np.float64)) for variable in chosen]
        held = self.within(Limit(variable, value, value) for variable, value in zip(chosen, values, strict=True))
        p, goods, little = held.programme, len(self.goods), _LITTLE * volumes
        trader = sp.eye_array(p.rows.shape[0], goods)
        with_trader = replace(
            p,
            c=np.concatenate([p.c, near]),
            rows=sp.csc_array(sp.hstack([p.rows, trader])),
            lower=np.concatenate([p.lower, -little]),
            upper=np.concatenate([p.upper, little]),
            is_integer=np.concatenate([p.is_integer, np.zeros(goods, dtype=bool)]),
        )
        return solve_relaxation(with_trader).row_duals[:goods]
