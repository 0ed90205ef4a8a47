"""The optimal partition of a welfare problem, and how far kappa can go before it changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import BoolArray, FloatArray
from ..settlement.extreme_points import ExtremePoints, Polyhedron
from ..settlement.face import at_limits
from ..settlement.stacked_market import StackedMarket

# Of the simplex method, in MWh and $/MWh: at the finest it now and then ends without a word.
_TOLERANCES = (1e-9, 1e-8, 1e-7)


@dataclass(frozen=True, eq=False)
class Partition:
    """Which variables and inequalities are at a limit, where leaving it costs something.

    Berkelaar, Roos and Terlaky, "The optimal set and optimal partition approach to linear and quadratic programming",
    in: Advances in Sensitivity Analysis and Parametric Programming, 1997.

    Parameters
    ----------
    at_lower, at_upper : arrays of bool, shape (n,)
    active : array of bool, shape (inequalities,)
    """

    at_lower: BoolArray
    at_upper: BoolArray
    active: BoolArray


def optimal_partition(stacked: StackedMarket, u: FloatArray, price_usd: float) -> Partition:
    """Read the partition off a solution from the middle of all solutions, as interior-point methods give it.

    Parameters
    ----------
    stacked : StackedMarket
        With the marginal costs at the solution that are not in its P.
    u : array
        Variables, multipliers and prices, as `solve_welfare_qp` returns them.
    price_usd : float
        Typical size of a price.
    """
    s = stacked
    x, y, z, p = np.split(u, np.cumsum([len(s.c), len(s.b), len(s.h)]))
    reduced_costs = s.P @ x + s.c + s.A.T @ y + s.G.T @ z - s.K.T @ p
    found = at_limits(s, x, reduced_costs, z, price_usd)
    held, active = np.zeros(len(x), dtype=bool), np.zeros(len(z), dtype=bool)
    held[found.variables], active[found.inequalities] = True, True
    return Partition(held & (reduced_costs > 0), held & (reduced_costs <= 0), active)


@dataclass(frozen=True, eq=False)
class KappaLine:
    """Welfare problems with linear costs ``c + kappa * kg``, of which c is that of a stacked market."""

    stacked: StackedMarket
    kg: FloatArray

    def farthest(
        self, partition: Partition, within: tuple[float, float], direction: float
    ) -> tuple[float, FloatArray] | None:
        """The largest kappa at which there is a solution with a partition, or the least, and that solution's variables.

        Solutions, multipliers and prices of one partition are a polyhedron together with kappa, since the conditions
        that are left are linear in all of them: the end is a linear programme. Between two ends the affine function
        from one's solution to the other's is a solution everywhere, whatever is not unique.

        Parameters
        ----------
        partition : Partition
        within : tuple of float
            Where to look.
        direction : float
            1 for the largest, -1 for the least.

        Returns
        -------
        tuple of float and array of shape (n,), or None
            None if there is no such solution, up to rounding.
        """
        conditions = _conditions(self.stacked, self.kg, partition, within)
        objective = np.zeros(len(conditions.lower))
        objective[-1] = -direction
        for tolerance in _TOLERANCES:
            point = ExtremePoints(conditions, tolerance).least(objective)
            if point is not None:
                return float(point[-1]), point[: len(self.kg)]
        return None


def _conditions(
    stacked: StackedMarket, kg: FloatArray, partition: Partition, within: tuple[float, float]
) -> Polyhedron:
    """Over variables, multipliers of equalities and inequalities, prices, and kappa."""
    s, free = stacked, np.inf
    rows = sp.block_array(
        [
            [s.P, s.A.T, s.G.T, -s.K.T, sp.csr_array(kg[:, None])],
            [s.A, None, None, None, None],
            [s.G, None, None, None, None],
            [s.K, None, None, None, None],
        ],
        format="csr",
    )
    is_fixed = s.lower == s.upper
    may_cost, may_gain = partition.at_lower | is_fixed, partition.at_upper | is_fixed
    below = np.concatenate([np.where(may_gain, -free, -s.c), s.b, np.where(partition.active, s.h, -free), -s.k])
    above = np.concatenate([np.where(may_cost, free, -s.c), s.b, s.h, -s.k])
    y, p = np.full(len(s.b), free), np.full(len(s.k), free)
    lower = np.concatenate([np.where(partition.at_upper, s.upper, s.lower), -y, np.zeros(len(s.h)), -p, within[:1]])
    largest_z = np.where(partition.active, free, 0.0)
    upper = np.concatenate([np.where(partition.at_lower, s.lower, s.upper), y, largest_z, p, within[1:]])
    return Polyhedron(sp.csr_array(rows), below, above, lower, upper)
