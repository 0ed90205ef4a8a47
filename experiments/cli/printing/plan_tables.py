"""Compared plans for a reader at the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite

from rich.console import Console

from ...microgrid.microgrid_plan import COMPUTE_ONLY, DECOMPOSED, ENERGY_ONLY, JOINT, Plan
from ...microgrid.plans_compared import Comparison
from .columns import Column, print_columns, terminal

_HEADINGS = {
    JOINT: "joint",
    DECOMPOSED: "by\nprices",
    ENERGY_ONLY: "energy\nonly",
    COMPUTE_ONLY: "compute\nonly",
    "flat_price": "compute,\nflat price",
    "time_of_use": "compute,\ntime of use",
}
_NAMES = {
    "jobs": "training jobs",
    "inference": "inference",
    "drops": "penalties for drops",
    "network": "network",
    "import": "imports",
    "export": "exports",
    "dispatchable": "fuel",
    "starts": "starts of units",
    "wear": "wear of batteries",
    "carbon": "price of carbon",
}


def print_comparison(comparison: Comparison) -> None:
    """Print benefit, bound, parts and emissions of every plan, and what joint planning brings."""
    console = terminal()
    plans = {**comparison.plans, **comparison.variants}
    shown = {name: plans[name] for name in _HEADINGS if name in plans}
    print_plans(console, {_HEADINGS[name]: plan for name, plan in shown.items()})
    for name, plan in shown.items():
        if plan.reason:
            console.print(f"{_named(name)}: {plan.reason}")
    _print_ties(console, shown)
    _print_rounds(console, comparison.plans.get(DECOMPOSED))
    _print_gain(console, comparison)


def print_plans(console: Console, plans: Mapping[str, Plan]) -> None:
    """Print a column for each plan, by its heading: benefit, bound, parts, emissions, and what is run and served."""
    rows: list[tuple[str, str, Callable[[Plan], str]]] = [
        ("status", "", lambda plan: str(plan.status).replace("_", " ")),
        ("benefit", "$", lambda plan: money(plan.benefit_usd)),
        ("no schedule exceeds", "$", lambda plan: money(plan.bound_usd)),
        *((name, "$", lambda plan, key=key: _part(plan, key)) for key, name in _NAMES.items()),
        ("emissions", "t", lambda plan: _of_schedule(plan, plan.emissions_t)),
        ("beyond the budget", "t", lambda plan: _of_schedule(plan, plan.budget_excess_t)),
        ("jobs that run", "", lambda plan: _jobs(plan)),
        ("inference dropped", "%", lambda plan: _dropped(plan)),
        ("seconds", "", lambda plan: f"{plan.seconds:.1f}"),
    ]
    labels = [
        Column("", [label for label, _, _ in rows], "left"),
        Column("unit", [unit for _, unit, _ in rows], "left"),
    ]
    print_columns(
        console,
        labels,
        [Column(heading, [cell(plan) for _, _, cell in rows]) for heading, plan in plans.items()],
    )


def _print_ties(console: Console, shown: dict[str, Plan]) -> None:
    for name, plan in shown.items():
        if plan.tied_usd is not None:
            least, most = plan.tied_usd
            console.print(f"{_named(name)}: plans that tie are worth {money(least)} to {money(most)} $")


def _print_rounds(console: Console, plan: Plan | None) -> None:
    if plan is None or plan.priced is None:
        return
    count, branches = len(plan.priced.rounds), len(plan.priced.branches)
    console.print(
        f"By prices: after {count} round{'s' if count > 1 else ''}"
        f"{f', in {branches} branches,' if branches > 1 else ''} no plan is worth more than "
        f"{money(plan.bound_usd)} $; by the linear relaxation none more than {money(plan.priced.relaxed_usd)} $."
    )


def _print_gain(console: Console, comparison: Comparison) -> None:
    plans = comparison.plans
    if not all(name in plans and plans[name].schedule is not None for name in (JOINT, ENERGY_ONLY)):
        console.print("There is nothing to compare: joint or energy-only planning has no schedule.")
        return
    joint, energy = plans[JOINT], plans[ENERGY_ONLY]
    gain = joint.benefit_usd - energy.benefit_usd
    share = f" ({gain / abs(energy.benefit_usd):.1%})" if energy.benefit_usd else ""
    change = joint.emissions_t - energy.emissions_t
    verb = "more" if change > 0 else "less"
    console.print(
        f"Planning both together is worth {money(gain)} ${share} more than energy only, and emits "
        f"{abs(change):,.1f} t {verb}; energy only is feasible for the joint problem, which cannot lose to it."
    )


def _named(name: str) -> str:
    return _HEADINGS[name].replace("\n", " ")


def money(usd: float) -> str:
    """Whole $."""
    return f"{round(usd) + 0:,}" if isfinite(usd) else "unknown"


def _part(plan: Plan, key: str) -> str:
    return money(plan.parts_usd[key]) if plan.schedule is not None else ""


def _of_schedule(plan: Plan, tonnes: float) -> str:
    return f"{tonnes:,.1f}" if plan.schedule is not None else ""


def _jobs(plan: Plan) -> str:
    if plan.schedule is None:
        return ""
    runs = plan.schedule.jobs.values()
    return f"{sum(run is not None for run in runs)} of {len(runs)}"


def _dropped(plan: Plan) -> str:
    if plan.schedule is None:
        return ""
    lost = sum(float(mw.sum()) for by_class in plan.schedule.dropped_mw.values() for mw in by_class.values())
    served = sum(
        float(mw.sum())
        for by_class in plan.schedule.routed_mw.values()
        for sites in by_class.values()
        for mw in sites.values()
    )
    return f"{100 * lost / (lost + served):.1f}" if lost + served > 0 else "0.0"
