"""A rolling plan beside perfect foresight, for a reader at the terminal."""

from __future__ import annotations

from ...microgrid.rolling.not_knowing import PERFECT_FORECASTS, PERFECT_FORESIGHT, ROLLING, NotKnowing
from .columns import terminal
from .plan_tables import money, print_plans

_HEADINGS = {
    ROLLING: "rolling",
    PERFECT_FORECASTS: "perfect\nforecasts",
    PERFECT_FORESIGHT: "perfect\nforesight",
}


def print_rolling(found: NotKnowing) -> None:
    """Print all plans, what was settled, and the price of not knowing."""
    console, plans = terminal(), found.plans
    print_plans(console, {heading: plans[name] for name, heading in _HEADINGS.items() if name in plans})
    for name, plan in plans.items():
        if plan.reason:
            console.print(f"{name.replace('_', ' ')}: {plan.reason}")
    for name, rolled in found.rolled.items():
        if rolled.slots < found.instance.slots:
            told = f"{rolled.slots} of {found.instance.slots} slots are settled"
            console.print(f"{name.replace('_', ' ')}: {told}, and the figures are of these alone")
    recommitted = found.rolled[ROLLING].recommitted
    if recommitted:
        console.print(f"In {recommitted} slots what came left no way to keep to the plan, which was made anew.")
    price, best = found.price_usd, found.foresight
    if price is None or best is None:
        console.print("There is no price of not knowing: not all three plans have all slots.")
        return
    share = f" ({price['total'] / abs(best.benefit_usd):.2%})" if best.benefit_usd else ""
    console.print(
        f"Not to know costs {money(price['total'])} ${share}: {money(price['error'])} $ by errors of forecasts, and "
        f"{money(price['short_sight'])} $ by a short horizon and jobs not known of. With perfect foresight up to "
        f"{money(price['unproved'])} $ more may be possible."
    )
