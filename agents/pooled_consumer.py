"""Conventional load that buys at its bus, from a pool."""

from __future__ import annotations

from dataclasses import dataclass

from .consumer import Consumer
from .goods import Good, energy


@dataclass(frozen=True, eq=False)
class PooledConsumer(Consumer):
    """A consumer that minds no emissions, and so does not mind who produced what it buys.

    With arbitrage its bilateral contracts cost the price of energy at its bus, whoever sells (Hobbs, "Linear
    complementarity models of Nash-Cournot competition in bilateral and POOLCO power markets", IEEE Trans. Power
    Systems 16(2), 2001), so that one good stands for all of them. It has no `sellers`.
    """

    @property
    def goods_bought(self) -> tuple[Good, ...]:
        """Energy at its bus, hour by hour."""
        return tuple(energy(self.bus, t) for t in range(len(self.hydro_mwh)))
