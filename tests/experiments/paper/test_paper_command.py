"""`walras paper` on a few of its markets: complete, resumed, refused, interrupted."""

import json
from importlib import import_module

import pandas as pd
import pytest
from support.command import assert_refused, walras_command

from walras.experiments.paper.chains import Chain
from walras.experiments.paper.paper_folder import open_paper_folder
from walras.experiments.workers.local_workers import LocalWorkers

# The command of this name hides its module.
command = import_module("walras.experiments.cli.paper")
PLAN = [
    Chain("rts96", "ex_post", "generator", 0.0, (0.1, 0.9)),
    Chain("rts96", "ex_ante", "generator", 0.0, (0.1, 0.9)),
    Chain("rts96", "ex_ante", "generator", 0.6, (0.1, 0.9)),
]


@pytest.fixture
def small_plan(monkeypatch):
    monkeypatch.setattr(command, "chains", lambda: PLAN)


@pytest.fixture
def half_finished(tmp_path):
    """A folder of the plan with files in the place of all chains but the first."""
    out = tmp_path / "out"
    with open_paper_folder(out, PLAN) as folder:
        for chain in PLAN[1:]:
            folder.keep(chain, pd.DataFrame({"alpha": chain.alphas}))
    return out


def stamps(out):
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (out / "chains").iterdir()}


@pytest.mark.usefixtures("small_plan")
def test_a_small_case_study_from_start_to_end(tmp_path, monkeypatch):
    out = tmp_path / "out"
    answer = walras_command("paper", "--out", out, "--json", "--workers", 2)
    assert (answer.code, answer.err) == (0, "")
    assert_complete(out)
    assert_right(out, answer.document)
    monkeypatch.setattr(command, "_draw", lambda study, folder: [])
    assert_one_chain_is_computed_again(out)
    assert_failures_are_told(out)


def assert_complete(out):
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert not [name for name in names if name.endswith(".part")]
    for name in ("report.html", "cases.parquet", "results.json", "tables/table_I.csv", "tables/claim_8.csv"):
        assert name in names
    figures = {name.removesuffix(".png") for name in names if name.startswith("figures/") and name.endswith(".png")}
    assert len(figures) >= 6
    assert {f"{name}.svg" for name in figures} < names
    text = (out / "report.md").read_text()
    assert all(f"({name}.png)" in text for name in figures)


def assert_right(out, document):
    """Frozen solutions of the reference solver: lease price 0.1306 $/GPU, system 1612.19 t."""
    assert document == json.loads((out / "results.json").read_text())
    assert document["markets"] == 6
    verdicts = {claim["number"]: claim["verdict"] for claim in document["claims"]}
    assert [verdicts[number] for number in (1, 2, 6, 8)] == ["holds", "holds in part", "fails", "holds"]
    sides = pd.read_parquet(out / "cases.parquet")["side"].value_counts().to_dict()
    assert sides == {"decomposed": 6, "monolith": 6, "least": 4, "largest": 4}
    rows = pd.DataFrame(document["tables"]).set_index(["quantity", "disclosure", "alpha"])
    for side in ("monolith", "decomposed"):
        assert rows.loc[("lease price of mdc3", "ex_post", 0.1), side] == pytest.approx(0.1306, abs=5e-5)
        assert rows.loc[("CO2 of the system", "ex_post", 0.9), side] == pytest.approx(1612.19, abs=5e-3)
        assert rows.loc[("power price of mdc1", "ex_post", 0.9), side] == pytest.approx(57.70, abs=5e-3)


def assert_one_chain_is_computed_again(out):
    lost = out / "chains" / f"{PLAN[0].name}.parquet"
    expected = pd.read_parquet(lost)
    lost.unlink()
    before = stamps(out)
    answer = walras_command("paper", "--out", out)
    assert answer.code == 0
    assert "8      holds" in answer.out
    assert before.items() <= stamps(out).items()
    pd.testing.assert_frame_equal(pd.read_parquet(lost), expected, check_exact=True)


def assert_failures_are_told(out):
    place = out / "chains" / f"{PLAN[2].name}.parquet"
    rows = pd.read_parquet(place)
    rows.loc[rows["side"] == "decomposed", ["status", "reason", "cause"]] = [
        *("not_converged", "all rounds are spent", "the market stalls over its last 50 rounds"),
    ]
    rows.to_parquet(place, index=False)
    answer = walras_command("paper", "--out", out)
    assert answer.code == 3
    assert "4 decomposed runs converged, 2 did not" in answer.out
    assert (
        "alpha 0.1, 0.9: all rounds are spent: the market stalls over its last 50 rounds"
        in (out / "report.md").read_text()
    )


@pytest.mark.usefixtures("small_plan")
def test_ctrl_c_says_how_to_go_on(half_finished, monkeypatch):
    def interrupted(_, tasks):
        assert [task.name for task in tasks] == [f"chain {PLAN[0].name}"]
        yield from ()
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalWorkers, "execute", interrupted)
    answer = walras_command("paper", "--out", half_finished)
    assert (answer.code, answer.out) == (130, "")
    kept = f"2 of 3 chains of markets are finished and kept in {half_finished}; the same command goes on from there"
    assert answer.err == f"error: interrupted; {kept}\n"


def test_another_plan_or_version_is_refused(half_finished, monkeypatch):
    before = stamps(half_finished)
    assert_refused(walras_command("paper", "--out", half_finished), "holds another case study", "name a new folder")
    monkeypatch.setattr(command, "chains", lambda: PLAN)
    identity = json.loads((half_finished / "paper.json").read_text())
    (half_finished / "paper.json").write_text(json.dumps({**identity, "walras": "0.0.1"}))
    assert_refused(walras_command("paper", "--out", half_finished), "walras 0.0.1")
    assert stamps(half_finished) == before


def test_a_folder_of_something_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    assert_refused(walras_command("paper", "--out", tmp_path), "is no folder of a case study")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    assert_refused(walras_command("paper", "--out", tmp_path / "letter.txt"), "is no folder; name a new folder")


@pytest.mark.usefixtures("small_plan")
def test_a_broken_file_is_named(half_finished):
    for chain in PLAN:
        (half_finished / "chains" / f"{chain.name}.parquet").write_bytes(b"PAR1")
    assert_refused(walras_command("paper", "--out", half_finished), f"{PLAN[0].name}.parquet: cannot be read")


@pytest.mark.usefixtures("small_plan")
def test_one_process_at_a_time(half_finished):
    with open_paper_folder(half_finished, PLAN):
        assert_refused(walras_command("paper", "--out", half_finished), "another process works on this case study")


@pytest.mark.usefixtures("small_plan")
def test_a_table_of_something_else_is_named(half_finished):
    for chain in PLAN:
        pd.DataFrame({"foreign": [1]}).to_parquet(half_finished / "chains" / f"{chain.name}.parquet")
    assert_refused(
        walras_command("paper", "--out", half_finished), f"{PLAN[0].name}.parquet: is no table of this chain"
    )
