"""What joint planning gains through routing, job timing, battery, generation and export: a game of 32 coalitions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ....agents.site import Site, SiteDecisions
from ....coordinator.programmes.stated_programme import Limit
from ..baselines.compute_policy import policy, routed_mw, started
from ..instance import Instance
from ..joint_plan import Effort, plan_by
from ..joint_programme import JointProgramme
from ..microgrid_plan import Plan
from ..participants import participants
from ..schedule import Compute
from .shapley import Coalition, coalitions, shapley_values

PLAYERS = ROUTING, TIMING, BATTERY, GENERATION, EXPORT = ("routing", "job_timing", "battery", "generation", "export")
ENERGY = frozenset({BATTERY, GENERATION, EXPORT})
ALL = frozenset(PLAYERS)


@dataclass(frozen=True, eq=False)
class Split:
    """The benefit of the joint plan, split over what it may decide.

    Without routing, routes are no larger than the policy's; without job timing jobs start when and where the policy
    starts them; without battery nothing is charged; without generation the unit is off; without export nothing is
    sold. The empty coalition is the policy on sun, wind and imports, which may drop requests.

    Shapley values split what the joint plan has beyond the empty coalition. Energy-only planning is the coalition of
    battery, generation and export, so that the gain over it is another sum: what routing and job timing add to these
    three (`gain_over_energy_only`), in both orders. That battery, generation and export have a share in the gain over
    the empty coalition does not mean that energy-only planning lacks them.

    Parameters
    ----------
    benefits_usd : dict of coalition to float
    """

    benefits_usd: dict[Coalition, float]

    @property
    def shapley_usd(self) -> dict[str, float]:
        """By player; they add up to joint less empty."""
        return shapley_values(PLAYERS, self.benefits_usd)

    @property
    def gain_over_energy_only_usd(self) -> dict[str, float]:
        """Shapley values of routing and job timing where all of energy is there; they add up to that gain."""
        beside = {sub: self.benefits_usd[sub | ENERGY] for sub in coalitions((ROUTING, TIMING))}
        return shapley_values((ROUTING, TIMING), beside)

    @property
    def lost_without_usd(self) -> dict[str, float]:
        """What the joint plan loses where one player alone is missing."""
        return {player: self.benefits_usd[ALL] - self.benefits_usd[ALL - {player}] for player in PLAYERS}

    @classmethod
    def of_json(cls, document: dict[str, Any]) -> Split:
        """What `as_json` gave."""
        return cls({frozenset(filter(None, c.split("+"))): usd for c, usd in document["coalitions_usd"].items()})

    def as_json(self) -> dict[str, Any]:
        """Figures in $."""
        return {
            "empty_usd": self.benefits_usd[frozenset()],
            "energy_only_usd": self.benefits_usd[ENERGY],
            "joint_usd": self.benefits_usd[ALL],
            "shapley_usd": self.shapley_usd,
            "gain_over_energy_only_usd": self.gain_over_energy_only_usd,
            "lost_without_usd": self.lost_without_usd,
            "coalitions_usd": {"+".join(p for p in PLAYERS if p in c): v for c, v in self.benefits_usd.items()},
        }


def coalition_plans(instance: Instance, effort: Effort) -> dict[Coalition, Plan]:
    """The best plan of every coalition."""
    agents = participants(instance)
    joint, compute = JointProgramme(agents), policy(instance)
    plans = {}
    for members in coalitions(PLAYERS):
        name, begin = " and ".join(sorted(members)) or "nothing", time.perf_counter()
        plans[members] = plan_by(
            instance, agents, joint.within(limits(agents.sites, joint.decisions, compute, members)), effort, name, begin
        )
    return plans


def split_of(plans: dict[Coalition, Plan]) -> Split | None:
    """The split; None if a coalition has no schedule, as where the policy cannot meet the budget."""
    if any(plan.schedule is None for plan in plans.values()):
        return None
    return Split({members: plan.benefit_usd for members, plan in plans.items()})


def limits(
    sites: Sequence[Site], decisions: Sequence[SiteDecisions], compute: Compute, members: Coalition
) -> list[Limit]:
    """That only the members of a coalition decide; the policy's compute is what it is without them."""
    found: list[Limit] = []
    for site, decided in zip(sites, decisions, strict=True):
        energy = decided.energy
        kept = {
            ROUTING: [Limit(decided.routed_mw, 0.0, routed_mw(site, compute))] if site.routes else [],
            TIMING: [Limit(decided.started, *2 * [started(site, compute)])] if len(site.starts[0]) else [],
            BATTERY: [Limit(energy.charge_mw, 0.0, 0.0)],
            GENERATION: [Limit(energy.dispatchable_mw, 0.0, 0.0)],
            EXPORT: [Limit(energy.export_mw, 0.0, 0.0)],
        }
        found += [limit for player in PLAYERS if player not in members for limit in kept[player]]
    return found
