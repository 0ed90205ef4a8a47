"""Forecasts: what is seen is exact, and the error grows with lead time as it is said to."""

import numpy as np
import pytest
from microgrids.small_microgrid import small_instance

from walras.experiments.microgrid.rolling.forecasts import ForecastErrors, Forecasts

MANY = 3000


@pytest.fixture(scope="module")
def relative_errors():
    """Of forecasts of wind by those who have seen ever more slots; a list of arrays by lead time, from 1."""
    instance = small_instance(0, sites=1, slots=MANY, jobs=0)
    comes = np.array(instance.sites["s0"].renewable_mw)
    forecasts = Forecasts(instance, ForecastErrors(0.1, 0.0, seed=3))
    made = [forecasts.renewable_mw("s0", seen)[seen : seen + 24] / comes[seen : seen + 24] - 1 for seen in range(2900)]
    return np.array(made)


@pytest.mark.parametrize("lead", [1, 3, 6, 24])
def test_the_error_grows_with_lead_time(relative_errors, lead):
    assert relative_errors[:, lead - 1].std() == pytest.approx(0.1 * np.sqrt(1 - 0.9 ** (2 * lead)), rel=0.1)


def test_successive_forecasts_of_a_slot_move_by_independent_steps(relative_errors):
    """Of slot t + 2: once as seen from two slots before it, once from one."""
    earlier, later = relative_errors[:-1, 1], relative_errors[1:, 0]
    assert abs(np.corrcoef(earlier - later, later)[0, 1]) < 0.1


def test_what_is_seen_and_what_does_not_err_is_exact():
    instance = small_instance(1)
    comes = np.array(instance.demand_mw["r0"]["chat"])
    forecasts = Forecasts(instance, ForecastErrors(0.3, 0.2))
    np.testing.assert_array_equal(forecasts.demand_mw("r0", "chat", 2)[:2], comes[:2])
    np.testing.assert_array_equal(forecasts.demand_mw("r0", "chat", 4), comes)
    assert (forecasts.demand_mw("r0", "chat", 2)[2:] != comes[2:]).all()
    np.testing.assert_array_equal(Forecasts(instance, ForecastErrors(0.3)).demand_mw("r0", "chat", 0), comes)


def test_a_seed_gives_the_same_errors_again_and_no_power_is_negative():
    instance = small_instance(2)
    first, again, other = (Forecasts(instance, ForecastErrors(2.0, 2.0, seed)) for seed in (5, 5, 6))
    made = first.renewable_mw("s1", 0)
    np.testing.assert_array_equal(made, again.renewable_mw("s1", 0))
    assert (made != other.renewable_mw("s1", 0)).any()
    assert min(first.renewable_mw(site, 0).min() for site in instance.sites) >= 0
