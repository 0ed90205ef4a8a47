"""Tatonnement on the case study does not converge, says so, says where, and loses nothing."""

import pandas as pd
import pytest
from support.command import walras_command

ROUNDS = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("runs") / "tatonnement"


@pytest.fixture(scope="module")
def answer(folder):
    options = ("--mechanism", "tatonnement", "--max-rounds", ROUNDS)
    return walras_command("run", "rts24", *options, "--json", "--out", folder)


@pytest.fixture(scope="module")
def document(answer):
    return answer.document


def test_the_exit_code_is_3_and_stderr_says_where_it_wrote_alone(answer, folder):
    assert answer.code == 3
    assert answer.err == f"written to {folder}\n"


def test_the_document_says_that_it_did_not_converge(document):
    assert document["status"] == "not_converged"
    assert str(ROUNDS) in document["reason"]
    assert document["rounds"] == ROUNDS
    certificate = document["certificate"]
    assert max(certificate["relative_gap"], certificate["max_relative_imbalance"]) > 1e-6


def test_the_diagnosis_names_goods_that_oscillate(document):
    diagnosis = document["diagnosis"]
    assert "oscillates" in diagnosis["summary"]
    oscillating = [symptom for symptom in diagnosis["goods"] if symptom["pattern"] == "oscillates"]
    assert oscillating
    for symptom in oscillating:
        low, high = symptom["imbalance"]
        assert low < 0 < high
        assert symptom["price"][0] < symptom["price"][1]
        assert 0 < symptom["share"] <= 1
        assert symptom["unit"] in ("MWh", "GPU")
    assert oscillating[0]["good"] in diagnosis["summary"]


def test_the_history_of_all_rounds_is_kept(answer, folder):
    rounds = pd.read_parquet(folder / "rounds.parquet")
    assert rounds["round"].tolist() == list(range(1, ROUNDS + 1))
    assert rounds["max_relative_imbalance"].min() > 1e-6
    certified = rounds["relative_gap"].notna()
    assert certified.any()
    assert certified.iloc[-1]


def test_prices_of_watched_goods_are_kept_over_all_rounds(answer, folder):
    prices = pd.read_parquet(folder / "prices.parquet")
    watched = prices[~prices["is_final"]]
    assert (watched.groupby("good")["round"].nunique() == ROUNDS).all()
    assert (watched.groupby("good")["price"].nunique() > ROUNDS / 2).any()


def test_no_certified_round_is_better_than_the_best_one(document, folder):
    rounds = pd.read_parquet(folder / "rounds.parquet").dropna(subset=["relative_gap"]).set_index("round")
    figures = rounds[["relative_gap", "max_relative_imbalance"]]
    best = figures.loc[document["best_round"]]
    assert not (figures < best).all(axis=1).any()


def test_the_folder_can_be_shown_and_says_why(answer, folder):
    shown = walras_command("show", folder)
    assert shown.code == 0
    assert f"rts24: not converged after {ROUNDS} rounds" in shown.out
    assert "why: the market oscillates" in " ".join(shown.out.split())


def test_compare_sets_the_monolith_beside_a_run_that_did_not_converge():
    answer = walras_command("compare", "rts24", "--mechanism", "tatonnement", "--max-rounds", 5, "--json")
    assert answer.code == 3
    assert answer.document["equilibrium"]["mlcp_residual"] <= 1e-6
    assert answer.document["difference"]["price_usd_per_mwh"] > 1
