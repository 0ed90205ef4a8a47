"""The market beside given loads: prices and emissions on paper, and RTS-24's day."""

import numpy as np
import pytest
from microgrids.coupled_market import BY_MW, MARGINAL_T, PRICE, standing
from microgrids.one_site import one_site

from walras.experiments.errors import ScenarioError
from walras.experiments.microgrid.coupling.grid_connection import GridConnection


def test_prices_and_emissions_follow_the_load(tmp_path):
    stands = standing(tmp_path, one_site([0.0, 0.0]))
    cleared = stands.clear(np.array([[0.0, 9.2]]))
    np.testing.assert_allclose(cleared.price_usd_per_mwh, np.tile([PRICE, PRICE + 9.2 * BY_MW], (2, 1)), rtol=1e-9)
    np.testing.assert_allclose(cleared.co2_t, [0.9 * 70, 0.9 * 70 + 9.2 * MARGINAL_T])
    np.testing.assert_allclose(cleared.average_t_per_mwh, 0.9)


def test_marginal_emissions_are_those_of_the_unit_less_what_consumers_give_up(tmp_path):
    stands = standing(tmp_path, one_site([0.0, 0.0]))
    net_mw = np.array([[3.0, 5.0]])
    np.testing.assert_allclose(stands.marginal_t_per_mwh(net_mw, stands.clear(net_mw)), MARGINAL_T, rtol=1e-6)


def test_hours_that_a_ramp_joins_are_tried_one_by_one(tmp_path):
    stands = standing(tmp_path, one_site([0.0, 0.0]), ramp_mw_per_h=90.0)
    assert not stands.market.are_hours_apart
    net_mw = np.array([[3.0, 5.0]])
    np.testing.assert_allclose(stands.marginal_t_per_mwh(net_mw, stands.clear(net_mw)), MARGINAL_T, rtol=1e-6)


def test_behind_a_full_line_a_price_of_its_own_forms(tmp_path):
    # The line brings 24 MW, and the site takes 8 of them: 16 are left for whom the last MW is worth 102 - 4.25 * 16.
    stands = standing(tmp_path, one_site([0.0]), lines="a,1,2,0.1,24\n")
    cleared = stands.clear(np.array([[8.0]]))
    elsewhere = (10 + 0.1 * (24 + 50 * 102 / 85)) / (1 + 0.1 * 50 / 85)
    assert cleared.price_usd_per_mwh[:, 0] == pytest.approx([elsewhere, 34.0])
    assert cleared.result.congestion_rent_usd == pytest.approx(24 * (34 - elsewhere))
    assert stands.marginal_t_per_mwh(np.array([[8.0]]), cleared).item() == pytest.approx(0.0, abs=1e-6)


def test_what_no_line_can_bring_is_refused(tmp_path):
    stands = standing(tmp_path, one_site([0.0]), lines="a,1,2,0.1,20\n")
    with pytest.raises(ScenarioError, match=r"small: lines and units cannot serve sites that draw up to 45\.0 MW"):
        stands.clear(np.array([[45.0]]))


def test_exports_never_earn_more_than_imports_cost():
    connection, nodal = GridConnection(2.0, 0.5), np.array([30.0, -10.0])
    np.testing.assert_allclose(connection.import_price(nodal), [32.0, -8.0])
    np.testing.assert_allclose(connection.export_price(nodal), [15.0, -10.0])
