"""The market judges its sites: what a rule of scheduling claims to save, and what the system then emits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from ....agents.arrays import FloatArray
from ..baselines.energy_only import energy_only_plan
from ..instance import Instance
from ..joint_plan import BEST_EFFORT, Effort, joint_plan
from ..schedule import Schedule
from .grid_connection import AT_NODAL_PRICES, GridConnection, net_import_mw
from .grid_market import Clearing
from .grid_signals import Standing
from .scheduling_rules import Rule, by_average_t, by_marginal_t, by_rule, units_t, without_looking


@dataclass(frozen=True)
class Verdict:
    """What a rule changes, beside sites that look at nothing.

    Parameters
    ----------
    claimed_t : float
        Emissions by the rule's own accounts; price alone has none and is counted by average intensity.
    by_average_t, by_marginal_t : float
        Emissions by either account.
    actual_t : float
        Emissions of the market, cleared again, and of the sites' units.
    market_t : float
        Of the market alone.
    congestion_rent_usd : float
    price_usd_per_mwh : float
        Mean of nodal prices, weighted with what consumers take beside sites that look at nothing.
    site_price_usd_per_mwh : float
        Mean of the sites' nodal prices.
    net_import_mwh, it_mwh : float
        What sites draw, and what they compute.
    """

    claimed_t: float
    by_average_t: float
    by_marginal_t: float
    actual_t: float
    market_t: float
    congestion_rent_usd: float
    price_usd_per_mwh: float
    site_price_usd_per_mwh: float
    net_import_mwh: float
    it_mwh: float

    def less(self, other: Verdict) -> Verdict:
        """The change from another one, figure by figure."""
        return Verdict(**{name: value - getattr(other, name) for name, value in asdict(self).items()})


@dataclass(frozen=True, eq=False)
class Judgement:
    """All rules on one instance.

    Parameters
    ----------
    base : Verdict
        Levels, not changes, of sites that look at nothing; what is claimed is by average intensity.
    changes : dict of Rule to Verdict
    seconds : float
        Of all plans.
    reason : str
        Why a rule has none, empty if all have one.
    """

    base: Verdict | None
    changes: dict[Rule, Verdict]
    seconds: float
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """By the names above."""
        return {
            "base": None if self.base is None else asdict(self.base),
            "changes": {str(rule): asdict(change) for rule, change in self.changes.items()},
            "seconds": self.seconds,
            "reason": self.reason,
        }


def judge(
    instance: Instance,
    standing: Standing,
    connection: GridConnection = AT_NODAL_PRICES,
    effort: Effort = BEST_EFFORT,
    rules: Sequence[Rule] = tuple(Rule),
) -> Judgement:
    """Have sites schedule by each rule, and clear the market beside what they do.

    Beside what stands the base: compute by the policy that looks at no price, and the best energy plan for it at the
    mean price of each site's day without sites, carbon free of charge. The market beside it says prices, average
    intensity and marginal emissions, by which sites then plan compute and energy once, as price takers.

    Parameters
    ----------
    instance : Instance
        With a price on carbon and without a budget.
    standing : Standing
    connection : GridConnection
    effort : Effort
        For each plan.
    rules : sequence of Rule

    Raises
    ------
    PlanInterrupted
        If the user interrupts it.
    ScenarioError
        If the market cannot serve what sites draw.
    """
    nothing = np.zeros((len(standing.places), instance.slots))
    flat = without_looking(instance, standing.prices(standing.clear(nothing)), connection)
    plan = energy_only_plan(flat, effort)
    seconds = plan.seconds
    if plan.schedule is None:
        return Judgement(None, {}, seconds, f"sites that look at nothing have no schedule: {plan.reason}")
    cleared = standing.clear(net_import_mw(plan.schedule))
    signal = standing.signal(cleared)
    marginal = standing.marginal_t_per_mwh(net_import_mw(plan.schedule), cleared)
    verdict = partial(_verdict, instance, standing, signal.grid_t_per_mwh, marginal, _weights(cleared))
    base = verdict(Rule.PRICE, plan.schedule, cleared)
    changes: dict[Rule, Verdict] = {}
    reason = ""
    for rule in rules:
        found = joint_plan(by_rule(rule, instance, signal, marginal, connection), effort, name=str(rule))
        seconds += found.seconds
        if found.schedule is None:
            reason = f"{rule}: {found.reason}"
            continue
        before = base if rule != Rule.MARGINAL else verdict(rule, plan.schedule, cleared)
        again = standing.clear(net_import_mw(found.schedule))
        changes[rule] = verdict(rule, found.schedule, again).less(before)
    return Judgement(base, changes, seconds, reason)


def _verdict(
    instance: Instance,
    standing: Standing,
    average: FloatArray,
    marginal: FloatArray,
    weights: FloatArray,
    rule: Rule,
    schedule: Schedule,
    cleared: Clearing,
) -> Verdict:
    accounts = by_average_t(instance, schedule, average), by_marginal_t(instance, schedule, marginal)
    market = float(cleared.co2_t.sum())
    return Verdict(
        accounts[rule == Rule.MARGINAL],
        *accounts,
        market + units_t(instance, schedule),
        market,
        cleared.result.congestion_rent_usd,
        float((weights * cleared.price_usd_per_mwh).sum()),
        float(standing.prices(cleared).mean()),
        float(net_import_mw(schedule).sum()) * instance.slot_hours,
        float(sum(site.it_mw.sum() for site in schedule.sites.values())) * instance.slot_hours,
    )


def _weights(cleared: Clearing) -> FloatArray:
    """Shares of what consumers take, shape (buses, periods)."""
    demand = cleared.result.demand_mwh
    taken = np.zeros_like(cleared.price_usd_per_mwh)
    for row, bus in enumerate(cleared.ledger.grid_operator.grid.buses):
        taken[row] = demand.get(str(bus), 0.0)
    return np.asarray(taken / max(taken.sum(), 1e-300))
