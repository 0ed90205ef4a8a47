"""Grid operator of a pool: buys energy where it is cheap and sells it where it is dear."""

from __future__ import annotations

from dataclasses import dataclass

from .goods import Good, energy
from .grid_operator import GridOperator


@dataclass(frozen=True, eq=False)
class PooledGridOperator(GridOperator):
    """Carries energy from bus to bus within the line limits, and earns the differences of its prices.

    Wheeling from the hub to a bus is selling there what was bought at the hub, so that its fee is the difference of
    the two prices, and energy at every bus, the hub among them, takes the place of wheeling.
    """

    @property
    def served(self) -> tuple[int, ...]:
        """All buses."""
        return self.grid.buses

    def delivered(self, bus: int, period: int) -> Good:
        """Energy at the bus."""
        return energy(bus, period)

    def fee(self, bus: int, period: int) -> tuple[tuple[Good, float], ...]:
        """The price of energy there less that at the hub."""
        return () if bus == self.grid.hub else ((energy(bus, period), 1.0), (energy(self.grid.hub, period), -1.0))
