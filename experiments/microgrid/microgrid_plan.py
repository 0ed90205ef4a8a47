"""A plan: a schedule, what it is worth, and how much better any could be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite
from typing import Any

from .decomposition.priced_bound import PricedBound
from .instance import Instance
from .schedule import Schedule
from .settled import emissions_t, settled

PLANS = JOINT, COMPUTE_ONLY, ENERGY_ONLY = "joint", "compute_only", "energy_only"
DECOMPOSED = "decomposed"
# Of emissions: a plan that meets its budget does so up to this.
_ROUNDING = 1e-9


class PlanStatus(StrEnum):
    """How a plan was reached."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"
    INTERRUPTED = "interrupted"
    INFEASIBLE = "infeasible"
    AT_REST = "at_rest"
    MAX_ROUNDS = "max_rounds"


@dataclass(frozen=True, eq=False)
class Plan:
    """A schedule and its figures.

    Parameters
    ----------
    status : PlanStatus
        Optimal within the gap that was asked for, unless time was up, the user broke it off, or there is no schedule;
        of decomposed plans also at rest, where nothing more is known to prove, or out of rounds.
    schedule : Schedule, or None
        None if none was found.
    benefit_usd, bound_usd : float
        What the schedule is worth, and what no schedule of the last stage exceeds; minus and plus infinity if unknown.
    parts_usd : dict
        They add up to the benefit; empty without a schedule.
    emissions_t, seconds : float
    budget_excess_t : float
        What is emitted beyond the budget of all sites together.
    reason : str
        Why there is no schedule; empty otherwise.
    tied_usd : tuple of float, or None
        Of compute-only plans: least and largest benefit among those that tie in the first stage.
    priced : PricedBound, or None
        Of decomposed plans: the prices that prove the bound.
    """

    status: PlanStatus
    schedule: Schedule | None
    benefit_usd: float
    bound_usd: float
    parts_usd: dict[str, float]
    emissions_t: float
    budget_excess_t: float
    seconds: float
    reason: str = ""
    tied_usd: tuple[float, float] | None = None
    priced: PricedBound | None = None

    @property
    def is_optimal(self) -> bool:
        """Whether it has a schedule within the gap that was asked for."""
        return self.status == PlanStatus.OPTIMAL

    @property
    def gap(self) -> float:
        """(bound - benefit) / max(1, |benefit|); infinite if either is unknown."""
        if self.schedule is None or not isfinite(self.bound_usd):
            return inf
        return (self.bound_usd - self.benefit_usd) / max(1.0, abs(self.benefit_usd))

    def as_json(self) -> dict[str, Any]:
        """By the keys of the interface; what is unknown is null."""
        return {
            "status": str(self.status),
            "reason": self.reason,
            "benefit_usd": known(self.benefit_usd),
            "bound_usd": known(self.bound_usd),
            "gap": known(self.gap),
            "seconds": self.seconds,
            "emissions_t": self.emissions_t if self.schedule is not None else None,
            "budget_excess_t": self.budget_excess_t if self.schedule is not None else None,
            "tied_usd": None if self.tied_usd is None else list(self.tied_usd),
            "parts_usd": self.parts_usd,
            "schedule": None if self.schedule is None else self.schedule.as_json(),
            **({} if self.priced is None else self.priced.as_json()),
        }


def plan_of(
    instance: Instance,
    schedule: Schedule,
    status: PlanStatus,
    bound_usd: float,
    seconds: float,
    tied_usd: tuple[float, float] | None = None,
) -> Plan:
    """The plan of a schedule, whose figures are computed from it alone.

    Parameters
    ----------
    instance : Instance
    schedule : Schedule
    status : PlanStatus
    bound_usd : float
        As the solver gives it; a schedule that is better by rounding raises it.
    seconds : float
    tied_usd : tuple of float, optional
    """
    parts = settled(instance, schedule)
    benefit = sum(parts.values())
    emitted, budget = emissions_t(instance, schedule), instance.carbon_budget_t
    excess = 0.0 if budget is None else emitted - budget
    excess = excess if excess > _ROUNDING * max(1.0, emitted) else 0.0
    return Plan(status, schedule, benefit, max(bound_usd, benefit), parts, emitted, excess, seconds, tied_usd=tied_usd)


def without_schedule(status: PlanStatus, seconds: float, reason: str, bound_usd: float = inf) -> Plan:
    """A plan that has none."""
    return Plan(status, None, -inf, bound_usd, {}, 0.0, 0.0, seconds, reason)


def known(value: float) -> float | None:
    """A figure in JSON, which has no infinity: null if it is unknown."""
    return value if isfinite(value) else None
