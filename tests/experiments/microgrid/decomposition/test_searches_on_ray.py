"""Sites that search on Ray prove and plan what they prove and plan in threads."""

from dataclasses import replace

import numpy as np
import pytest
from microgrids.small_microgrid import small_instance

from walras.coordinator.executors.on_ray.session import connected
from walras.coordinator.programmes.integer_searches import Asked, Search, solve_side_by_side
from walras.coordinator.programmes.unsolved import InfeasibleProgrammeError
from walras.experiments.microgrid.decomposition.decomposed_plan import decomposed_plan
from walras.experiments.microgrid.decomposition.searches_on_ray import searches_on_ray
from walras.experiments.microgrid.joint_plan import Effort
from walras.experiments.microgrid.joint_programme import JointProgramme
from walras.experiments.microgrid.participants import participants


@pytest.fixture(scope="module", autouse=True)
def local_ray():
    """One Ray for all tests here."""
    with connected(None, 2):
        yield


def test_the_same_bounds_schedules_and_branches():
    instance, effort = small_instance(2, carbon_budget_t=2.0), Effort(1e-6, 60.0)
    here = decomposed_plan(instance, effort, max_rounds=8)
    with searches_on_ray(2, None) as side_by_side:
        there = decomposed_plan(instance, effort, max_rounds=8, side_by_side=side_by_side)
    assert there.schedule is not None
    assert len(there.priced.branches) > 1
    assert [one.bound_usd for one in there.priced.rounds] == [one.bound_usd for one in here.priced.rounds]
    assert there.benefit_usd == here.benefit_usd
    assert there.as_json()["branches"] == here.as_json()["branches"]


def test_incumbents_come_back_in_the_order_of_the_questions():
    asked = [Asked(f"seed {seed}", JointProgramme(participants(small_instance(seed))).programme) for seed in range(4)]
    search = Search(1e-9, 60.0, 2)
    with searches_on_ray(2, None) as side_by_side:
        there = side_by_side(asked, search)
    here = solve_side_by_side(asked, search)
    assert [one.value for one in there] == [one.value for one in here]
    assert len({round(one.value, 6) for one in here}) == 4


def test_a_programme_without_a_solution_is_named():
    programme = JointProgramme(participants(small_instance(0))).programme
    impossible = Asked("site s9", replace(programme, lower=np.ones(len(programme.c)), upper=np.zeros(len(programme.c))))
    with searches_on_ray(2, None) as side_by_side, pytest.raises(InfeasibleProgrammeError, match="site s9: "):
        side_by_side([impossible], Search(1e-9, 60.0, 2))
