"""`walras microgrid roll`: JSON, tables, folders, exit codes."""

import json

import pytest
from click.testing import CliRunner
from microgrids.checker import broken_rules
from microgrids.small_microgrid import document

from walras.experiments.cli.commands import walras
from walras.experiments.microgrid.instance import Instance
from walras.experiments.microgrid.joint_programme import JointProgramme
from walras.experiments.microgrid.rolling.look_ahead import first_slots

PLANS = {"rolling", "perfect_forecasts", "perfect_foresight", "energy_only"}


def roll(tmp_path, given, *options):
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(given))
    return CliRunner().invoke(walras, ["microgrid", "roll", str(path), "--horizon", "3", "-q", *options])


def test_json_has_three_plans_whose_schedules_keep_all_rules(tmp_path):
    given = document(1, slots=5)
    result = roll(tmp_path, given, "--json", "--gap", "1e-6", "--error", "0.4", "--error-seed", "7", "--every", "2")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["horizon_slots"], found["every_slots"], found["error_seed"]) == (3, 2, 7)
    assert found["plans"].keys() == PLANS
    for plan in found["plans"].values():
        assert broken_rules(given, plan) == []
    rolling, best = found["plans"]["rolling"], found["plans"]["perfect_foresight"]
    assert [window["slot"] for window in rolling["windows"]] == [0, 2, 4]
    price = found["price_of_not_knowing_usd"]
    assert price["total"] == pytest.approx(best["benefit_usd"] - rolling["benefit_usd"])
    assert price["total"] == pytest.approx(price["error"] + price["short_sight"])


def test_the_table_ends_with_what_it_costs_not_to_know(tmp_path):
    result = roll(tmp_path, document(1), "--notice", "2")
    assert result.exit_code == 0
    assert "Not to know costs" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_folder_holds_instance_plans_and_a_figure(tmp_path):
    out = tmp_path / "out"
    assert roll(tmp_path, document(2), "--out", str(out)).exit_code == 0
    assert {path.name for path in out.iterdir()} == {"instance.json", "rolling.json", "rolling.png", "rolling.svg"}
    again = roll(tmp_path, json.loads((out / "instance.json").read_text()), "--json")
    first, second = json.loads((out / "rolling.json").read_text()), json.loads(again.stdout)
    assert second["plans"]["rolling"]["schedule"] == first["plans"]["rolling"]["schedule"]


def test_a_plan_that_cannot_go_on_is_a_result(tmp_path):
    given = document(0, jobs=0)
    given["jobs"]["j"] = {
        "it_mw": 1.0,
        "slots": 2,
        "release": 1,
        "deadline": 2,
        "value_usd": 1.0,
        "sites": ["s0"],
        "mandatory": True,
    }
    result = roll(tmp_path, given, "--every", "2", "--out", str(tmp_path / "out"))
    assert result.exit_code == 3
    told = " ".join(result.stdout.split())
    assert "job j is mandatory, and has not started by slot 2" in told
    assert "2 of 4 slots are settled" in told
    assert "There is no price of not knowing" in told
    assert (tmp_path / "out" / "rolling.png").exists()


def test_input_that_is_wrong_is_refused_before_a_folder_is_made(tmp_path):
    result = roll(tmp_path, document(0), "--days", "3", "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "is a whole instance of 4 slots" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--error", "--demand-error", "--notice", "--gap", "--horizon", "--time-limit"])
def test_no_number_is_no_number(tmp_path, option):
    result = roll(tmp_path, document(0), option, "nan")
    assert result.exit_code == 2
    assert option in result.stderr


def test_broken_off_what_is_settled_is_kept(tmp_path, monkeypatch):
    search, solved = JointProgramme.solve, []

    def solve(self, *args):
        solved.append(self)
        if len(solved) > 4:
            raise KeyboardInterrupt
        return search(self, *args)

    monkeypatch.setattr(JointProgramme, "solve", solve)
    given = document(0, jobs=0)
    result = roll(tmp_path, given, "--json", "--out", str(tmp_path / "out"))
    assert result.exit_code == 3
    found = json.loads(result.stdout)
    assert found["plans"].keys() == {"rolling"}
    kept = found["plans"]["rolling"]
    assert (kept["status"], kept["slots_settled"]) == ("interrupted", 2)
    so_far = first_slots(Instance.model_validate(given), 2).model_dump()
    assert all("ends below its beginning" in fault for fault in broken_rules(so_far, kept))
    assert json.loads((tmp_path / "out" / "rolling.json").read_text()) == found
    assert (tmp_path / "out" / "rolling.png").exists()
