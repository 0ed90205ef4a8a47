"""`walras microgrid price-rules`: JSON whose figures add up, a table, a folder, exit codes."""

import json

import pytest
from click.testing import CliRunner
from microgrids.checker import broken_rules
from microgrids.small_microgrid import document

from walras.experiments.cli.commands import walras
from walras.experiments.cli.printing.terms import term_of
from walras.experiments.microgrid.price_rules import compared_rules

GIVEN = document(1, carbon_budget_t=5.0)
NAMES = ["marginal", "convex_hull", "augmented_lagrangian"]


def price_rules(tmp_path, given, *options):
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(given))
    return CliRunner().invoke(walras, ["microgrid", "price-rules", str(path), "-q", *options])


def test_figures_of_the_document_add_up_and_the_folder_holds_it_with_a_figure(tmp_path):
    out = tmp_path / "out"
    result = price_rules(tmp_path, GIVEN, "--json", "--gap", "0", "--out", str(out))
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert json.loads((out / "price_rules.json").read_text()) == found
    assert {path.name for path in out.iterdir()} == {
        "instance.json",
        "price_rules.json",
        "price_rules.png",
        "price_rules.svg",
    }
    plan, rules = found["plan"], found["rules"]
    assert broken_rules(GIVEN, plan) == []
    assert list(rules) == NAMES
    for rule in rules.values():
        assert rule["lost_usd"].keys() == {"sites", "regions", "job_owners", "carbon_budget"}
        assert rule["lost_usd"]["sites"].keys() == GIVEN["sites"].keys()
        assert rule["lost_usd"]["regions"].keys() == GIVEN["demand_mw"].keys()
        assert rule["lost_usd"]["job_owners"].keys() == GIVEN["jobs"].keys()
        lost = [usd for side in rule["lost_usd"].values() for usd in side.values()]
        assert sum(lost) == pytest.approx(rule["lost_total_usd"])
        assert rule["bound_usd"] - plan["benefit_usd"] == pytest.approx(rule["lost_total_usd"], abs=1e-6)
        paid = [usd for side in rule["paid_usd"].values() for usd in side.values()]
        assert sum(paid) == pytest.approx(0.0, abs=1e-6)
        assert [key for key in rule if term_of(key) is None and key not in ("prices", "status")] == []
    assert rules["augmented_lagrangian"]["side_payments_usd"] == 0
    assert rules["convex_hull"]["side_payments_usd"] == rules["convex_hull"]["lost_total_usd"] > 0


def test_the_table_has_a_column_for_each_rule_and_says_who_would_deviate(tmp_path):
    result = price_rules(tmp_path, GIVEN)
    assert result.exit_code == 0
    for word in ("marginal", "convex", "augmented", "lost by s0", "lost by all", "would rather do something else"):
        assert word in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_without_a_plan_it_says_why(tmp_path):
    given = document(0)
    job = {"it_mw": 99.0, "slots": 1, "release": 0, "deadline": 3, "value_usd": 1.0, "sites": ["s0"], "mandatory": True}
    given["jobs"]["j"] = job
    out = tmp_path / "out"
    result = price_rules(tmp_path, given, "--out", str(out))
    assert result.exit_code == 3
    assert "job j is mandatory, and takes 99 MW" in " ".join(result.stdout.split())
    assert {path.name for path in out.iterdir()} == {"instance.json", "price_rules.json"}


def test_out_of_time_prices_are_not_at_rest(tmp_path, monkeypatch):
    monkeypatch.setattr(compared_rules, "_LEAST_REST", -1.0)
    result = price_rules(tmp_path, GIVEN, "--json", "--gap", "0", "--time-limit", "1")
    assert result.exit_code == 3
    rules = json.loads(result.stdout)["rules"]
    assert [rules[name]["status"] for name in NAMES] == ["optimal", "time_limit", "time_limit"]
    assert rules["convex_hull"]["penalty_usd_per_unit"] > 0


def test_broken_off_before_prices_the_plan_is_kept(tmp_path, monkeypatch):
    def broken(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(compared_rules, "plan_trades", broken)
    result = price_rules(tmp_path, GIVEN, "--json")
    kept = json.loads(result.stdout)
    assert (kept["plan"]["status"], kept["rules"]) == ("optimal", {})
    assert result.exit_code == 3
