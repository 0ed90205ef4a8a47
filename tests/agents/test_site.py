"""Sites: what they may do, and that whoever needs convex agents refuses them."""

import numpy as np
import pytest
from microgrids.small_microgrid import small_instance

from walras.agents.agent import AgentError
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


@pytest.mark.parametrize("mechanism", ["admm", "slope-bids", "tatonnement"])
def test_mechanisms_that_need_convex_agents_refuse_a_site_by_name(mechanism):
    agents = participants(small_instance(0))
    with pytest.raises(AgentError, match=r"agent s0: .*integer"):
        run((*agents.sites, *agents.buyers), mechanism)
