"""Datacenter site: runs training jobs in one piece, serves inference, and feeds both from its own microgrid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import cvxpy as cp
import numpy as np
import scipy.sparse as sp

from .agent import Declaration
from .arrays import FloatArray, IntArray
from .goods import Good, carbon, inference, training
from .microgrid import Microgrid


@dataclass(frozen=True)
class TrainingJob:
    """A job that runs without a break on one site; slots count from 0.

    Parameters
    ----------
    name : str
    it_mw : float
    slots : int
        How long it runs.
    release, deadline : int
        First and last slot in which it may run.
    """

    name: str
    it_mw: float
    slots: int
    release: int
    deadline: int

    def starts(self, slots: int) -> range:
        """Slots in which it may start within a horizon."""
        return range(self.release, min(self.deadline, slots - 1) - self.slots + 2)


@dataclass(frozen=True)
class Route:
    """Requests of a region and class that reach a site in time, at a cost of the network."""

    region: str
    request_class: str
    network_usd_per_mwh: float


@dataclass(frozen=True, eq=False)
class Site:
    """Sells inference and training, and buys carbon allowances where there is a budget (arXiv 2605.03751).

    Parameters
    ----------
    name : str
    it_capacity_mw : float
    idle_mw : float
        IT power that is drawn in any case.
    pue : array of shape (slots,)
        Facility power in multiples of IT power, cooling included.
    microgrid : Microgrid
    jobs : tuple of TrainingJob
        Those that it may run.
    routes : tuple of Route
    carbon_budget_t : float, optional
        Most that it may emit. Default: any.
    has_market_for_carbon : bool
        Whether all sites share a budget.
    """

    name: str
    it_capacity_mw: float
    idle_mw: float
    pue: FloatArray
    microgrid: Microgrid
    jobs: tuple[TrainingJob, ...]
    routes: tuple[Route, ...]
    carbon_budget_t: float | None = None
    has_market_for_carbon: bool = False
    moves_money: ClassVar[bool] = True

    @property
    def goods(self) -> tuple[Good, ...]:
        """Inference route by route and within a route slot by slot, then jobs, then carbon."""
        slots = range(self.microgrid.slots)
        served = [inference(route.region, route.request_class, slot) for route in self.routes for slot in slots]
        run = [training(job.name) for job in self.jobs]
        return (*served, *run, *([carbon()] if self.has_market_for_carbon else []))

    @cached_property
    def starts(self) -> tuple[IntArray, IntArray]:
        """Which job, by its position, may start in which slot; arrays of shape (starts,)."""
        pairs = [
            (position, slot)
            for position, job in enumerate(self.jobs)
            if job.it_mw <= self.it_capacity_mw
            for slot in job.starts(self.microgrid.slots)
        ]
        job, slot = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        return job, slot

    def decide(self) -> SiteDecisions:
        """Declare its problem in fresh variables."""
        return SiteDecisions(self)

    def declare(self) -> Declaration:
        """Cost is that of the network and of energy; trades are what it serves, runs and, negative, emits."""
        return self.decide().declaration


class SiteDecisions:
    """A site's variables, and the declaration over them.

    Attributes
    ----------
    started : variable of shape (starts,), boolean
        In the order of `Site.starts`.
    routed_mw : variable of shape (routes, slots)
        IT power for the requests of each route.
    it_mw, load_mw : expressions of shape (slots,)
        IT power beyond the idle one, and power of the facility.
    energy : MicrogridDecisions
    network_usd : scalar expression
    declaration : Declaration
    """

    def __init__(self, site: Site) -> None:
        slots, hours = site.microgrid.slots, site.microgrid.slot_hours
        job, slot = site.starts
        # CVXPY cannot mark what has no entries.
        self.started = cp.Variable(len(job), boolean=len(job) > 0)
        self.routed_mw = cp.Variable((len(site.routes), slots), nonneg=True)
        self.it_mw = _load_of(site, job, slot) @ self.started + cp.sum(self.routed_mw, axis=0)
        self.load_mw = cp.multiply(site.pue, site.idle_mw + self.it_mw)
        self.energy = site.microgrid.decide(self.load_mw)
        constraints = [*self.energy.constraints, self.it_mw <= site.it_capacity_mw]
        if site.carbon_budget_t is not None:
            constraints.append(self.energy.emissions_t <= site.carbon_budget_t)
        run = sp.csr_array((np.ones(len(job)), (job, np.arange(len(job)))), shape=(len(site.jobs), len(job)))
        trades = [hours * cp.vec(self.routed_mw, order="C"), run @ self.started]
        if site.has_market_for_carbon:
            trades.append(-self.energy.emissions_t)
        network = np.array([route.network_usd_per_mwh for route in site.routes])
        self.network_usd = hours * (network @ cp.sum(self.routed_mw, axis=1))
        cost = self.energy.cost + self.network_usd
        self.declaration = Declaration(cost, cp.hstack(trades), site.goods, constraints)


def _load_of(site: Site, job: IntArray, slot: IntArray) -> sp.csr_array:
    """IT power in each slot of each start, shape (slots, starts)."""
    lasts = np.array([site.jobs[position].slots for position in job], dtype=np.int64)
    power = np.array([site.jobs[position].it_mw for position in job])
    columns = np.repeat(np.arange(len(job)), lasts)
    since = np.arange(len(columns)) - np.repeat(np.cumsum(lasts) - lasts, lasts)
    rows = np.repeat(slot, lasts) + since
    return sp.csr_array((np.repeat(power, lasts), (rows, columns)), shape=(site.microgrid.slots, len(job)))
