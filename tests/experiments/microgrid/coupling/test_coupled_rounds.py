"""Sites and market together: fixed points and cycles that are known on paper, and accounts that close."""

import numpy as np
import pytest
from microgrids.coupled_market import BY_MW, PRICE, demand_mw, standing
from microgrids.one_site import job, one_site

from walras.experiments.microgrid.coupling import coupled_rounds
from walras.experiments.microgrid.coupling.coupled_outcome import CouplingStatus
from walras.experiments.microgrid.coupling.coupled_rounds import CouplingInterrupted, CouplingSettings, couple
from walras.experiments.microgrid.coupling.grid_connection import GridConnection
from walras.experiments.microgrid.joint_plan import Effort

EXACT = Effort(1e-9)
UNDAMPED = CouplingSettings(1.0)


def jumping():
    """Two hours alike, and a job of 10 MW that runs in one of them: wherever it is, the other one is cheaper."""
    return one_site([0.0, 0.0], {"j": job(10.0, 1, 0, 1, 5000.0)})


@pytest.mark.parametrize(("damping", "rounds"), [(1.0, 2), (0.5, 3)])
def test_a_load_that_minds_no_price_is_met_at_the_price_on_paper(damping, rounds, tmp_path):
    instance = one_site([0.0, 0.0], demand_mw=[6.0, 9.0])
    found = couple(instance, standing(tmp_path, instance), settings=CouplingSettings(damping), effort=EXACT)
    assert (found.status, len(found.rounds)) == (CouplingStatus.CONVERGED, rounds)
    np.testing.assert_allclose(found.shown.net_mw, [[6.0, 9.0]], atol=1e-9)
    np.testing.assert_allclose(found.shown.announced.price_usd_per_mwh, [[PRICE + BY_MW * 6, PRICE + BY_MW * 9]])
    assert found.shown.surprise_usd_per_mwh < 1e-6
    assert found.regret_usd == pytest.approx(0.0, abs=1e-6)


def test_a_job_that_runs_from_its_own_price_goes_round_in_a_circle_of_known_width(tmp_path):
    instance = jumping()
    found = couple(instance, standing(tmp_path, instance), settings=UNDAMPED, effort=EXACT)
    assert found.status == CouplingStatus.CYCLE
    assert not found.has_converged
    cycle = found.cycle
    assert cycle.rounds == 2
    assert cycle.load_width_mw == pytest.approx({"s": 10.0})
    assert cycle.total_load_width_mw == pytest.approx(10.0)
    assert cycle.price_width_usd_per_mwh == pytest.approx(10 * BY_MW)
    assert cycle.benefit_width_usd == pytest.approx(0.0, abs=1e-6)
    # Whoever pays what it causes would rather be in the other hour.
    assert found.shown.benefit_usd == pytest.approx(5000 - 10 * (PRICE + 10 * BY_MW))
    assert found.regret_usd == pytest.approx(10 * 10 * BY_MW)


def test_damping_makes_the_prices_of_a_circle_closer_and_it_is_still_seen(tmp_path):
    instance = jumping()
    found = couple(instance, standing(tmp_path, instance), settings=CouplingSettings(0.5), effort=EXACT)
    assert (found.status, found.cycle.rounds) == (CouplingStatus.CYCLE, 2)
    first, second = (each.announced.price_usd_per_mwh for each in found.rounds[-2:])
    # Announced differences swing between a third of what the job makes, up and down.
    assert np.abs(np.diff(first)).item() == pytest.approx(10 * BY_MW / 3, abs=0.02)
    assert np.diff(first).item() == pytest.approx(-np.diff(second).item(), abs=0.02)


def test_rounds_that_are_spent_say_so(tmp_path):
    instance = jumping()
    found = couple(instance, standing(tmp_path, instance), settings=CouplingSettings(1.0, 2), effort=EXACT)
    assert (found.status, found.cycle, len(found.rounds)) == (CouplingStatus.MAX_ROUNDS, None, 2)
    assert found.reason == "loads still move after 2 rounds"


def test_accounts_close_and_are_those_of_the_agents_on_paper(tmp_path):
    instance = one_site([0.0], demand_mw=[6.0], idle_mw=2.0, renewable_mw=[1.0], grid_t_per_mwh=[9.0])
    instance = instance.model_copy(update={"carbon_price_usd_per_t": 50.0})
    connection = GridConnection(margin_usd_per_mwh=4.0)
    found = couple(instance, standing(tmp_path, instance), connection, UNDAMPED, EXACT).shown
    price = PRICE + BY_MW * 7
    bought, output = demand_mw(price), demand_mw(price) + 7
    parts = {
        "consumers": 85 / 70 * bought**2 / 2,
        "producers": 0.05 * output**2,
        "grid_operator": 0.0,
        "sites": 6 * 400 - 7 * (price + 4) - 50 * 0.9 * 7,
        "grid_connection": 4 * 7,
        "price_of_carbon": 50 * 0.9 * 7,
    }
    got = found.accounts
    for party, usd in parts.items():
        assert got.surplus_usd[party] == pytest.approx(usd, abs=1e-5), party
    worth = 102 * bought - 85 / 70 * bought**2 / 2 + 6 * 400
    assert got.welfare_usd == pytest.approx(worth - 10 * output - 0.05 * output**2)
    assert abs(got.residual) < 1e-9
    assert got.sites_paid_usd == pytest.approx(7 * price)
    assert abs(got.unbalanced_usd) < 1e-6


def test_who_exports_is_paid_its_share_of_the_price(tmp_path):
    instance = one_site([0.0], renewable_mw=[20.0], export_mw=20.0)
    connection = GridConnection(export_share=0.8)
    found = couple(instance, standing(tmp_path, instance), connection, UNDAMPED, EXACT).shown
    price = PRICE - BY_MW * 20
    assert found.net_mw.item() == pytest.approx(-20.0)
    assert found.benefit_usd == pytest.approx(20 * 0.8 * price)
    assert found.accounts.surplus_usd["grid_connection"] == pytest.approx(20 * 0.2 * price)
    assert abs(found.accounts.residual) < 1e-9


def test_an_instance_without_a_schedule_has_no_rounds(tmp_path):
    instance = one_site([0.0], {"j": job(99.0, 1, 0, 0, 1.0, mandatory=True)})
    found = couple(instance, standing(tmp_path, instance))
    assert (found.status, found.rounds) == (CouplingStatus.NO_SCHEDULE, ())
    assert "job j is mandatory" in found.reason
    assert found.as_json()["plan"] is None


@pytest.mark.parametrize(
    ("ended", "status"), [(0, None), (2, CouplingStatus.INTERRUPTED), (5, CouplingStatus.CYCLE)], ids=str
)
def test_what_is_broken_off_keeps_its_rounds(ended, status, tmp_path, monkeypatch):
    instance = jumping()
    plan, calls = coupled_rounds.joint_plan, []

    def broken_off(*arguments, **named):
        if len(calls) == ended:
            raise KeyboardInterrupt
        calls.append(named)
        return plan(*arguments, **named)

    monkeypatch.setattr(coupled_rounds, "joint_plan", broken_off)
    with pytest.raises(CouplingInterrupted) as caught:
        couple(instance, standing(tmp_path, instance), settings=UNDAMPED)
    found = caught.value.coupled
    if status is None:
        assert found is None
    else:
        assert (found.status, len(found.rounds), found.regret_usd) == (status, ended, None)
