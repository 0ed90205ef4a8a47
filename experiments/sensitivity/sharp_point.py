"""The equilibrium as a point of one quadratic programme: solved sharply, with all multipliers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...coordinator.market import Market
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme
from ..monolith.welfare import solve_disclosed_welfare
from ..results.ledger import Ledger
from ..settlement.disclosed_value import DisclosedValue, disclosed_value
from ..settlement.stacked_market import StackedMarket
from .limits_held import Inequalities, Standings, inequalities_of, standings
from .polishing import Conditions, polished


@dataclass(frozen=True, eq=False)
class SharpPoint:
    """A solution of the welfare problem, near which it is the quadratic programme whose derivatives are taken.

    Under ex ante disclosure the value of disclosed emissions, for the purchase mixes at hand, is in the programme with
    its second derivative at the point.

    Parameters
    ----------
    market : Market
        With the disclosures that the point belongs to.
    stacked : StackedMarket
    value : DisclosedValue
    programme : QuadraticProgramme
        Equalities are the agents', and below them clearing, one a good in MWh.
    inequalities : Inequalities
    x, equal, multipliers : arrays of shape (n,), (equalities,), (inequalities,)
        The Lagrangian is ``cost + equal @ (A x - b) + multipliers @ (rows @ x - sides)``.
    gradient : array of shape (n,)
        Of all costs, disclosed emissions valued [$ per unit of each variable].
    standings : Standings
    residual : float
        Largest violation of the KKT conditions, in MWh and $/MWh.
    """

    market: Market
    stacked: StackedMarket
    value: DisclosedValue
    programme: QuadraticProgramme
    inequalities: Inequalities
    x: FloatArray
    equal: FloatArray
    multipliers: FloatArray
    gradient: FloatArray
    standings: Standings
    residual: float

    @property
    def price_usd_per_mwh(self) -> FloatArray:
        """Of all goods, in $/MWh: shape (goods,)."""
        return -self.equal[len(self.stacked.b) :]

    @property
    def prices(self) -> FloatArray:
        """Of all goods, in $ per unit: shape (goods,)."""
        return np.asarray(self.price_usd_per_mwh * np.array([good.mwh_per_unit for good in self.market.goods]))

    @property
    def ledger(self) -> Ledger:
        """Prices and allocation, made anew."""
        return Ledger(self.market, self.prices, self.stacked.allocation(self.x))


def sharp_point(market: Market, stacked: StackedMarket) -> SharpPoint:
    """Solve a market for the purchase mixes that it discloses.

    Raises
    ------
    InfeasibleError
        If no allocation clears.
    RuntimeError
        If the solvers find no solution although one exists.
    ValueError
        If takers of a disclosed good value emissions differently.
    """
    s = stacked
    value = disclosed_value(market, s)
    u = solve_disclosed_welfare(s, value)
    x, agents, own, prices = np.split(u, np.cumsum([len(s.c), len(s.b), len(s.h)]))
    programme_at = partial(_programme_at, s, value)
    programme = programme_at(x)
    inequalities = inequalities_of(programme)
    equal = np.concatenate([agents, -prices])
    reduced_costs = programme.P @ x + programme.c + programme.A.T @ equal + s.G.T @ own
    found = Conditions(x, equal, inequalities.multipliers(own, reduced_costs))
    found = polished(found, programme_at, inequalities)
    programme = programme_at(found.x)
    return SharpPoint(
        market=market,
        stacked=s,
        value=value,
        programme=programme,
        inequalities=inequalities,
        x=found.x,
        equal=found.equal,
        multipliers=found.multipliers,
        gradient=programme.P @ found.x + programme.c,
        standings=standings(inequalities, found.x, found.multipliers, _distance_mwh(market), market.typical_price_usd),
        residual=found.residual(programme, inequalities),
    )


def _distance_mwh(market: Market) -> float:
    """What distances count in: a MWh, or less where what is typically traded is less."""
    mwh_per_unit = np.array([good.mwh_per_unit for good in market.goods])
    return min(1.0, float(np.median(market.volume_scale * mwh_per_unit))) if len(mwh_per_unit) else 1.0


def _programme_at(stacked: StackedMarket, value: DisclosedValue, x: FloatArray) -> QuadraticProgramme:
    """The welfare problem to the second order near some variables."""
    s, volume = stacked, value.volumes_of @ x
    bend = value.volumes_of.T @ sp.diags_array(value.curvature(volume)) @ value.volumes_of
    P = sp.csc_array(s.P + bend)
    gradient = s.P @ x + s.c + value.volumes_of.T @ value.marginal(volume)
    equalities = sp.csc_array(sp.vstack([s.A, s.K], format="csc"))
    return QuadraticProgramme(P, gradient - P @ x, equalities, np.concatenate([s.b, -s.k]), s.G, s.h, s.lower, s.upper)
