"""What own code prints is no result, and what it raises during rounds is told with its place."""

import sys

import pytest
import yaml
from support.command import assert_refused, settings, walras_command, walras_process
from support.own_parts import PARTS, write_parts
from support.small_grid import small_document, write_case

TALKING = "print('imported')\n" + PARTS.replace(
    "        return State(state.market, state.announcement, responses, 0.0)",
    "        print('stepped')\n        return State(state.market, state.announcement, responses, 0.0)",
)
FAILING = PARTS.replace(
    "        return State(state.market, state.announcement, responses, 0.0)",
    "        RAISES",
)
RAISED = {
    "an error": ("raise KeyError('no such good')", "KeyError: 'no such good'"),
    "an error without words": ("assert False", "AssertionError"),
    "numbers of another shape": (
        "return State(state.market, state.announcement, np.ones(2) + np.zeros(3), 0.0)",
        "ValueError: operands could not be broadcast together",
    ),
    "the end of the process": ("raise SystemExit(0)", "SystemExit: 0"),
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    write_case(tmp_path / "case")
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(small_document(tmp_path / "case")))
    return tmp_path


def options(module):
    return (
        "--allow-code",
        "--json",
        "-q",
        *settings(f"coordinator.mechanism={module}:Fixed", "coordinator.max_rounds=2"),
    )


@pytest.mark.parametrize("command", ["run", "compare"])
def test_what_own_modules_print_goes_to_stderr(place, command):
    answer = walras_command(command, "own.yaml", *options(write_parts(place, TALKING)))
    assert answer.document["rounds"] == 2
    assert answer.err.splitlines() == ["imported", "stepped", "stepped"]


def test_workers_and_validation_print_nothing_to_stdout_either(place):
    module = write_parts(place, TALKING)
    mechanism = {"coordinator.mechanism": f"{module}:Fixed", "coordinator.max_rounds": 2}
    (place / "sweep.yaml").write_text(yaml.safe_dump({"scenario": "own.yaml", "set": mechanism, "runs": [{"seed": 1}]}))
    answer = walras_process("sweep", "sweep.yaml", "--allow-code", "--json", "--workers", 1)
    assert answer.document["counts"]["not_converged"] == 1
    assert answer.err.count("stepped") == 2
    (place / "mine.yaml").write_text(
        yaml.safe_dump(small_document(place / "case", coordinator={"mechanism": f"{module}:Fixed"}))
    )
    assert "imported" not in walras_process("validate", "mine.yaml", "--allow-code").out


@pytest.mark.parametrize("case", RAISED)
def test_what_own_code_raises_during_rounds_is_told_with_its_line(place, case):
    code, told = RAISED[case]
    module = write_parts(place, FAILING.replace("RAISES", code))
    lines = (place / f"{module}.py").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if text.strip() == code)
    answer = walras_command("run", "own.yaml", *options(module))
    assert_refused(answer, f"own code fails: {module}.py, line {line}: {told}")
    assert answer.err.count("\n") == 1


def test_a_fault_of_walras_keeps_its_traceback(place, monkeypatch):
    def broken(*_):
        raise KeyError("ours")

    module = write_parts(place)
    monkeypatch.setattr("walras.experiments.study.disclosure_scheme", broken)
    answer = walras_command("run", "own.yaml", *options(module))
    assert answer.code == 1
    assert "Traceback" in answer.err


def test_where_results_were_written_is_one_line(place):
    quick = ("--mechanism", "slope-bids", "--executor", "batched")
    answer = walras_command("run", "own.yaml", *quick, "--out", "kept", "--json")
    assert answer.err == "written to kept\n"
    assert answer.document["status"] == "converged"
    assert walras_command("run", "own.yaml", *quick, "--out", "quiet", "-q").err == ""
