"""Hyperscaler: places inference batches in its own datacenter or on leased GPUs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cvxpy as cp
import numpy as np

from .agent import AgentError, Declaration
from .arrays import FloatArray
from .goods import Good, contracts, lease


@dataclass(frozen=True, eq=False)
class Hyperscaler:
    """Serves every batch at the least weighted sum of cost and emissions, under ex post disclosure.

    With weight alpha on cost it minimises ``alpha (energy and leases) + (1 - alpha) emissions``
    (arXiv 2602.19310, eqs. (12), (13), (32)-(34)). Divided by alpha this is a problem in dollars in
    which a kilogram weighs ``kappa = (1 - alpha) / alpha``.

    Parameters
    ----------
    name : str
    bus : int
    sellers : tuple of str
        Producers that it can buy from.
    emission_rates_kg_per_mwh : array of shape (sellers,)
    cost_weight : float
        alpha in (0, 1].
    batches : tuple of str
    workload_mwh : array of shape (batches, periods)
        Energy W that each batch needs.
    processable : dict of modular datacenter to tuple of str
        Batches that each modular datacenter can process in time.
    gpu_rating_mw : float
        Power eta of one GPU.

    Raises
    ------
    AgentError
        If the weight is out of range.
    """

    name: str
    bus: int
    sellers: tuple[str, ...]
    emission_rates_kg_per_mwh: FloatArray
    cost_weight: float
    batches: tuple[str, ...]
    workload_mwh: FloatArray
    processable: dict[str, tuple[str, ...]]
    gpu_rating_mw: float
    moves_money: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Refuse a weight without which nothing has a price."""
        if not 0 < self.cost_weight <= 1:
            raise AgentError(f"agent {self.name}: cost_weight is {self.cost_weight}; above 0 and up to 1 is needed")

    @property
    def emission_price_usd_per_kg(self) -> float:
        """The weight kappa of a kilogram."""
        return (1 - self.cost_weight) / self.cost_weight

    @property
    def contracts(self) -> tuple[Good, ...]:
        """Contracts, seller by seller and within a seller hour by hour."""
        return contracts(self.sellers, (self.name,), self.workload_mwh.shape[1])

    @property
    def lenders(self) -> tuple[str, ...]:
        """Modular datacenters that can process at least one of its batches."""
        own = set(self.batches)
        return tuple(name for name, batches in self.processable.items() if own & set(batches))

    @property
    def leases(self) -> tuple[Good, ...]:
        """Leases, lender by lender and within a lender hour by hour."""
        periods = range(self.workload_mwh.shape[1])
        return tuple(lease(name, t, self.gpu_rating_mw) for name in self.lenders for t in periods)

    def declare(self) -> Declaration:
        """Cost is the value of its own emissions; trades are minus the energy and the GPUs it takes."""
        periods = self.workload_mwh.shape[1]
        purchases = cp.Variable((len(self.sellers), periods), nonneg=True)
        pairs = [
            (lender, batch) for lender in self.lenders for batch in self.batches if batch in self.processable[lender]
        ]
        trades = -cp.vec(purchases, order="C")
        local: cp.Expression = cp.Constant(self.workload_mwh)
        constraints: list[cp.Constraint] = []
        if pairs:
            rented = cp.Variable((len(pairs), periods), nonneg=True)
            serves = np.array([[float(batch == pair[1]) for pair in pairs] for batch in self.batches])
            lends = np.array([[float(lender == pair[0]) for pair in pairs] for lender in self.lenders])
            local = local - serves @ rented
            constraints.append(local >= 0)
            trades = cp.hstack([trades, -cp.vec(lends @ rented, order="C") / self.gpu_rating_mw])
        constraints.append(cp.sum(local, axis=0) == cp.sum(purchases, axis=0))
        emissions_kg = self.emission_rates_kg_per_mwh @ cp.sum(purchases, axis=1)
        cost = self.emission_price_usd_per_kg * emissions_kg
        return Declaration(cost, trades, self.contracts + self.leases, constraints)
