"""Sites: what they may do, and that whoever needs convex agents refuses them."""

from dataclasses import replace

import cvxpy as cp
import numpy as np
import pytest
from microgrids.small_microgrid import small_instance

from walras.agents.agent import AgentError
from walras.agents.microgrid import Battery, DispatchableUnit
from walras.agents.site import TrainingJob
from walras.coordinator.run import run
from walras.experiments.microgrid.participants import participants


def test_a_job_starts_so_that_it_ends_by_its_deadline():
    assert list(TrainingJob("j", 1.0, 2, 1, 4).starts(9)) == [1, 2, 3]
    assert list(TrainingJob("j", 1.0, 2, 1, 4).starts(4)) == [1, 2]
    assert list(TrainingJob("j", 1.0, 3, 1, 2).starts(9)) == []


def test_a_site_trades_what_it_serves_runs_and_emits():
    site = participants(small_instance(0, carbon_budget_t=1.0)).sites[0]
    families = [str(good.family) for good in site.goods]
    assert families == ["inference"] * (4 * len(site.routes)) + ["training"] * 3 + ["carbon"]
    assert site.declare().trades.shape == (len(site.goods),)


def test_a_job_that_is_larger_than_the_site_never_starts_there():
    given = small_instance(0).model_dump()
    given["jobs"]["j0"]["it_mw"] = 1000.0
    site = participants(type(small_instance(0)).model_validate(given)).sites[0]
    assert 0 not in site.starts[0]
    assert len(np.unique(site.starts[0])) == 2


def served(**changes):
    """What a microgrid without sun does for a load of 5 MW over four slots, at 50 $/MWh from the grid."""
    grid = participants(small_instance(0)).sites[0].microgrid
    bought, none = np.full(4, 50.0), np.zeros(4)
    grid = replace(grid, renewable_mw=none, import_usd_per_mwh=bought, export_usd_per_mwh=none, **changes)
    decided = grid.decide(cp.Constant(np.full(4, 5.0)))
    cp.Problem(cp.Minimize(decided.cost), decided.constraints).solve(solver=cp.HIGHS)
    return decided


@pytest.mark.parametrize(("before_mw", "output_mw"), [(None, [0, 0, 0, 0]), (3.0, [4, 5, 5, 5])])
def test_a_unit_that_was_on_needs_no_start_and_ramps_from_where_it_was(before_mw, output_mw):
    unit = DispatchableUnit(5.0, 2.0, 1.0, 1e6, 0.0, ramp_mw_per_slot=1.0, before_mw=before_mw)
    np.testing.assert_allclose(served(unit=unit).dispatchable_mw.value, output_mw, atol=1e-7)


@pytest.mark.parametrize(("worth", "least", "end"), [(0.0, None, 5.0), (0.0, 1.0, 1.0), (60.0, 1.0, 10.0)])
def test_a_battery_ends_as_what_is_in_it_is_worth(worth, least, end):
    unit = DispatchableUnit(0.0, 0.0, 0.0, 0.0, 0.0)
    battery = Battery(10.0, 1.0, 5.0, 4.0, 0.92, 0.92, 4.0, least_final_mwh=least, final_usd_per_mwh=worth)
    decided = served(unit=unit, battery=battery)
    assert decided.energy_mwh.value[-1] == pytest.approx(end)
    spent = 50 * decided.import_mw.value.sum() + 4 * decided.discharge_mw.value.sum()
    assert decided.cost.value == pytest.approx(spent - worth * end)


@pytest.mark.parametrize("mechanism", ["admm", "slope-bids", "tatonnement"])
def test_mechanisms_that_need_convex_agents_refuse_a_site_by_name(mechanism):
    agents = participants(small_instance(0))
    with pytest.raises(AgentError, match=r"agent s0: .*integer"):
        run((*agents.sites, *agents.buyers), mechanism)
