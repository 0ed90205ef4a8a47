"""Goods: the things that are traded, each with one price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import product


class Family(StrEnum):
    """The families of goods; residuals are judged family by family."""

    CONTRACT = "contract"
    ENERGY = "energy"
    LEASE = "lease"
    WHEELING = "wheeling"
    INFERENCE = "inference"
    TRAINING = "training"
    CARBON = "carbon"


@dataclass(frozen=True, order=True, slots=True)
class Good:
    """One tradable thing.

    Parameters
    ----------
    family : Family
    seller : str
        Who supplies it: a producer, a modular datacenter, the grid operator; empty where anybody may.
    buyer : str
        Who takes it: a participant of a bilateral contract, a bus for wheeling and pooled energy; empty where anybody
        may.
    period : int
        Hour, counted from 0.
    unit : str
        Unit of a quantity: MWh, GPU, job or t.
    mwh_per_unit : float
        Energy that one unit stands for.
    """

    family: Family
    seller: str
    buyer: str
    period: int
    unit: str = "MWh"
    mwh_per_unit: float = 1.0

    def __hash__(self) -> int:
        """Of what tells nearly all goods apart: half a million are looked up many times."""
        return hash((self.seller, self.buyer, self.period))

    def __str__(self) -> str:
        """Name the good as a reader of a table would."""
        return f"{self.family} {self.parties}, hour {self.period + 1}"

    @property
    def parties(self) -> str:
        """Who the good is between, as far as that tells goods of a family apart."""
        match self.family:
            case Family.CONTRACT:
                return f"{self.seller} -> {self.buyer}"
            case Family.ENERGY:
                return f"at {self.buyer}"
            case Family.LEASE:
                return f"of {self.seller}"
            case Family.WHEELING:
                return f"to {self.buyer}"
            case Family.INFERENCE | Family.TRAINING:
                return f"for {self.buyer}"
            case Family.CARBON:
                return f"from {self.seller}"


def contract(seller: str, buyer: str, period: int) -> Good:
    """Bilateral contract: energy that `seller` sells to `buyer` in one hour [MWh]."""
    return Good(Family.CONTRACT, seller, buyer, period)


def contracts(sellers: Iterable[str], buyers: Iterable[str], periods: int) -> tuple[Good, ...]:
    """Bilateral contracts of every pair: seller by seller, then buyer by buyer, then hour by hour."""
    return tuple(contract(seller, buyer, t) for seller, buyer in product(sellers, buyers) for t in range(periods))


def lease(modular_datacenter: str, period: int, gpu_rating_mw: float) -> Good:
    """GPUs that a modular datacenter leases out for one hour, to any hyperscaler [GPU]."""
    return Good(Family.LEASE, modular_datacenter, "", period, "GPU", gpu_rating_mw)


def wheeling(bus: int, period: int) -> Good:
    """Transmission from the hub to a bus in one hour [MWh]."""
    return Good(Family.WHEELING, "grid operator", f"bus {bus}", period)


def energy(bus: int, period: int) -> Good:
    """Energy that anybody at a bus sells to the pool or buys from it in one hour [MWh]."""
    return Good(Family.ENERGY, "", f"bus {bus}", period)


def inference(region: str, request_class: str, period: int) -> Good:
    """IT energy that serves requests of a region and class in one slot, at whatever site [MWh]."""
    return Good(Family.INFERENCE, "", f"{region}, {request_class}", period)


def training(job: str) -> Good:
    """A training job run from its start to its end [job]."""
    return Good(Family.TRAINING, "", job, 0, "job")


def carbon() -> Good:
    """An allowance to emit, valid in all slots [t]."""
    return Good(Family.CARBON, "carbon budget", "", 0, "t")
