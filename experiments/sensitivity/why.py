"""Why prices are what they are: everything that follows from a market's equilibrium in one hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...agents.arrays import FloatArray
from ...agents.canonical.stacked_matrices import owners
from ..results.ledger import Ledger
from ..results.nodal import nodal_result
from .bus_loads import Loads, loads
from .critical_cone import CriticalCone
from .figures_followed import figures
from .followed import Derivative, Followed, follow
from .parameters import line_limits, parameters
from .price_makers import MarginalAgent, PricingLine, marginal_agents, pricing_lines
from .sharp_point import SharpPoint
from .to_one_side import Side

SYSTEM_CO2 = "co2_kg.system"


@dataclass(frozen=True, eq=False)
class Why:
    """Derivatives at an equilibrium in one hour.

    Parameters
    ----------
    point : SharpPoint
    ledger : Ledger
        Of the point.
    hour : int
        Counted from 0.
    loads : Loads
    followed : Followed
        The first parameters are the loads, in the order of buses.
    flow_mw : array of shape (lines, periods)
    """

    point: SharpPoint
    ledger: Ledger
    hour: int
    loads: Loads
    followed: Followed
    flow_mw: FloatArray

    @property
    def buses(self) -> tuple[int, ...]:
        """All buses."""
        return self.ledger.grid_operator.grid.buses

    def derivative(self, kind: str, name: str, figure: str) -> Derivative:
        """Of a figure by a parameter; without one where nothing depends on the parameter.

        Raises
        ------
        KeyError
            If there is no such figure.
        """
        position = self._figure(figure)
        for p, parameter in enumerate(self.followed.parameters):
            if (parameter.kind, parameter.name) == (kind, name):
                return self.followed.table[p, position]
        return Derivative(0.0, 0.0)

    def value(self, figure: str) -> float | None:
        """A figure, or None where it is not unique."""
        position = self._figure(figure)
        return self.followed.figures[position].value if self.followed.is_unique[position] else None

    def price_between(self, bus: int) -> tuple[float | None, float | None]:
        """What one MWh less saves at a bus, and one more costs, all together: the ends of what the price may be."""
        position = self.buses.index(bus)
        sides = self.followed.less[position], self.followed.more[position]
        less, more = (None if side is None else float(self.point.gradient @ side.response.x) for side in sides)
        return less, more

    def agents(self, bus: int) -> tuple[list[MarginalAgent], list[MarginalAgent]]:
        """Who yields one more MWh at a bus, and who takes up one less; nobody where it cannot be."""
        position = self.buses.index(bus)
        more, less = self.followed.more[position], self.followed.less[position]
        yielding = self._agents(more)
        return yielding, yielding if less is more else self._agents(less)

    def lines(self, bus: int) -> list[PricingLine]:
        """Full lines whose price is unique, with their parts of the price at a bus."""
        names = [f.name.partition(".")[2] for f in self.followed.figures if f.name.startswith("line_price")]
        prices = {line: self.value(f"line_price_usd_per_mw.{line}") for line in names}
        told = {line: price for line, price in prices.items() if price is not None}
        return pricing_lines(self.ledger, self.hour, bus, self.flow_mw, told)

    def strictness(self) -> tuple[float, str]:
        """The least of all limits' distances and multipliers, and whose limit it is."""
        places, inequalities = self.point.stacked.matrices, self.point.inequalities
        of_variable = owners(places.variables)
        owner = np.concatenate(
            [
                owners(places.inequalities),
                of_variable[inequalities.bounded_below],
                of_variable[inequalities.bounded_above],
            ]
        )
        strictness = self.point.standings.strictness
        if not len(strictness):
            return float("inf"), ""
        least = int(np.argmin(strictness))
        return float(strictness[least]), self.point.market.agents[int(owner[least])].name

    def _agents(self, side: Side | None) -> list[MarginalAgent]:
        return [] if side is None else marginal_agents(self.point, side, self.loads)

    def _figure(self, name: str) -> int:
        names = [figure.name for figure in self.followed.figures]
        if name not in names:
            raise KeyError(name)
        return names.index(name)


def why(point: SharpPoint, ledger: Ledger, hour: int) -> Why:
    """Follow everything that an equilibrium depends on in one hour.

    Parameters
    ----------
    point : SharpPoint
    ledger : Ledger
        Of the point.
    hour : int
        Counted from 0.

    Raises
    ------
    NoFreeBuyerError
        If nobody buys at the nodal price in the hour.
    """
    flow_mw = nodal_result(ledger).flow_mw
    at = loads(point, ledger, hour)
    lines = line_limits(point, ledger, flow_mw)
    followed = follow(
        CriticalCone(point),
        list(parameters(point, ledger, hour, at.at, lines)),
        list(figures(point, ledger, hour, at.at, lines)),
    )
    return Why(point, ledger, hour, at, followed, flow_mw)
