"""Schedules out of eligible starts: the policy's are among them, so that there is one before sites answer well."""

import numpy as np
import pytest
from microgrids.checker import broken_rules
from microgrids.small_microgrid import document

from walras.experiments.microgrid.baselines.compute_policy import policy, started
from walras.experiments.microgrid.baselines.energy_only import energy_only_plan
from walras.experiments.microgrid.decomposition.eligible_starts import Recovery
from walras.experiments.microgrid.instance import Instance
from walras.experiments.microgrid.instance_document import instance_document
from walras.experiments.microgrid.instance_reading import read_instance
from walras.experiments.microgrid.joint_plan import Effort
from walras.experiments.microgrid.joint_programme import JointProgramme
from walras.experiments.microgrid.microgrid_plan import PlanStatus, plan_of
from walras.experiments.microgrid.participants import participants


def unanswered(instance):
    """Recovery where neither the relaxation nor a site has started anything, and its joint programme."""
    agents = participants(instance)
    joint = JointProgramme(agents)
    return Recovery(instance, agents, joint, np.zeros(len(joint.programme.c))), joint


@pytest.mark.parametrize("seed", range(3))
def test_the_policys_starts_are_eligible_before_any_answer(seed):
    instance = Instance.model_validate(document(seed))
    recovery, _ = unanswered(instance)
    recovery.improve(1e-6, 20.0)
    assert recovery.benefit_usd >= energy_only_plan(instance, Effort(1e-6)).benefit_usd - 1e-3


def test_where_a_budget_rules_out_some_of_the_policys_starts_the_others_make_a_schedule():
    # A third of what is emitted without a budget: energy-only planning, which runs all, has no schedule.
    instance = read_instance("microgrid4", ("carbon_budget_t=45",), 3)
    assert energy_only_plan(instance, Effort(1e-3)).schedule is None
    recovery, _ = unanswered(instance)
    recovery.improve(1e-2, 20.0)
    plan = plan_of(instance, recovery.schedule, PlanStatus.OPTIMAL, np.inf, 0.0)
    assert plan.budget_excess_t == 0.0
    assert broken_rules(instance_document(instance), plan.as_json()) == []
    assert sum(run is not None for run in recovery.schedule.jobs.values()) > 0


def test_without_a_schedule_the_master_begins_from_the_policys_starts_alone(monkeypatch):
    instance, begun = Instance.model_validate(document(1)), []
    recovery, joint = unanswered(instance)
    monkeypatch.setattr(JointProgramme, "solve", lambda self, gap, seconds, told, start: begun.append(start))
    recovery.improve(1e-2, 20.0)
    chosen = [started(site, policy(instance)) > 0 for site in participants(instance).sites]
    for own, decided in zip(chosen, joint.decisions, strict=True):
        # What is open is NaN.
        np.testing.assert_array_equal(begun[0][joint.columns(decided.started)], np.where(own, np.nan, 0.0))
    assert any(own.any() for own in chosen)
