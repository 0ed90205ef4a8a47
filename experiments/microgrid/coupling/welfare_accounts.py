"""Who gains what where sites and market are one: the parts add up to the welfare of all, or something leaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ....agents.consumer import Consumer
from ....agents.grid_operator import GridOperator
from ....agents.hyperscaler import Hyperscaler
from ....agents.modular_datacenter import ModularDatacenter
from ....agents.producer import Producer
from ..instance import Instance
from ..schedule import Schedule
from ..settled import settled
from .grid_connection import GridConnection, told
from .grid_market import Clearing
from .grid_signals import GridSignal

_KINDS = {
    "consumers": Consumer,
    "producers": Producer,
    "grid_operator": GridOperator,
    "modular_datacenters": ModularDatacenter,
    "hyperscalers": Hyperscaler,
}
_TRANSFERS = ("import", "export", "carbon")


@dataclass(frozen=True)
class Accounts:
    """Surpluses of everybody at the prices that sites and market together make.

    Parameters
    ----------
    surplus_usd : dict
        Of the market's agents by kind, of ``sites`` (their benefit), of the ``grid_connection`` (margins between sites
        and market) and of the ``price_of_carbon`` (what sites pay for emissions).
    welfare_usd : float
        Benefit of the market's consumers and value of what sites run and serve, less cost of generation and all else
        that is used up; no payment is in it.
    sites_paid_usd, market_received_usd : float
        What sites pay for energy net of margins, and what the market's agents get for it.
    """

    surplus_usd: Mapping[str, float]
    welfare_usd: float
    sites_paid_usd: float
    market_received_usd: float

    @property
    def residual(self) -> float:
        """The sum of all surpluses less the welfare, over the welfare (at least 1 $)."""
        return (sum(self.surplus_usd.values()) - self.welfare_usd) / max(1.0, abs(self.welfare_usd))

    @property
    def unbalanced_usd(self) -> float:
        """What sites pay less what the market gets."""
        return self.sites_paid_usd - self.market_received_usd

    def as_json(self) -> dict[str, Any]:
        """By the names above."""
        return {
            "surplus_usd": dict(self.surplus_usd),
            "welfare_usd": self.welfare_usd,
            "residual": self.residual,
            "sites_paid_usd": self.sites_paid_usd,
            "market_received_usd": self.market_received_usd,
            "unbalanced_usd": self.unbalanced_usd,
        }


def accounts(
    instance: Instance, connection: GridConnection, schedule: Schedule, clearing: Clearing, signal: GridSignal
) -> Accounts:
    """The accounts of a schedule beside which the market was cleared.

    Parameters
    ----------
    instance : Instance
    connection : GridConnection
    schedule : Schedule
    clearing : Clearing
    signal : GridSignal
        That of the clearing, by which sites pay.
    """
    parts = settled(told(instance, signal, connection), schedule)
    margins = connection.income_usd(signal.price_usd_per_mwh, schedule)
    surplus = dict.fromkeys(_KINDS, 0.0)
    for agent in clearing.ledger.market.agents:
        kind = next((name for name, each in _KINDS.items() if isinstance(agent, each)), "other_agents")
        surplus[kind] = surplus.get(kind, 0.0) + clearing.surplus_usd[agent.name]
    surplus |= {"sites": sum(parts.values()), "grid_connection": margins, "price_of_carbon": -parts["carbon"]}
    value = sum(usd for part, usd in parts.items() if part not in _TRANSFERS)
    paid = -parts["import"] - parts["export"] - margins
    return Accounts(surplus, clearing.welfare_usd + value, paid, clearing.received_usd)
