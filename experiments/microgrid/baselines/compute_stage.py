"""The first stage of compute-only planning: compute at some price of energy, and the plans that tie in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import cvxpy as cp
import numpy as np

from ....agents.arrays import FloatArray
from ....agents.microgrid import Battery, DispatchableUnit
from ....agents.site import Site
from ..instance import Instance
from ..joint_plan import Effort
from ..joint_programme import Declared, JointProgramme, Objective
from ..participants import Participants, participants
from ..recovered_compute import compute_of
from ..schedule import Compute

# Of a value, what tied plans may lose.
_TIE = 1e-7


class Pricing(StrEnum):
    """What price of energy compute is planned with; sun, wind and carbon are out of sight in any case."""

    BLIND = "price_blind"
    FLAT = "flat_price"
    TIME_OF_USE = "time_of_use"


@dataclass(frozen=True, eq=False)
class ComputeStage:
    """Plans of compute that are as good as any, as far as the stage can see.

    Parameters
    ----------
    agents : Participants
        Sites with all the power that they want, at no cost.
    objective : callable
        Cost [$] of compute, with energy at the stage's price.
    least_usd : float
    is_optimal : bool
        Whether no plan costs less; else time was up.
    """

    agents: Participants
    objective: Objective
    least_usd: float
    is_optimal: bool

    def tied(self, declared: Declared) -> list[cp.Constraint]:
        """Only plans that are as good."""
        return [within_tie(self.objective(declared), self.least_usd)]


def compute_stage(
    instance: Instance, effort: Effort, pricing: Pricing, name: str
) -> tuple[ComputeStage, Compute] | None:
    """The stage and a plan that is best in it; None if none was found in time.

    Raises
    ------
    InfeasibleProgrammeError
        If mandatory jobs do not fit.
    IntegerInterrupted
        If the user interrupts it.
    """
    prices = _prices(instance, pricing)
    known = participants(instance)
    agents = replace(known, sites=tuple(_with_all_power(site) for site in known.sites), budgets=())

    def objective(declared: Declared) -> cp.Expression:
        both = list(zip(prices, declared.decisions, strict=True))
        usd = [one.network_usd + instance.slot_hours * (price @ one.load_mw) for price, one in both]
        return declared.buyers_usd + cp.sum(usd)

    joint = JointProgramme(agents, objective=objective)
    # A plan that is within a gap of the best ties with nothing.
    found = joint.solve(0.0, effort.seconds, effort.telling(name))
    if found.x is None:
        return None
    joint.take(found.x)
    stage = ComputeStage(agents, objective, joint.value_usd, found.is_optimal)
    return stage, compute_of(instance, agents.sites, joint.decisions)


def within_tie(expression: cp.Expression, value: float) -> cp.Constraint:
    """An expression is no more than a value, up to rounding."""
    return expression <= value + _TIE * max(1.0, abs(value))


def _prices(instance: Instance, pricing: Pricing) -> list[FloatArray]:
    imports = [np.asarray(site.import_usd_per_mwh) for site in instance.sites.values()]
    match pricing:
        case Pricing.BLIND:
            return [np.zeros(instance.slots)] * len(imports)
        case Pricing.FLAT:
            return [np.full(instance.slots, np.mean(imports))] * len(imports)
        case Pricing.TIME_OF_USE:
            return imports


def _with_all_power(site: Site) -> Site:
    slots = site.microgrid.slots
    nothing = np.zeros(slots)
    grid = replace(
        site.microgrid,
        renewable_mw=nothing,
        unit=DispatchableUnit(0.0, 0.0, 0.0, 0.0, 0.0),
        battery=Battery(0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0),
        import_mw=float(np.max(site.pue)) * (site.idle_mw + site.it_capacity_mw),
        export_mw=0.0,
        import_usd_per_mwh=nothing,
        export_usd_per_mwh=nothing,
        grid_t_per_mwh=nothing,
    )
    return replace(site, microgrid=grid, carbon_budget_t=None, has_market_for_carbon=False)
