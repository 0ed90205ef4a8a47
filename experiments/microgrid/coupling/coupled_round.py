"""A round of both systems: sites plan by what the market told them, and the market clears beside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ....agents.arrays import FloatArray
from ..instance import Instance
from ..microgrid_plan import Plan
from ..schedule import Schedule
from .grid_connection import GridConnection, net_import_mw
from .grid_market import Clearing
from .grid_signals import GridSignal
from .welfare_accounts import Accounts, accounts


@dataclass(frozen=True, eq=False)
class CoupledRound:
    """What sites were told, what they planned, and what that made of the market.

    Parameters
    ----------
    instance : Instance
    connection : GridConnection
    announced : GridSignal
        Prices and intensities that the plan was made by.
    plan : Plan
        It has a schedule.
    clearing : Clearing
        Of the market beside the plan.
    caused : GridSignal
        Prices and intensities of that clearing.
    """

    instance: Instance
    connection: GridConnection
    announced: GridSignal
    plan: Plan
    clearing: Clearing
    caused: GridSignal

    @property
    def schedule(self) -> Schedule:
        """What sites do."""
        assert self.plan.schedule is not None
        return self.plan.schedule

    @cached_property
    def net_mw(self) -> FloatArray:
        """What sites draw less what they feed in, shape (sites, slots)."""
        return net_import_mw(self.schedule)

    @cached_property
    def accounts(self) -> Accounts:
        """Who gains what at the prices that the plan has caused."""
        return accounts(self.instance, self.connection, self.schedule, self.clearing, self.caused)

    @property
    def benefit_usd(self) -> float:
        """Of the sites, at the prices and intensities that the plan has caused."""
        return self.accounts.surplus_usd["sites"]

    @property
    def surprise_usd_per_mwh(self) -> float:
        """Largest difference between a price that was announced and the one that it caused."""
        return self.announced.price_distance(self.caused)

    def load_change_mw(self, other: CoupledRound) -> float:
        """Largest difference of what a site draws in some slot."""
        return float(np.abs(self.net_mw - other.net_mw).max())

    def as_json(self) -> dict[str, Any]:
        """Figures of the round, without a schedule."""
        return {
            "planned_benefit_usd": self.plan.benefit_usd,
            "benefit_usd": self.benefit_usd,
            "surprise_usd_per_mwh": self.surprise_usd_per_mwh,
            "net_import_mwh": float(self.net_mw.sum()),
            "market_co2_t": float(self.clearing.co2_t.sum()),
            "welfare_usd": self.accounts.welfare_usd,
            "residual": self.accounts.residual,
        }
