"""Rules judged on instances of several seeds, with their spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ...errors import Fault, ScenarioError
from ..instance import Instance
from ..joint_plan import BEST_EFFORT, Effort
from ..studies.spread import Spread, spread
from .grid_connection import AT_NODAL_PRICES, GridConnection
from .grid_signals import Standing
from .judgement import Judgement, judge
from .scheduling_rules import Rule


@dataclass(eq=False)
class JudgedSeeds:
    """Judgements by seed.

    Parameters
    ----------
    instances : mapping of seed to Instance
        All that are to be judged; a whole instance has the seed None.
    places : dict of site to bus
    judgements : dict of seed to Judgement
        As far as they were made.
    """

    instances: Mapping[int | None, Instance]
    places: dict[str, int]
    judgements: dict[int | None, Judgement] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether all rules have a schedule on all instances."""
        return len(self.judgements) == len(self.instances) and not any(j.reason for j in self.judgements.values())

    def changes(self, rule: Rule, figure: str) -> list[float]:
        """By how much a figure of `Verdict` changes under a rule, seed by seed."""
        return [getattr(each.changes[rule], figure) for each in self.judgements.values() if rule in each.changes]

    def spread(self, rule: Rule) -> dict[str, Spread]:
        """Of all changes under a rule, by the names of `Verdict`."""
        verdicts = [each.changes[rule] for each in self.judgements.values() if rule in each.changes]
        names = asdict(verdicts[0]) if verdicts else {}
        spreads = {name: spread(getattr(each, name) for each in verdicts) for name in names}
        return {name: each for name, each in spreads.items() if each is not None}

    def as_json(self) -> dict[str, Any]:
        """By seed, and the spread over seeds by rule."""
        return {
            "places": self.places,
            "seeds": [{"seed": seed, **each.as_json()} for seed, each in self.judgements.items()],
            "spread": {str(rule): {name: each.as_json() for name, each in self.spread(rule).items()} for rule in Rule},
        }


class JudgingInterrupted(KeyboardInterrupt):
    """The user broke it off; instances judged by then are attached."""

    def __init__(self, judged: JudgedSeeds) -> None:
        super().__init__("interrupted")
        self.judged = judged


def judge_seeds(
    instances: Mapping[int | None, Instance],
    standing: Standing,
    connection: GridConnection = AT_NODAL_PRICES,
    effort: Effort = BEST_EFFORT,
) -> JudgedSeeds:
    """Judge all rules on one instance after the other, on the same market.

    Raises
    ------
    JudgingInterrupted
        If the user interrupts it.
    ScenarioError
        If carbon has no price, which rules differ by, or a budget.
    """
    for instance in instances.values():
        _refuse_unpriced(instance)
    judged = JudgedSeeds(instances, standing.places)
    try:
        for seed, instance in instances.items():
            judged.judgements[seed] = judge(instance, standing, connection, effort)
    except KeyboardInterrupt as error:
        raise JudgingInterrupted(judged) from error
    return judged


def _refuse_unpriced(instance: Instance) -> None:
    faults = []
    if instance.carbon_price_usd_per_t == 0:
        faults.append(Fault("carbon_price_usd_per_t", "is 0; rules differ by what the price on carbon falls on"))
    budgets = {"carbon_budget_t": instance.carbon_budget_t} | {
        f"sites.{name}.carbon_budget_t": site.carbon_budget_t for name, site in instance.sites.items()
    }
    for path, budget in budgets.items():
        if budget is not None:
            faults.append(Fault(path, f"is {budget:g}; rules count emissions differently, and none may have a budget"))
    if faults:
        raise ScenarioError("instance", faults)
