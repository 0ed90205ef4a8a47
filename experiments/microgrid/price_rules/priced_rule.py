"""A rule's prices, what every participant loses at them, and the penalty that would deter all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ....agents.arrays import FloatArray
from ....agents.goods import Good
from ....coordinator.price_rules.exact_penalty import Penalty
from ....coordinator.price_rules.lost_opportunity import Lost
from ..decomposition.priced_bound import prices_by_kind
from ..microgrid_plan import PlanStatus
from ..participants import Participants


class Rule(StrEnum):
    """Where prices come from."""

    MARGINAL = "marginal"
    CONVEX_HULL = "convex_hull"
    AUGMENTED_LAGRANGIAN = "augmented_lagrangian"


class Side(StrEnum):
    """Kinds of participants."""

    SITES = "sites"
    REGIONS = "regions"
    JOB_OWNERS = "job_owners"
    CARBON_BUDGET = "carbon_budget"


Participant = tuple[Side, str]


def participants_of(agents: Participants, slots: int) -> list[Participant]:
    """Which participant each agent of `priced_market` belongs to: regions stand there class by class, slot by slot."""
    return [
        *((Side.SITES, site.name) for site in agents.sites),
        *((Side.REGIONS, region.region) for region in agents.regions for _ in range(slots)),
        *((Side.JOB_OWNERS, owner.job) for owner in agents.owners),
        *((Side.CARBON_BUDGET, budget.name) for budget in agents.budgets),
    ]


@dataclass(frozen=True, eq=False)
class PricedRule:
    """Figures of a rule.

    Parameters
    ----------
    status : PlanStatus
        Optimal of marginal prices; of convex-hull prices at rest, unless time was up or the user broke it off.
    lost : Lost
        Of all agents, at the rule's prices; of augmented-Lagrangian ones at their linear part.
    penalty : Penalty, or None
        The smallest on each unit of deviation that deters everybody at these prices; None if it is not known.
    charges_penalty : bool
        Whether deviations do cost the penalty, so that nobody need be paid to follow the plan.
    """

    status: PlanStatus
    lost: Lost
    penalty: Penalty | None
    charges_penalty: bool = False

    @property
    def side_payments_usd(self) -> float:
        """What it takes to pay everybody for what it loses by following the plan."""
        return 0.0 if self.charges_penalty else self.lost.total_usd

    def deviates(self, participants: Sequence[Participant]) -> list[str]:
        """Who would rather do something else, were it not for a penalty."""
        lost = by_participant(self.lost.lost_usd, participants)
        return [name for (_, name), usd in lost.items() if usd > self.lost.content_usd]

    def penalty_for(self, participants: Sequence[Participant]) -> str | None:
        """Whom a smaller penalty would not deter; None where nobody needs any, or it is not known."""
        if self.penalty is None or self.penalty.agent is None:
            return None
        return participants[self.penalty.agent][1]

    def as_json(
        self, goods: tuple[Good, ...], participants: Sequence[Participant], benefit_usd: float
    ) -> dict[str, Any]:
        """By the keys of the interface."""
        lost = by_participant(self.lost.lost_usd, participants)
        return {
            "status": str(self.status),
            "prices": prices_by_kind(goods, self.lost.prices),
            "lost_usd": nested(lost),
            "lost_total_usd": self.lost.total_usd,
            "bound_usd": benefit_usd + self.lost.total_usd,
            "deviates": self.deviates(participants),
            "paid_usd": nested(by_participant(self.lost.paid_usd, participants)),
            "revenue_balance_usd": float(self.lost.paid_usd.sum()),
            "side_payments_usd": self.side_payments_usd,
            "penalty_usd_per_unit": None if self.penalty is None else self.penalty.usd_per_unit,
            "penalty_for": self.penalty_for(participants),
        }


def by_participant(values: FloatArray, participants: Sequence[Participant]) -> dict[Participant, float]:
    """Sums over each participant's agents, of values of shape (agents,)."""
    sums: dict[Participant, float] = {}
    for participant, value in zip(participants, values.tolist(), strict=True):
        sums[participant] = sums.get(participant, 0.0) + value
    return sums


def nested(values: dict[Participant, float]) -> dict[str, dict[str, float]]:
    """Side by side."""
    return {str(side): {name: value for (of, name), value in values.items() if of == side} for side in Side}
