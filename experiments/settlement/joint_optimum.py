"""The joint optimum: an allocation and prices that prove each other, and what is as good as they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ...agents.arrays import FloatArray, IntArray
from ...coordinator.market import Market
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme, by_piqp
from .disclosed_value import disclosed_value
from .doubletons import without_doubletons
from .extreme_points import Polyhedron
from .stacked_market import StackedMarket
from .vicinity import Vicinity

# Limits of a watt beside those of gigawatts take PIQP many steps.
_MOST_ITERATIONS = 2000
_TOLERANCES = (1e-11, 1e-10, 1e-9, 1e-8)
# Costs of leaving a limit, in multiples of a price, that are no rounding.
_COSTS = 1e-8
# Curtailed energy that is used up to this share is not used up: below it emissions have no value.
_USED_UP = 1 + 1e-6


@dataclass(frozen=True, eq=False)
class AtLimits:
    """Variables at a bound, and inequalities without slack."""

    variables: IntArray
    inequalities: IntArray


@dataclass(frozen=True, eq=False)
class JointOptimum:
    """A clearing allocation, and multipliers that bound how much better another one can be.

    With the multipliers of agents' constraints and of clearing, the cost of any clearing allocation
    less the bound is a sum of terms that are never negative: for every limit its multiplier times the
    distance from it, and half the squared distance in every curved direction. For an allocation
    or prices that are at least as good, none of the terms exceeds the gap.

    Parameters
    ----------
    stacked : StackedMarket
    curved : sparse array of shape (n, n)
        Second derivative of cost, disclosed emissions valued.
    variables : array of shape (n,)
    inequality_multipliers, reduced_costs : arrays of shape (inequalities,), (n,)
    price_usd_per_mwh : array of shape (goods,)
    gap_usd, gap_of_inequality_usd : arrays of shape (n,), (inequalities,)
        Welfare that any other allocation can have beyond this one's, in the part of the market that the
        variable or the inequality belongs to; no constraint ties one part to another.
    """

    stacked: StackedMarket
    curved: sp.csr_array
    variables: FloatArray
    inequality_multipliers: FloatArray
    reduced_costs: FloatArray
    price_usd_per_mwh: FloatArray
    gap_usd: FloatArray
    gap_of_inequality_usd: FloatArray

    @property
    def _curved_variables(self) -> IntArray:
        """Positions of the variables with curvature."""
        return np.flatnonzero(self.curved.diagonal() > 0)

    @property
    def _bends(self) -> FloatArray:
        """How far marginal costs can be off within the gap [$/MWh], for every curved row."""
        return np.asarray(np.sqrt(2 * self.gap_usd * self.curved.diagonal())[self._curved_variables])

    def at_limits(self, units: FloatArray, price_usd: float) -> AtLimits:
        """What stays at a limit in every optimum: leaving it costs something.

        An interior point has room from every limit, or a multiplier, in multiples of the same unit; the smaller of the
        two is rounding (Goldman and Tucker, "Theory of linear programming", 1956, on strict complementarity).

        Parameters
        ----------
        units : array of shape (n,)
            Typical sizes of the variables.
        price_usd : float
            Typical size of a price.
        """
        s, x, r = self.stacked, self.variables, self.reduced_costs
        distance = np.where(r > 0, x - s.lower, s.upper - x) / units
        cost = np.abs(r) / price_usd
        slack = (s.h - s.G @ x) / np.maximum(abs(s.G) @ units, 1e-300)
        multiplier = self.inequality_multipliers * abs(s.G).max(axis=1).toarray().ravel() / price_usd
        return AtLimits(
            np.flatnonzero((cost > _COSTS) & (cost > distance)),
            np.flatnonzero((multiplier > _COSTS) & (multiplier > slack)),
        )

    def allocations(self) -> Vicinity:
        """Steps of the variables to allocations that are at least as good."""
        s, x, r, z = self.stacked, self.variables, self.reduced_costs, self.inequality_multipliers
        below, above = np.maximum(x - s.lower, 0.0), np.maximum(s.upper - x, 0.0)
        slack = np.maximum(s.h - s.G @ x, 0.0)
        bends = self._bends
        equal = np.zeros(len(s.b) + len(s.k))
        return Vicinity(
            Polyhedron(
                sp.csr_array(sp.vstack([s.A, s.K, s.G, self.curved[self._curved_variables]], format="csr")),
                np.concatenate([equal, -_away(z, slack, self.gap_of_inequality_usd), -bends]),
                np.concatenate([equal, slack, bends]),
                np.maximum(-below, -_away(-r, above, self.gap_usd)),
                np.minimum(above, _away(r, below, self.gap_usd)),
            ),
            reach=1.0 + 2 * float(np.abs(x).max(initial=0.0)),
        )

    def prices(self) -> tuple[Vicinity, sp.csr_array]:
        """Steps of multipliers to those that prove as much, and the prices [$/MWh] as functions of the steps."""
        s, x, r, z = self.stacked, self.variables, self.reduced_costs, self.inequality_multipliers
        below, above = np.maximum(x - s.lower, 0.0), np.maximum(s.upper - x, 0.0)
        slack = np.maximum(s.h - s.G @ x, 0.0)
        positions = self._curved_variables
        bends = self._bends
        unit = sp.csr_array((np.ones(len(positions)), (positions, np.arange(len(positions)))), (len(x), len(positions)))
        free = np.full(len(s.b) + len(s.k), np.inf)
        vicinity = Vicinity(
            Polyhedron(
                sp.csr_array(sp.hstack([s.A.T, s.K.T, s.G.T, unit], format="csr")),
                -_away(above, -r, self.gap_usd),
                _away(below, r, self.gap_usd),
                np.concatenate([-free, -z, -bends]),
                np.concatenate([free, _away(slack, z, self.gap_of_inequality_usd), bends]),
            ),
            reach=1.0 + 2 * float(np.abs(self.price_usd_per_mwh).max(initial=0.0)),
        )
        first, count = len(s.b), len(s.k)
        shape = (count, vicinity.polyhedron.rows.shape[1])
        return vicinity, -sp.csr_array(sp.eye_array(*shape, k=first, format="csr"))


def _away(weights: FloatArray, distances: FloatArray, gap_usd: FloatArray) -> FloatArray:
    """How much farther something may go before its weight times its distance exceeds the gap."""
    counts = (weights > 0) & np.isfinite(distances)
    most = gap_usd / np.where(counts, weights, 1.0)
    return np.where(counts, np.maximum(most - np.where(counts, distances, 0.0), 0.0), np.inf)


def joint_optimum(market: Market, stacked: StackedMarket, trades: FloatArray) -> JointOptimum | None:
    """Improve on an allocation that clears until nothing is left to gain.

    Like the repair this is one problem of all agents. It tells what is unique and what is not; nothing
    that is shown is taken from it.

    Parameters
    ----------
    market : Market
    stacked : StackedMarket
    trades : array of shape (copies,)
        Disclosed emissions are valued to the second order near them.

    Returns
    -------
    JointOptimum or None
        None if the solver ends without a proof, or takers value the same emissions differently: no
        convex problem has their equilibria.
    """
    try:
        value = disclosed_value(market, stacked)
    except ValueError:
        return None
    disclosed = market.disclosed
    taken = -trades[disclosed.taker_copies] * disclosed.mwh_per_unit[disclosed.disclosed_of_taker]
    volume = np.bincount(disclosed.disclosed_of_taker, taken, len(disclosed.goods)).astype(np.float64)
    bend = np.where(volume > _USED_UP * value.curtailed_mwh, value.curvature(volume), 0.0)
    curved = sp.csr_array(stacked.P + value.volumes_of.T @ sp.diags_array(bend) @ value.volumes_of)
    linear = stacked.c + value.volumes_of.T @ (value.marginal(volume) - bend * volume)
    for tolerance in _TOLERANCES:
        found = _solved(stacked, curved, linear, tolerance)
        if found is not None:
            return found
    return None


def _solved(s: StackedMarket, curved: sp.csr_array, linear: FloatArray, tolerance: float) -> JointOptimum | None:
    equalities, sides = sp.csc_array(sp.vstack([s.A, s.K], format="csc")), np.concatenate([s.b, -s.k])
    substitution = without_doubletons(
        QuadraticProgramme(sp.csc_array(curved), linear, equalities, sides, s.G, s.h, s.lower, s.upper)
    )
    settings = {
        "max_iter": _MOST_ITERATIONS,
        "eps_abs": tolerance,
        "eps_rel": tolerance / 10,
        "eps_duality_gap_abs": 10 * tolerance,
        "eps_duality_gap_rel": tolerance / 10,
    }
    ending = by_piqp(substitution.programme, settings)
    if not ending.is_solved:
        return None
    x, z = substitution.all_variables(ending.x), np.maximum(ending.z, 0.0)
    y = substitution.all_multipliers(x, ending.y, z)
    reduced = curved @ x + linear + equalities.T @ y + s.G.T @ z
    gap_usd, gap_of_inequality_usd = _gaps(s, curved, x, z, reduced, np.abs(y * (equalities @ x - sides)))
    return JointOptimum(
        stacked=s,
        curved=curved,
        variables=x,
        inequality_multipliers=z,
        reduced_costs=reduced,
        price_usd_per_mwh=-y[len(s.b) :],
        gap_usd=gap_usd,
        gap_of_inequality_usd=gap_of_inequality_usd,
    )


def _gaps(
    s: StackedMarket,
    curved: sp.csr_array,
    x: FloatArray,
    z: FloatArray,
    reduced: FloatArray,
    unmet: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Gaps of the parts of a market, for all variables and for all inequalities.

    They are sums of multipliers times distances from limits; a variable without limit counts with its size.

    Parameters
    ----------
    s : StackedMarket
    curved : sparse array of shape (n, n)
    x, z, reduced : arrays of shape (n,), (inequalities,), (n,)
    unmet : array of shape (equalities,)
        What equalities, clearing included, are off, in $.
    """
    rows = sp.csr_array(sp.vstack([s.A, s.K, s.G, curved], format="csr"))
    tied = sp.csr_array((np.ones(rows.nnz), rows.indices, rows.indptr), shape=rows.shape)
    count, labels = connected_components(sp.block_array([[None, tied.T], [tied, None]], format="csr"), directed=False)
    distance = np.where(reduced > 0, x - s.lower, s.upper - x)
    distance = np.where(np.isfinite(distance), np.maximum(distance, 0.0), 1.0 + np.abs(x))
    terms = np.concatenate([np.abs(reduced) * distance, unmet, z * np.maximum(s.h - s.G @ x, 0.0)])
    gaps = np.bincount(labels[: len(terms)], terms, count).astype(np.float64)
    first = len(x) + len(unmet)
    return gaps[labels[: len(x)]], gaps[labels[first : first + len(z)]]
