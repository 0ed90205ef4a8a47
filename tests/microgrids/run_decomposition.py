"""`make microgrid-decomposition`: plans by prices beside joint ones, in shares of the gain over energy-only planning.

`microgrid4` by seeds, without a budget and with one of 30 % of what joint planning emits without it. Where energy-only
planning has no schedule under the budget, the gain is that without one. Every bound is computed anew at the returned
prices by a formulation that shares no code. Plans without a schedule in time are counted. The exit code is 1 if a bound
is none, a schedule breaks a rule, or a plan has no schedule.
"""

import sys
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from microgrids.checker import broken_rules
from microgrids.dual_value import proven_usd

from walras.experiments.microgrid.baselines.energy_only import energy_only_plan
from walras.experiments.microgrid.decomposition.decomposed_plan import decomposed_plan
from walras.experiments.microgrid.instance_document import instance_document
from walras.experiments.microgrid.instance_reading import read_instance
from walras.experiments.microgrid.joint_plan import Effort, joint_plan

# Of all that the two formulations' searches leave open.
_AGREES = 1e-4


@click.command()
@click.option("--count", default=10, show_default=True)
@click.option("--seed", default=0, show_default=True, help="Of the first instance; the next ones count up.")
@click.option("--share", default=0.3, show_default=True, help="Budget, of what joint planning emits without one.")
@click.option("--gap", default=5e-4, show_default=True)
@click.option("--seconds", default=60.0, show_default=True, help="For each plan.")
def main(count: int, seed: int, share: float, gap: float, seconds: float) -> None:
    """Plan, check and print one line for each."""
    wrong, empty = 0, 0
    for number in range(seed, seed + count):
        gain_usd, emissions_t = 0.0, 0.0
        for kind, overrides in (("no budget", []), ("budget", ["carbon_budget_t={}"])):
            instance = read_instance("microgrid4", [text.format(share * emissions_t) for text in overrides], number)
            joint = joint_plan(instance, Effort(gap / 10, seconds))
            energy_only = energy_only_plan(instance, Effort(gap / 10, seconds))
            is_feasible = energy_only.schedule is not None
            gain_usd = joint.benefit_usd - energy_only.benefit_usd if is_feasible else gain_usd
            emissions_t = joint.emissions_t
            plan = decomposed_plan(instance, Effort(gap, seconds))
            if joint.schedule is None or plan.schedule is None or gain_usd <= 0:
                empty += 1
                reasons = {"joint": joint.reason, "by prices": plan.reason, "energy only": energy_only.reason}
                told = "; ".join(f"{name}: {reason}" for name, reason in reasons.items() if reason)
                click.echo(
                    f"{number}, {kind}: no schedule, {told}; bounds {joint.bound_usd:.0f}, {plan.bound_usd:.0f} $"
                )
                continue
            above, relaxed, below = (
                100 * usd / gain_usd
                for usd in (
                    plan.bound_usd - joint.benefit_usd,
                    plan.priced.relaxed_usd - joint.benefit_usd,
                    joint.benefit_usd - plan.benefit_usd,
                )
            )
            click.echo(
                f"{number}, {kind}: bound {above:.2f} % of the gain above the joint plan, relaxation {relaxed:.2f} %, "
                f"schedule {below:.2f} % below; gain {gain_usd:.0f} $"
                + ("" if is_feasible else " without a budget: energy only is infeasible under it")
                + f"; {plan.status}, {len(plan.priced.rounds)} rounds, {len(plan.priced.branches)} branches, "
                f"{plan.seconds:.0f} s, joint {joint.seconds:.0f}"
            )
            document = instance_document(instance)
            faults = broken_rules(document, plan.as_json())
            known_usd = proven_usd(document, plan.as_json())
            # Prices have exactly their dual value; that of a branch is at most the value of its relaxation.
            apart = known_usd - plan.bound_usd if plan.priced.branches else abs(known_usd - plan.bound_usd)
            if apart > _AGREES * abs(known_usd):
                faults.append(f"bound {plan.bound_usd} where {known_usd} is proven")
            for fault in faults:
                click.echo(f"  {fault}")
            wrong += bool(faults)
    click.echo(f"{2 * count} plans, {wrong} wrong, {empty} without a schedule")
    sys.exit(wrong + empty > 0)


if __name__ == "__main__":
    main()
