"""What it costs not to know: a rolling plan, the same with perfect forecasts, and plans that know all that comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ..baselines.energy_only import energy_only_plan
from ..instance import Instance
from ..joint_plan import BEST_EFFORT, Effort, PlanInterrupted, joint_plan
from ..microgrid_plan import ENERGY_ONLY, Plan, PlanStatus, known
from .forecasts import PERFECT
from .rolling_plan import Rolled, RollingInterrupted, rolling_plan
from .slot_by_slot import Sight

PLANS = ROLLING, PERFECT_FORECASTS, PERFECT_FORESIGHT = "rolling", "perfect_forecasts", "perfect_foresight"


@dataclass(eq=False)
class NotKnowing:
    """What was made of one instance.

    Parameters
    ----------
    instance : Instance
    sight : Sight
    rolled : dict of name to Rolled
        With errors, and with perfect forecasts as far as the horizon.
    foresight : Plan, or None
        The joint plan of the whole instance.
    energy_only : Plan, or None
        Its energy-only plan, which knows all too: what joint planning gains over it is the measure of the price.
    """

    instance: Instance
    sight: Sight
    rolled: dict[str, Rolled] = field(default_factory=dict)
    foresight: Plan | None = None
    energy_only: Plan | None = None

    @property
    def knowing(self) -> dict[str, Plan]:
        """Plans that know all that comes, by name."""
        plans = {PERFECT_FORESIGHT: self.foresight, ENERGY_ONLY: self.energy_only}
        return {name: plan for name, plan in plans.items() if plan is not None}

    @property
    def plans(self) -> dict[str, Plan]:
        """All plans by name."""
        return {**{name: rolled.plan for name, rolled in self.rolled.items()}, **self.knowing}

    @property
    def has_settled(self) -> bool:
        """Whether any slot is settled."""
        return any(rolled.slots > 0 for rolled in self.rolled.values())

    @property
    def is_whole(self) -> bool:
        """Whether both rolling plans and perfect foresight have all slots, and every plan is within the gap."""
        return all(name in self.plans and self.plans[name].is_optimal for name in PLANS)

    @property
    def price_usd(self) -> dict[str, float] | None:
        """How much less the rolling plan is worth than perfect foresight; None unless rolling plans reach the end.

        ``total`` adds up of what errors cost (``error``) and of what is lost in spite of perfect forecasts
        (``short_sight``: a short horizon, and jobs that are not known of). Any of them may be negative, by the gaps of
        plans or where errors happen to help. At perfect foresight up to ``unproved`` more could be
        earned, infinite if no bound is known.
        """
        best = self.foresight
        if best is None or best.schedule is None:
            return None
        rolled = self.rolled.values()
        is_broken = any(one.plan.status == PlanStatus.INFEASIBLE for one in rolled)
        if is_broken or len(rolled) < 2 or any(one.slots < self.instance.slots for one in rolled):
            return None
        rolling, perfect = (self.rolled[name].plan.benefit_usd for name in (ROLLING, PERFECT_FORECASTS))
        return {
            "total": best.benefit_usd - rolling,
            "error": perfect - rolling,
            "short_sight": best.benefit_usd - perfect,
            "unproved": best.bound_usd - best.benefit_usd,
        }

    @property
    def price_share(self) -> float | None:
        """The whole price as a share of what joint planning gains over energy-only; None if it gains nothing."""
        price, best, energy = self.price_usd, self.foresight, self.energy_only
        if price is None or best is None or energy is None or energy.schedule is None:
            return None
        gain = best.benefit_usd - energy.benefit_usd
        return price["total"] / gain if gain > 0 else None

    def as_json(self) -> dict[str, Any]:
        """Settings, plans by the keys of the interface, and the price of not knowing."""
        errors, price = self.sight.errors, self.price_usd
        return {
            "slots": self.instance.slots,
            "slot_hours": self.instance.slot_hours,
            "horizon_slots": self.sight.horizon_slots,
            "every_slots": self.sight.every_slots,
            "notice_slots": self.sight.notice_slots,
            "renewable_error": errors.renewable_share,
            "demand_error": errors.demand_share,
            "error_seed": errors.seed,
            "plans": {
                **{name: rolled.as_json() for name, rolled in self.rolled.items()},
                **{name: plan.as_json() for name, plan in self.knowing.items()},
            },
            "price_of_not_knowing_usd": None if price is None else {part: known(usd) for part, usd in price.items()},
            "price_share_of_gain": self.price_share,
        }


class NotKnowingInterrupted(KeyboardInterrupt):
    """The user broke it off; what was made by then is attached, the last plan as far as it had come."""

    def __init__(self, found: NotKnowing) -> None:
        super().__init__("interrupted")
        self.found = found


def price_of_not_knowing(
    instance: Instance,
    sight: Sight,
    effort: Effort = BEST_EFFORT,
    on_slot: Callable[[str, int, float], None] | None = None,
) -> NotKnowing:
    """Make all plans, the rolling one first.

    Parameters
    ----------
    instance : Instance
        What comes.
    sight : Sight
    effort : Effort
        For each plan that is made ahead, and for those of all slots.
    on_slot : callable, optional
        Called with the name of a plan, how many of its slots are settled, and what they are worth [$].

    Raises
    ------
    NotKnowingInterrupted
        If the user interrupts it.
    UnsolvedProgrammeError
        If HiGHS ends in another way.
    """
    found = NotKnowing(instance, sight)
    quiet = replace(effort, on_progress=None)

    def roll(name: str, seeing: Sight) -> None:
        def told(slots: int, benefit_usd: float) -> None:
            if on_slot is not None:
                on_slot(name, slots, benefit_usd)

        try:
            found.rolled[name] = rolling_plan(instance, seeing, quiet, told)
        except RollingInterrupted as interrupted:
            found.rolled[name] = interrupted.rolled
            raise

    try:
        roll(ROLLING, sight)
        if sight.errors.are_none:
            found.rolled[PERFECT_FORECASTS] = found.rolled[ROLLING]
        else:
            roll(PERFECT_FORECASTS, replace(sight, errors=PERFECT))
        found.foresight = joint_plan(instance, effort, name=PERFECT_FORESIGHT)
        found.energy_only = energy_only_plan(instance, effort)
    except KeyboardInterrupt as interrupted:
        if isinstance(interrupted, PlanInterrupted) and found.foresight is None:
            found.foresight = interrupted.plan
        raise NotKnowingInterrupted(found) from interrupted
    return found
