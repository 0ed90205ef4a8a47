"""`make microgrid-enumeration`: small instances by a seed, against every start and every commitment.

Two sites, four slots, three jobs, one unit; some with a budget or a price of carbon. The exit code is 1 if any joint
plan breaks a rule, or is not the best.
"""

import sys
from math import isclose
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from microgrids.checker import broken_rules
from microgrids.enumeration import greatest_benefit
from microgrids.small_microgrid import document

from walras.experiments.microgrid.instance import Instance
from walras.experiments.microgrid.joint_plan import Effort, joint_plan

BUDGETS_T = (None, 5.0, 2.0, 1.0)
PRICES_USD_PER_T = (0.0, 0.0, 50.0)


@click.command()
@click.option("--count", default=200, show_default=True)
@click.option("--seed", default=0, show_default=True, help="Of the first instance; the next ones count up.")
def main(count: int, seed: int) -> None:
    """Solve and enumerate."""
    wrong = without_schedule = 0
    for number in range(seed, seed + count):
        budget, price = BUDGETS_T[number % len(BUDGETS_T)], PRICES_USD_PER_T[number % len(PRICES_USD_PER_T)]
        given = document(number, carbon_budget_t=budget, carbon_price_usd_per_t=price)
        plan, best = joint_plan(Instance.model_validate(given), Effort(gap=0.0)), greatest_benefit(given)
        without_schedule += plan.schedule is None
        faults = [] if plan.schedule is None else broken_rules(given, plan.as_json())
        if not isclose(plan.benefit_usd, best, rel_tol=1e-7, abs_tol=1e-4):
            faults.append(f"{plan.benefit_usd} where {best} is the best")
        for fault in faults:
            click.echo(f"instance {number}: {fault}")
        wrong += bool(faults)
    click.echo(f"{count} instances, {without_schedule} without a schedule, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
