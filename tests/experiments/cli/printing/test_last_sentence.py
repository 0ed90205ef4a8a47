"""The last sentence says what came out, how well both sides agree, and what to do next."""

import pytest

from walras.experiments.cli.printing.last_sentence import last_sentence

CERTIFICATE = {"relative_gap": 1e-8, "max_relative_imbalance": 3e-7, "max_relative_violation": None}


def result(price=50.0, demand=100.0, generation=(60.0, 40.0), hours=1, **more):
    return {
        "price_usd_per_mwh": {"1": [20.0] * hours, "2": [*[30.0] * (hours - 1), price]},
        "demand_mwh": {"1": [demand] * hours},
        "generation_mwh": {name: [value] * hours for name, value in zip("AB", generation, strict=True)},
        **more,
    }


def document(ours=None, theirs=None, welfare=1e-9, price=0.0, demand=0.0, generation=0.0, **changes):
    base = {
        "status": "converged",
        "reason": "within 1e-06",
        "mechanism": "admm",
        "rounds": 40,
        "certificate": CERTIFICATE,
        "result": ours or result(),
    }
    if theirs:
        base["equilibrium"] = {"result": theirs}
        base["difference"] = {
            "welfare_relative": welfare,
            "price_usd_per_mwh": price,
            "demand_mwh": demand,
            "generation_mwh": generation,
        }
    return {**base, **changes}


def test_a_run_says_how_exact_it_is_and_where_the_monolith_is():
    text = "Converged: certified as an equilibrium to 3.0e-07; walras compare solves the monolith too."
    assert last_sentence(document()) == text


def test_both_sides_agree_and_the_figure_that_differs_most_is_named_with_its_place():
    text = last_sentence(document(result(price=50.005), result(), price=0.005, demand=1e-4))
    assert text.startswith("Decomposed and monolith agree to 1e-04, relatively: they differ most in nodal prices, by ")
    assert text.endswith("5.0e-03 $/MWh at bus 2.")


@pytest.mark.parametrize(
    ("intervals", "in_all_equilibria", "is_told"),
    [
        (None, {}, False),
        (None, {"co2_t.mdc": [3.0, 3.00001], "co2_t.local": [None, 1.0]}, False),
        (None, {"co2_t.mdc": [0.0, 18.3]}, True),
        ({"flow_mw": {"27": [[289.9, 296.3]]}}, {}, True),
    ],
)
def test_what_is_not_unique_is_not_said_to_agree(intervals, in_all_equilibria, is_told):
    changes = document(result(intervals=intervals), result())
    changes["equilibrium"]["interval"] = in_all_equilibria
    told = last_sentence(changes).endswith("Figures with a range are not unique and may differ by more.")
    assert told == is_told


def test_of_several_hours_the_hour_is_named():
    text = last_sentence(document(result(price=50.005, hours=3), result(hours=3), price=0.005))
    assert "at bus 2 in hour 3" in text


def test_a_unit_that_is_not_compared_is_not_blamed():
    text = last_sentence(document(result(generation=(60.01, 49.0)), result(), generation=0.01))
    assert "most in generation, by 1.0e-02 MWh of A" in text


def test_welfare_counts_by_turnover():
    assert "agree to 2e-06, relatively: they differ most in welfare, by 2.0e-06 of turnover" in last_sentence(
        document(theirs=result(), welfare=2e-6)
    )


@pytest.mark.parametrize(
    ("intervals", "why"),
    [
        ({}, "a smaller --tolerance tells whether they meet"),
        ({"price_usd_per_mwh": {"2": [[40.0, 60.0]]}}, "which is not unique (see the ranges)"),
    ],
)
def test_a_difference_that_matters_is_called_one(intervals, why):
    text = last_sentence(document(result(price=55.0, intervals=intervals), result(), price=5.0))
    assert text.startswith("Decomposed and monolith differ by 1e-01, relatively, most in nodal prices, by 5.0e+00")
    assert text.endswith(f"at bus 2; {why}.")


def test_what_is_not_finite_cannot_be_compared():
    assert "cannot be compared" in last_sentence(document(theirs=result(), price=None))


def test_the_lack_of_a_monolith_has_its_reason():
    text = last_sentence(document(monolith_failure="no solver has an answer.", equilibrium=None))
    assert text.endswith("to 3.0e-07; there is no monolith beside it: no solver has an answer.")


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"reason": "40 rounds are spent"}, "more rounds (--max-rounds 80), --mechanism slope-bids or a larger"),
        ({"reason": "40 rounds are spent", "disclosure": {"scheme": "ex_ante"}}, "--mechanism admm-anderson or"),
        ({"reason": "40 rounds are spent", "mechanism": "slope-bids"}, "--mechanism admm-anderson or"),
        ({"reason": "after round 3: interrupted"}, "the same command begins anew"),
        ({"reason": "no contracts have the imposed mix"}, "no equilibrium: no contracts have the imposed mix; try"),
    ],
)
def test_what_did_not_converge_has_a_next_step(changes, advice):
    text = last_sentence(document(status="not_converged", **changes))
    assert text.startswith("Not converged, so the figures above are no equilibrium: ")
    assert advice in text


def test_beside_a_run_that_did_not_converge_the_monolith_is_the_equilibrium():
    text = last_sentence(document(theirs=result(), status="not_converged", reason="40 rounds are spent"))
    assert text.endswith("; the monolith's are one.")
