"""A rolling plan beside perfect foresight, for a reader at the terminal."""

from __future__ import annotations

from math import isfinite

from ...microgrid.microgrid_plan import ENERGY_ONLY
from ...microgrid.rolling.not_knowing import PERFECT_FORECASTS, PERFECT_FORESIGHT, ROLLING, NotKnowing
from .columns import terminal
from .plan_tables import money, print_plans

_HEADINGS = {
    ROLLING: "rolling",
    PERFECT_FORECASTS: "perfect\nforecasts",
    PERFECT_FORESIGHT: "perfect\nforesight",
    ENERGY_ONLY: "energy only,\nforesight",
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
    price, share = found.price_usd, found.price_share
    if price is None:
        console.print("There is no price of not knowing: not all plans have all slots and mandatory jobs.")
        return
    of_gain = "" if share is None else f", {share:.1%} of what joint planning gains over energy only"
    unproved = f"up to {money(price['unproved'])} $" if isfinite(price["unproved"]) else "an unknown amount"
    console.print(
        f"Not to know costs {money(price['total'])} ${of_gain}: {money(price['error'])} $ by errors of forecasts, and "
        f"{money(price['short_sight'])} $ by a short horizon and jobs not known of. With perfect foresight "
        f"{unproved} more may be possible."
    )
