"""Several hours: every list runs over the periods, and each hour balances on its own."""

import numpy as np
import pytest
from support.command import settings, walras_command

HOURS = 2
HYDRO_MWH = [300.0, 240.0]
BATCH1_MWH = [75.0, 30.0]
OTHERS_MWH = 42 + 51 + 48 + 69
OVERRIDES = settings(
    f"periods={HOURS}",
    "load_profile=[1.0, 0.8]",
    f"hyperscalers.hyperscaler.batches_mw.batch1={BATCH1_MWH}",
    "modular_datacenters.mdc1.curtailed_mw=[2, 12]",
    f"producers.hydro_injection_mw={HYDRO_MWH}",
)


@pytest.fixture(scope="module")
def document():
    answer = walras_command("compare", "rts24", "--json", *OVERRIDES)
    assert answer.code == 0
    return answer.document


@pytest.fixture(scope="module", params=["decomposed", "monolith"])
def result(request, document):
    return document["result"] if request.param == "decomposed" else document["equilibrium"]["result"]


def total(series) -> np.ndarray:
    return np.sum(list(series.values()), axis=0)


@pytest.mark.parametrize(
    "key", ["price_usd_per_mwh", "demand_mwh", "generation_mwh", "flow_mw", "line_price_usd_per_mw"]
)
def test_every_list_of_the_result_runs_over_the_periods(result, key):
    assert {len(series) for series in result[key].values()} == {HOURS}


def test_lists_of_the_leases_run_over_the_periods(result):
    for lease in result["lease"].values():
        assert len(lease["price_usd_per_gpu"]) == len(lease["energy_mwh"]) == HOURS


def test_the_hours_differ_where_their_data_do(result):
    prices = np.array(list(result["price_usd_per_mwh"].values()))
    assert np.abs(prices[:, 0] - prices[:, 1]).max() > 1
    assert total(result["demand_mwh"])[1] < 0.9 * total(result["demand_mwh"])[0]
    # With 12 MWh of curtailed energy for 12 MW of GPUs, nothing is bought in the second hour.
    assert result["lease"]["mdc1"]["purchases_mwh"] == pytest.approx([10, 0], abs=0.01)


def test_energy_balances_hour_by_hour(result):
    leased = np.sum([lease["energy_mwh"] for lease in result["lease"].values()], axis=0)
    bought = np.sum([lease["purchases_mwh"] for lease in result["lease"].values()], axis=0)
    local = np.array(BATCH1_MWH) + OTHERS_MWH - leased
    supply = total(result["generation_mwh"]) + HYDRO_MWH
    assert supply == pytest.approx(total(result["demand_mwh"]) + local + bought, abs=0.02)


def test_sums_over_the_hours_agree_with_the_lists(result):
    leased = np.sum([lease["energy_mwh"] for lease in result["lease"].values()])
    assert result["workload_mwh"]["mdc"] == pytest.approx(leased, abs=0.01)
    workload = sum(BATCH1_MWH) + HOURS * OTHERS_MWH
    assert sum(result["workload_mwh"].values()) == pytest.approx(workload, abs=0.01)


def test_flows_keep_to_the_limits_in_every_hour(result):
    priced = np.array(list(result["line_price_usd_per_mw"].values())) > 0
    assert priced.any(axis=0).all()
    flows = np.abs(list(result["flow_mw"].values()))
    # The largest rating of the case is 500 MW, of which the scenario leaves 60 %.
    assert flows.max() <= 300 + 0.05


def test_surpluses_add_up_to_welfare(document):
    result = document["result"]
    assert sum(result["surplus_usd"].values()) == pytest.approx(result["welfare_usd"], abs=1e-6)


def test_the_decomposed_market_agrees_with_the_monolith(document):
    difference = document["difference"]
    assert difference["welfare_relative"] <= 1e-6
    assert difference["price_usd_per_mwh"] <= 0.01
    assert difference["demand_mwh"] <= 0.01
    assert difference["generation_mwh"] <= 0.01
    assert document["equilibrium"]["mlcp_residual"] <= 1e-6


def test_equal_hours_repeat_the_single_hour():
    """Two hours with the data of one have its prices twice: nothing is stored, so nothing couples them."""
    one = walras_command("compare", "rts24", "--json").document["equilibrium"]["result"]
    two = walras_command("compare", "rts24", "--json", "--set", "periods=2", "--max-rounds", 1)
    repeated = two.document["equilibrium"]["result"]
    assert repeated["welfare_usd"] == pytest.approx(2 * one["welfare_usd"], rel=1e-7)
    for bus, (price,) in one["price_usd_per_mwh"].items():
        assert repeated["price_usd_per_mwh"][bus] == pytest.approx([price, price], abs=1e-4)
