"""`walras microgrid compare`: JSON by the interface, tables, folders, exit codes."""

import json

import pytest
from click.testing import CliRunner
from microgrids.checker import broken_rules
from microgrids.dual_value import dual_value_usd
from microgrids.small_microgrid import document

from walras.coordinator.programmes.unsolved import UnsolvedProgrammeError
from walras.experiments.cli.commands import walras
from walras.experiments.cli.microgrid import compare_plans
from walras.experiments.microgrid.joint_programme import JointProgramme
from walras.experiments.workers.task import LostWorkerError

OF_A_PLAN = {"status", "benefit_usd", "bound_usd", "gap", "seconds", "emissions_t", "parts_usd", "schedule"}


def compare(tmp_path, given, *options):
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(given))
    return CliRunner().invoke(walras, ["microgrid", "compare", str(path), *options])


def test_json_has_three_plans_whose_schedules_keep_all_rules(tmp_path):
    given = document(1, carbon_budget_t=3.0)
    result = compare(tmp_path, given, "--json", "-q", "--gap", "1e-6")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["plans"].keys() == {"joint", "compute_only", "energy_only"}
    assert found["compute_only_variants"].keys() == {"flat_price", "time_of_use"}
    for plan in (*found["plans"].values(), *found["compute_only_variants"].values()):
        assert plan.keys() >= OF_A_PLAN
        assert broken_rules(given, plan) == []
        assert plan["gap"] == pytest.approx(
            (plan["bound_usd"] - plan["benefit_usd"]) / max(1, abs(plan["benefit_usd"])), abs=1e-12
        )
        assert plan["gap"] <= 1e-6
    assert found["plans"]["joint"]["emissions_t"] <= 3.0 + 1e-9


def test_the_table_ends_with_what_joint_planning_brings(tmp_path):
    result = compare(tmp_path, document(1), "-q")
    assert result.exit_code == 0
    assert "Planning both together is worth" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_decomposed_by_prices_it_has_prices_and_rounds(tmp_path):
    out = tmp_path / "out"
    given = document(1, carbon_budget_t=3.0)
    result = compare(tmp_path, given, "--decompose", "--json", "-q", "--gap", "1e-2", "--out", str(out))
    assert result.exit_code == 0
    plan = json.loads(result.stdout)["plans"]["decomposed"]
    assert broken_rules(given, plan) == []
    assert plan["bound_usd"] == pytest.approx(dual_value_usd(given, plan["prices"]), rel=1e-4)
    assert [one["round"] for one in plan["rounds"]] == list(range(1, len(plan["rounds"]) + 1))
    assert plan["prices"].keys() == {"inference_usd_per_mwh", "job_usd", "carbon_usd_per_t"}
    assert (out / "bounds_by_round.png").exists()


def test_a_plan_by_prices_beyond_the_gap_is_exit_code_3_and_told(tmp_path):
    options = ("--decompose", "-q", "--gap", "1e-9", "--max-rounds", "1")
    result = compare(tmp_path, document(2, carbon_budget_t=2.0), *options)
    assert result.exit_code == 3
    assert "By prices: after 1 round " in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--on", "ray"), "--on ray is where sites search under --decompose"),
        (("--decompose", "--workers", "2"), "need --on ray"),
        (("--decompose", "--ray-address", "127.0.0.1:1"), "need --on ray"),
    ],
)
def test_ray_is_for_sites_that_search_by_themselves(tmp_path, options, told):
    result = compare(tmp_path, document(0), *options)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())


def test_a_search_that_is_lost_with_its_worker_is_an_error_and_no_traceback(tmp_path, monkeypatch):
    def lost(instance, effort, **options):
        raise LostWorkerError("site1 was lost with its worker 3 times")

    monkeypatch.setattr(compare_plans, "decomposed_plan", lost)
    result = compare(tmp_path, document(0), "--decompose", "-q")
    assert result.exit_code == 1
    assert result.stderr == "error: site1 was lost with its worker 3 times\n"


def test_on_ray_sites_prove_what_they_prove_here(tmp_path):
    options = ("--decompose", "--json", "-q", "--max-rounds", "3")
    given = document(1, carbon_budget_t=1.5)
    here, there = (compare(tmp_path, given, *options, *on) for on in ((), ("--on", "ray", "--workers", "2")))
    assert (here.exit_code, there.exit_code) == (0, 0)
    plans = [json.loads(result.stdout)["plans"]["decomposed"] for result in (here, there)]
    assert plans[0]["bound_usd"] == plans[1]["bound_usd"]
    assert plans[0]["prices"] == plans[1]["prices"]


def test_the_folder_holds_instance_plans_and_figures(tmp_path):
    out = tmp_path / "out"
    result = compare(tmp_path, document(2), "-q", "--out", str(out))
    assert result.exit_code == 0
    assert {path.name for path in out.iterdir()} >= {
        "instance.json",
        "plans.json",
        "plans.png",
        "schedule_joint.png",
        "schedule_energy_only.svg",
    }
    again = compare(tmp_path, json.loads((out / "instance.json").read_text()), "-q", "--json")
    first, second = json.loads((out / "plans.json").read_text()), json.loads(again.stdout)
    assert second["plans"]["joint"]["schedule"] == first["plans"]["joint"]["schedule"]


def test_a_plan_without_a_schedule_is_a_result(tmp_path):
    given = document(0, jobs=0)
    job = {"it_mw": 99.0, "slots": 1, "release": 0, "deadline": 3, "value_usd": 1.0, "sites": ["s0"], "mandatory": True}
    given["jobs"]["j"] = job
    result = compare(tmp_path, given, "-q")
    assert result.exit_code == 3
    assert "job j is mandatory, and takes 99 MW" in " ".join(result.stdout.split())
    found = json.loads(compare(tmp_path, given, "-q", "--json").stdout)
    assert found["plans"]["joint"]["schedule"] is None
    assert found["plans"]["joint"]["benefit_usd"] is None


def test_input_that_is_wrong_is_refused_before_a_folder_is_made(tmp_path):
    given = document(0)
    given["sites"]["s0"]["pue"] = [0.5] * 4
    result = compare(tmp_path, given, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "sites.s0.pue" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_gap_that_is_no_number_is_refused(tmp_path):
    assert compare(tmp_path, document(0), "-q", "--gap", "nan").exit_code == 2


def test_a_solver_that_gives_up_is_an_error_and_no_traceback(tmp_path, monkeypatch):
    def solve(self, *args):
        raise UnsolvedProgrammeError("HiGHS ends with Unknown")

    monkeypatch.setattr(JointProgramme, "solve", solve)
    result = compare(tmp_path, document(0), "-q", "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "error: HiGHS ends with Unknown\n")
    assert not (tmp_path / "out").exists()


def test_broken_off_after_the_joint_plan_that_plan_is_kept(tmp_path, monkeypatch):
    search, solved = JointProgramme.solve, []

    def solve(self, *args):
        if solved:
            raise KeyboardInterrupt
        solved.append(search(self, *args))
        return solved[0]

    monkeypatch.setattr(JointProgramme, "solve", solve)
    result = compare(tmp_path, document(0), "-q", "--json", "--out", str(tmp_path / "out"))
    kept = json.loads(result.stdout)["plans"]
    assert list(kept) == ["joint"]
    assert broken_rules(document(0), kept["joint"]) == []
    assert json.loads((tmp_path / "out" / "plans.json").read_text())["plans"] == kept
