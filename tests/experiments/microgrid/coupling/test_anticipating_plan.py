"""Sites that know what they do to prices: on a market on paper, and against curves that bend down."""

import numpy as np
import pytest
from microgrids.coupled_market import BY_MW, PRICE, standing
from microgrids.one_site import job, one_site

from walras.experiments.microgrid.coupling.anticipating_plan import with_anticipation
from walras.experiments.microgrid.coupling.coupled_rounds import CouplingSettings, couple
from walras.experiments.microgrid.coupling.grid_connection import AT_NODAL_PRICES
from walras.experiments.microgrid.coupling.residual_curves import Payments, ResidualCurve, sampled_curves
from walras.experiments.microgrid.joint_plan import Effort
from walras.experiments.microgrid.joint_programme import JointProgramme
from walras.experiments.microgrid.participants import participants

EXACT = Effort(1e-9)
UNDAMPED = CouplingSettings(1.0)


def test_jobs_that_price_takers_pile_up_are_spread_and_the_gain_is_that_on_paper(tmp_path):
    instance = one_site([0.0, 0.0], {name: job(5.0, 1, 0, 1, 5000.0) for name in ("j", "k")})
    stands = standing(tmp_path, instance)
    taking = couple(instance, stands, settings=UNDAMPED, effort=EXACT)
    assert sorted(taking.shown.net_mw[0]) == pytest.approx([0.0, 10.0])
    found = with_anticipation(taking, stands, EXACT)
    np.testing.assert_allclose(found.anticipated.net_mw, [[5.0, 5.0]], atol=1e-7)
    changes = found.surplus_changes_usd(found.anticipated)
    # 10 (17 + 10 b) in one hour, 2 * 5 (17 + 5 b) in two.
    assert changes["sites"] == pytest.approx(50 * BY_MW)
    assert found.anticipated.accounts.welfare_usd - found.shown.accounts.welfare_usd == pytest.approx(
        sum(changes.values())
    )
    assert changes["producers"] < 0 < changes["sites"]
    assert found.as_json()["anticipated"]["surplus_change_usd"] == changes


def test_who_buys_less_pays_less_for_all_of_it(tmp_path):
    # Worth 18 $/MWh: a price taker wants all or nothing, a group draws about 1 / (2 b) = 5.4 MW, which gains 1 / (4 b).
    instance = one_site([0.0], demand_mw=[20.0], it_capacity_mw=20.0)
    chat = {"chat": instance.classes["chat"].model_copy(update={"revenue_usd_per_mwh": 18.0, "drop_usd_per_mwh": 0.0})}
    instance = instance.model_copy(update={"classes": chat})
    stands = standing(tmp_path, instance)
    found = with_anticipation(couple(instance, stands, settings=UNDAMPED, effort=EXACT), stands, EXACT)
    assert found.anticipated.net_mw.item() == pytest.approx(1 / (2 * BY_MW), abs=1.25)
    assert 0.97 / (4 * BY_MW) < found.anticipated.benefit_usd <= 1 / (4 * BY_MW)


def test_curves_pay_what_the_market_asks_for(tmp_path):
    instance = one_site([0.0, 0.0], export_mw=20.0)
    (curve,) = sampled_curves(instance, standing(tmp_path, instance), AT_NODAL_PRICES, np.array([[0.0, 7.0]]))
    np.testing.assert_allclose(curve.net_mw[:, 0], np.linspace(-20, 20, 9))
    assert 7.0 in curve.net_mw[:, 1]
    np.testing.assert_allclose(curve.paid_usd, curve.net_mw * (PRICE + BY_MW * curve.net_mw), rtol=1e-7, atol=1e-7)
    assert curve.is_convex.all()


def test_a_curve_that_bends_down_is_told():
    loads = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    curve = ResidualCurve(loads, np.array([[0.0, 0.0], [3.0, 1.0], [4.0, 4.0]]))
    assert curve.is_convex.tolist() == [False, True]


def test_where_a_curve_bends_down_payments_stay_on_it():
    # Half of nothing and half of 2 MW would cost 2 $.
    curve = ResidualCurve(np.array([[0.0], [1.0], [2.0]]), np.array([[0.0], [3.0], [4.0]]))
    agents, payments = participants(one_site([0.0], demand_mw=[1.0])), Payments([curve], 1.0)
    joint = JointProgramme(agents, payments.restrict, lambda declared: declared.total_usd + payments.total_usd)
    joint.take(joint.solve(1e-9).x)
    assert payments.total_usd.value == pytest.approx(3.0)
