"""Printed numbers and their own arithmetic; our numbers beside them."""

import pytest
from cases.paper_frame import FIRST, SECOND, paper_frame

from walras.experiments.paper.accounting import footprint_table, surplus_table
from walras.experiments.paper.lookup import Cases
from walras.experiments.paper.printed import PRINTED, PRINTED_ALPHAS, SCHEMES, printed
from walras.experiments.paper.printed_tables import printed_tables
from walras.experiments.paper.quality import quality
from walras.experiments.paper.slips import slips

SETTINGS = [(scheme, alpha) for scheme in SCHEMES for alpha in PRINTED_ALPHAS]


def spread(row):
    """Intervals about what is not unique."""
    if row["side"] == "least":
        row["co2_t.mdc"] = 2.0
    if row["side"] == "largest":
        row["co2_t.mdc"] = 12.0
        row["co2_t.local"] = 31.0


def lookup(tables, quantity, scheme="ex_post", alpha=0.1):
    chosen = (tables["quantity"] == quantity) & (tables["disclosure"] == scheme) & (tables["alpha"] == alpha)
    (row,) = tables[chosen].to_dict("records")
    return row


@pytest.mark.parametrize(("scheme", "alpha"), SETTINGS)
def test_printed_emissions_add_up(scheme, alpha):
    parts = printed("co2.local", scheme, alpha) + printed("co2.mdc", scheme, alpha)
    assert parts == pytest.approx(printed("co2.total", scheme, alpha), abs=0.005)


@pytest.mark.parametrize(("scheme", "alpha"), SETTINGS)
def test_printed_costs_add_up_but_for_one(scheme, alpha):
    parts = printed("cost.local", scheme, alpha) + printed("cost.mdc", scheme, alpha)
    off = 20 if (scheme, alpha) == ("ex_ante", 0.1) else 0
    assert printed("cost.total", scheme, alpha) - parts == pytest.approx(off, abs=1)


def test_all_printed_numbers_have_a_row():
    tables = printed_tables(Cases(paper_frame()))
    assert len(tables) == len(PRINTED) * 4 == 64
    assert tables["table"].value_counts().to_dict() == {"I": 24, "II": 16, "III": 24}


def test_ours_stand_beside_the_printed():
    row = lookup(printed_tables(Cases(paper_frame())), "cost of local work")
    assert (row["paper"], row["monolith"], row["decomposed"]) == (113_031, 50_000.0, 50_000.0)
    assert row["difference"] == -63_031
    assert row["difference_percent"] == pytest.approx(-55.764, abs=1e-3)


def test_a_datacenter_that_buys_nothing_has_no_price_and_no_intensity_as_in_the_paper():
    tables = printed_tables(Cases(paper_frame()))
    assert lookup(tables, "power price of mdc3")["monolith"] == 0
    assert lookup(tables, "intensity of mdc3")["monolith"] == 0
    assert lookup(tables, "power price of mdc1")["monolith"] == 50.0
    assert lookup(tables, "intensity of mdc2")["monolith"] == 400.0


def test_intervals_of_totals_are_the_sums_of_the_ends():
    row = lookup(printed_tables(Cases(paper_frame(spread))), "CO2 of all work")
    assert (row["least"], row["monolith"], row["largest"]) == (32.0, 40.0, 43.0)


def test_surpluses_and_their_sum():
    table = surplus_table(Cases(paper_frame())).set_index("agent")
    weight = (1 - FIRST) / FIRST
    assert table.loc["load@1", "ex_post 0.1"] == 150.0 - 30_000 * weight
    assert table.loc["sum of all agents", "ex_ante 0.9"] == pytest.approx(table.loc["welfare", "ex_ante 0.9"])


def test_footprints_by_contract_and_by_location():
    row = footprint_table(Cases(paper_frame(spread))).iloc[0]
    assert (row["local_by_contract_t"], row["least_by_contract_t"], row["largest_by_contract_t"]) == (30.0, 32.0, 43.0)
    assert (row["local_by_location_t"], row["mdc_by_location_t"]) == (100.0, 8.0)


def test_slips_are_the_printed_numbers_own_arithmetic():
    found = {round(slip.printed_value, 2): slip.recomputed_value for slip in slips(Cases(paper_frame()))}
    assert found[128_023] == 128_003
    assert found[34.0] == pytest.approx(14.8, abs=0.05)
    assert found[74.0] == pytest.approx(91.6, abs=0.05)
    assert found[1370.41] == 1362.76
    # The synthetic mdc2 buys 8 MWh, the paper's 6.
    assert found[3.56] == pytest.approx(8 * (739 - 145) / 1000)


def test_what_did_not_converge_is_told():
    def fail(row):
        if row["side"] == "decomposed" and row["alpha"] == 0.5 and row["forward_position"] == 0.9:
            row |= {"status": "not_converged", "reason": "all rounds are spent", "cause": "the market stalls"}
        if row["side"] == "monolith" and row["alpha"] == SECOND and row["disclosure"] == "ex_post":
            row["mlcp_residual"] = 1e-3

    sound, found = quality(Cases(paper_frame())), quality(Cases(paper_frame(fail)))
    assert sound.markets == found.markets == 20
    assert (len(sound.not_converged), len(sound.unsolved)) == (0, 0)
    assert found.not_converged[["forward_position", "alpha", "reason", "cause"]].to_numpy().tolist() == [
        [0.9, 0.5, "all rounds are spent", "the market stalls"]
    ]
    assert found.unsolved["mlcp_residual"].to_list() == [1e-3]
