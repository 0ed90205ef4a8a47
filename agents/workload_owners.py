"""Who buys from datacenter sites: regions whose requests are to be served, owners of training jobs, a carbon budget."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import cvxpy as cp
import numpy as np

from .agent import Declaration
from .arrays import FloatArray
from .goods import carbon, inference, training


@dataclass(frozen=True, eq=False)
class RequestRegion:
    """A region's requests of one class; what is not served is dropped at a penalty.

    Parameters
    ----------
    region, request_class : str
    demand_mw : array of shape (slots,)
        IT power that serving all of it takes.
    slot_hours : float
    revenue_usd_per_mwh, drop_usd_per_mwh : float
    first_slot : int
        That of the first demand.
    """

    region: str
    request_class: str
    demand_mw: FloatArray
    slot_hours: float
    revenue_usd_per_mwh: float
    drop_usd_per_mwh: float
    first_slot: int = 0
    moves_money: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The region and its class, and from which slot on if that is not the first one."""
        since = f" from slot {self.first_slot} on" if self.first_slot else ""
        return f"{self.region} {self.request_class}{since}"

    def by_slot(self) -> tuple[RequestRegion, ...]:
        """The same buyer as one for each slot: nothing joins them, and each alone is simpler to know."""
        return tuple(
            replace(self, demand_mw=self.demand_mw[slot : slot + 1], first_slot=self.first_slot + slot)
            for slot in range(len(self.demand_mw))
        )

    def declare(self) -> Declaration:
        """Cost is the penalty less the revenue; trades are minus what is served."""
        slots = len(self.demand_mw)
        served = cp.Variable(slots, bounds=[np.zeros(slots), self.slot_hours * self.demand_mw])
        dropped = self.slot_hours * float(self.demand_mw.sum()) - cp.sum(served)
        cost = self.drop_usd_per_mwh * dropped - self.revenue_usd_per_mwh * cp.sum(served)
        goods = tuple(
            inference(self.region, self.request_class, slot) for slot in range(self.first_slot, self.first_slot + slots)
        )
        return Declaration(cost, -served, goods, [])


@dataclass(frozen=True)
class JobOwner:
    """Owner of a training job, who has it run at most once, or once in any case.

    Parameters
    ----------
    job : str
    value_usd : float
    mandatory : bool
    """

    job: str
    value_usd: float
    mandatory: bool
    moves_money: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """Whose owner it is."""
        return f"owner of {self.job}"

    def declare(self) -> Declaration:
        """Cost is minus the value; the trade is minus the run."""
        run = cp.Variable(bounds=[1.0 if self.mandatory else 0.0, 1.0])
        return Declaration(-self.value_usd * run, cp.hstack([-run]), (training(self.job),), [])


@dataclass(frozen=True)
class CarbonBudget:
    """Allowances for what all sites may emit together, free as long as they last.

    Parameters
    ----------
    budget_t : float
    """

    budget_t: float
    moves_money: ClassVar[bool] = True
    name: ClassVar[str] = "carbon budget"

    def declare(self) -> Declaration:
        """The trade is what is used of the budget."""
        used = cp.Variable(bounds=[0.0, self.budget_t])
        return Declaration(cp.Constant(0.0), cp.hstack([used]), (carbon(),), [])
