"""Each verdict follows from the numbers: it turns when they are turned."""

import pandas as pd
import pytest
from cases.paper_frame import FIRST, SECOND, paper_frame, split, theorems

from walras.experiments.paper.claims.claims import all_claims
from walras.experiments.paper.claims.verdicts import Verdict, by_verdict, together
from walras.experiments.paper.lookup import Cases
from walras.experiments.paper.printed import PRINTED_ALPHAS


def claim(number, change=lambda row: None, **differences):
    frame = paper_frame(change)
    found = {("paper", alpha): theorems(**differences) for alpha in (FIRST, SECOND)}
    return all_claims(Cases(frame), split(frame), found)[number - 1]


def set_where(key, value, **conditions):
    """A change of all rows that meet conditions; a value may be a function of the row."""

    def change(row):
        if all(row[name.replace("__", ".")] == wanted for name, wanted in conditions.items()):
            row[key] = value(row) if callable(value) else value

    return change


CLEAN_PRICE = "lease.mdc3.price_usd_per_gpu"
TURNED = [
    (1, set_where(CLEAN_PRICE, 0.5, disclosure="ex_post", alpha=0.5), Verdict.IN_PART),
    (1, set_where(CLEAN_PRICE, 0.5, disclosure="ex_post"), Verdict.FAILS),
    (2, set_where(CLEAN_PRICE, 0.01, disclosure="ex_ante", alpha=0.5), Verdict.IN_PART),
    (2, set_where(CLEAN_PRICE, 0.01, disclosure="ex_ante"), Verdict.FAILS),
    (2, set_where("lease.mdc3.intensity_kg_per_mwh", 5.0, disclosure="ex_ante"), Verdict.FAILS),
    (2, set_where("lease.mdc1.price_usd_per_gpu", 5.0, disclosure="ex_ante", side="largest"), Verdict.IN_PART),
    (3, set_where(CLEAN_PRICE, lambda row: 1.1 * row[CLEAN_PRICE], disclosure="ex_ante", alpha=0.999), Verdict.IN_PART),
    (3, set_where(CLEAN_PRICE, 5.0, disclosure="ex_ante"), Verdict.FAILS),
    (4, set_where("workload_cost_usd.local", 60_000.0, alpha=1.0), Verdict.IN_PART),
    (4, set_where("workload_cost_usd.mdc", 5_000.0), Verdict.FAILS),
    (5, set_where("co2_t.system", 1340.0, alpha=0.5, forward_position=0.0), Verdict.IN_PART),
    (5, set_where("co2_t.system", 1340.0, alpha=0.5, forward_position=0.0, side="largest"), Verdict.IN_PART),
    (5, set_where("co2_t.system", 2000.0, alpha=0.5, forward_position=0.0), Verdict.FAILS),
    (6, set_where("co2_t.system", 1290.0, forward_position=0.9), Verdict.IN_PART),
    (6, set_where("co2_t.system", lambda row: 1300.0 * (1 + row["forward_position"])), Verdict.FAILS),
    (7, set_where("congestion_rent_usd", 80_000.0), Verdict.IN_PART),
    (7, set_where("congestion_rent_usd", lambda row: 80_000.0 * (1 - 0.1 * row["alpha"])), Verdict.IN_PART),
    (7, set_where("congestion_rent_usd", lambda row: 80_000.0 * (1 + 0.1 * row["alpha"])), Verdict.FAILS),
    (9, set_where("co2_t.local", 30.0), Verdict.IN_PART),
    (9, set_where("co2_t.mdc", 10.0), Verdict.IN_PART),
    (9, lambda row: row.update({"co2_t.local": 30.0, "co2_t.mdc": 10.0}), Verdict.FAILS),
    (10, set_where("lease.mdc1.price_usd_per_gpu", 0.1, disclosure="ex_ante", alpha=0.5), Verdict.IN_PART),
    (10, set_where("lease.mdc1.price_usd_per_gpu", 0.01), Verdict.FAILS),
    (11, set_where("co2_t.system", lambda row: 1300.0 * (1 + row["forward_position"])), Verdict.IN_PART),
    (11, set_where("co2_t.system", 1200.0, forward_position=0.9), Verdict.FAILS),
]


@pytest.mark.parametrize("number", range(1, 12))
def test_all_claims_hold_where_the_numbers_are_as_the_paper_says(number):
    found = claim(number)
    assert [finding.verdict for finding in found.findings] == [Verdict.HOLDS] * len(found.findings)
    assert found.number == number
    assert len(found.evidence)


@pytest.mark.parametrize(("number", "change", "verdict"), TURNED)
def test_a_verdict_turns_with_the_numbers(number, change, verdict):
    found = claim(number, change)
    assert {finding.verdict for finding in found.findings} - {Verdict.HOLDS} == {verdict}


@pytest.mark.parametrize(
    ("differences", "verdict"),
    [
        ({"contract_difference_mwh": 0.0}, Verdict.IN_PART),
        ({"demand_difference_mwh": 3.0}, Verdict.FAILS),
    ],
)
def test_uniqueness_is_judged_by_the_theorems(differences, verdict):
    assert claim(8, **differences).verdict == verdict


def test_findings_that_disagree_make_a_verdict_in_part():
    assert together([Verdict.HOLDS, Verdict.FAILS]) == Verdict.IN_PART
    assert together([Verdict.FAILS, Verdict.FAILS]) == Verdict.FAILS


def test_words_hold_the_numbers_that_decide():
    found = claim(6, set_where("co2_t.system", 1365.0, forward_position=0.9))
    assert "+5.00% against no forward contracts" in found.findings[0].words
    assert found.evidence.loc[found.evidence["forward_position"] == 0.9, "change_percent"].to_list() == pytest.approx(
        [5.0] * 5
    )


def test_more_emissions_for_more_demand_are_told_from_a_dirtier_mix():
    def grown(row):
        if row["forward_position"] > 0:
            row["total_demand_mwh"] = 2 * 2600.0 + 261.0 + 16.0
            row["co2_t.system"] = 2600.0

    evidence = claim(6, grown).evidence
    assert evidence["change_percent"].to_list() == pytest.approx([100.0] * 10)
    assert evidence["served_change_percent"].to_list() == pytest.approx([100.0] * 10)
    assert evidence["per_mwh_change_percent"].to_list() == pytest.approx([0.0] * 10, abs=1e-9)


def test_other_settings_are_sensitivity_and_change_no_verdict():
    """Elsewhere the clean datacenter gets the least, and system CO2 rises with forward contracts."""
    elsewhere = paper_frame(set_where(CLEAN_PRICE, 0.001)).assign(setting="rts96")
    elsewhere["alpha"] = elsewhere["alpha"].replace(FIRST, PRINTED_ALPHAS[0])
    elsewhere.loc[elsewhere["forward_position"] > 0, "co2_t.system"] = 2000.0
    frame = pd.concat([paper_frame(), elsewhere], ignore_index=True)
    found = {(setting, FIRST): theorems() for setting in ("paper", "rts96")}
    claims = all_claims(Cases(frame), split(frame), found)
    assert [claim.verdict for claim in claims] == [Verdict.HOLDS] * 11
    assert all(claim.sensitivity for claim in claims)
    for number in (1, 2, 6):
        assert [finding.verdict for finding in claims[number - 1].sensitivity] == [Verdict.FAILS]
    assert by_verdict(claims[5].findings + claims[5].sensitivity) == (
        "holds (the paper's setting, forward by generator), fails (RTS-96 rates, forward by generator)"
    )


def test_the_basis_that_the_paper_has_decides():
    frame = paper_frame()
    other = frame[frame["forward_position"] > 0].assign(forward_basis="consumer", **{"co2_t.system": 2000.0})
    frame = pd.concat([frame, other], ignore_index=True)
    found = all_claims(Cases(frame), split(frame), {("paper", FIRST): theorems()})[5]
    assert found.verdict == Verdict.HOLDS
    assert [finding.verdict for finding in found.sensitivity] == [Verdict.FAILS]
