"""`walras microgrid study`: JSON, tables, the folder, exit codes."""

import json

import pytest
from click.testing import CliRunner
from microgrids.small_microgrid import document

from walras.experiments.cli.commands import walras
from walras.experiments.cli.printing.study_tables import print_study
from walras.experiments.microgrid.microgrid_plan import PLANS
from walras.experiments.microgrid.studies.study_document import StudyDone
from walras.experiments.microgrid.studies.study_kinds import StudyKind
from walras.experiments.microgrid.studies.study_runs import StudyPoint
from walras.experiments.microgrid.studies.three_plans import PlanFigures


def study(tmp_path, *options, given=None):
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(given or document(1, slots=2, jobs=1)))
    return CliRunner().invoke(walras, ["microgrid", "study", str(path), "-q", "--workers", "1", *options])


def test_a_study_of_one_instance_as_json_and_as_a_folder(tmp_path):
    out = tmp_path / "out"
    result = study(tmp_path, "--kind", "renewables", "--json", "--out", str(out))
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    points = found["studies"]["renewables"]["points"]
    assert [point["value"] for point in points] == [0.3, 1.0, 2.0]
    assert found["seeds"] == [None]
    for point in points:
        assert point["runs"][0]["plans"].keys() == {"joint", "energy_only", "compute_only"}
        benefit = point["runs"][0]["plans"]["joint"]["benefit_usd"]
        gain = benefit - point["runs"][0]["plans"]["energy_only"]["benefit_usd"]
        assert point["gain_usd"]["energy_only"]["median"] == pytest.approx(gain)
        assert point["benefit_usd"]["joint"] == dict.fromkeys(
            ("min", "lower_quartile", "median", "upper_quartile", "max"), benefit
        ) | {"count": 1}
    assert {path.name for path in out.iterdir()} == {
        "parts",
        "parts.json",
        "report.html",
        "report.md",
        "study.json",
        "study_renewables.png",
        "study_renewables.svg",
    }
    assert json.loads((out / "study.json").read_text()) == found


@pytest.mark.parametrize("options", [("--seeds", "2"), ("--kind", "scale"), ("--seed", "3")])
def test_a_whole_instance_has_no_seeds_and_no_sizes(tmp_path, options):
    result = study(tmp_path, *options)
    assert result.exit_code == 2
    assert "is a whole instance" in result.stderr


def test_zero_has_no_sign(capsys):
    figures = PlanFigures("optimal", -1e-9, 0.0, -1e-9, 0.0, 0.1)
    print_study(StudyDone("some", [0], [StudyPoint(StudyKind.BATTERY, 0, 1.0, "1", dict.fromkeys(PLANS, figures))]))
    assert "-0" not in capsys.readouterr().out


def test_seeds_without_a_schedule_are_told(capsys):
    found, none = PlanFigures("optimal", 5.0, 0.0, 1.0, 0.0, 0.1), PlanFigures("infeasible", *[None] * 4, 0.1)
    points = [
        StudyPoint(StudyKind.BUDGET, seed, 0.5, "0.5", {"joint": found, "energy_only": other, "compute_only": found})
        for seed, other in enumerate((found, none))
    ]
    print_study(StudyDone("some", [0, 1], points))
    told = " ".join(capsys.readouterr().out.split())
    assert "energy only: some seeds have no schedule at 0.5" in told
    assert "joint: some seeds" not in told
