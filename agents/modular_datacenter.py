"""Modular datacenter: GPUs beside a curtailed renewable plant, leased out by the hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cvxpy as cp

from .agent import Declaration
from .arrays import FloatArray
from .goods import Good, contracts, lease


@dataclass(frozen=True, eq=False)
class ModularDatacenter:
    """Leases GPUs that run on bought and on otherwise curtailed energy.

    It maximises lease income less energy cost (arXiv 2602.19310, eqs. (8)-(11), (26)-(31)):
    purchases plus curtailed energy used equal the energy of the leased GPUs.

    Parameters
    ----------
    name : str
    bus : int
    sellers : tuple of str
        Producers that it can buy from.
    capacity_mw : float
        Largest energy use K in an hour.
    curtailed_mwh : array of shape (periods,)
        Curtailed renewable energy V that is there for free.
    gpu_rating_mw : float
        Power eta of one GPU.
    """

    name: str
    bus: int
    sellers: tuple[str, ...]
    capacity_mw: float
    curtailed_mwh: FloatArray
    gpu_rating_mw: float
    moves_money: ClassVar[bool] = True

    @property
    def contracts(self) -> tuple[Good, ...]:
        """Contracts, seller by seller and within a seller hour by hour."""
        return contracts(self.sellers, (self.name,), len(self.curtailed_mwh))

    @property
    def leases(self) -> tuple[Good, ...]:
        """Its leases, hour by hour."""
        return tuple(lease(self.name, period, self.gpu_rating_mw) for period in range(len(self.curtailed_mwh)))

    def declare(self) -> Declaration:
        """Cost is zero; trades are minus the purchases, and the GPUs leased out."""
        purchases = cp.Variable((len(self.sellers), len(self.curtailed_mwh)), nonneg=True)
        spillover = cp.Variable(len(self.curtailed_mwh), nonneg=True)
        energy = cp.sum(purchases, axis=0) + spillover
        trades = cp.hstack([-cp.vec(purchases, order="C"), energy / self.gpu_rating_mw])
        return Declaration(
            cp.Constant(0.0),
            trades,
            self.contracts + self.leases,
            [energy <= self.capacity_mw, spillover <= self.curtailed_mwh],
        )
