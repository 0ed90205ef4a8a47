"""A command reads its case once and stacks its market once, however many of its steps need them."""

import sys

import pytest
from support.command import settings, walras_command
from support.small_grid import BUSES, small_document, write_case

from walras import build_market, parse_scenario
from walras.agents.canonical.stacked_matrices import stacked_matrices
from walras.experiments.cli import solve
from walras.experiments.figures import drawing
from walras.experiments.settlement.stacked_market import stack
from walras.network.csv_reader import read_folder

# What a command imports only when it is called or draws must be there when calls begin to be counted.
assert solve
assert drawing


@pytest.fixture
def calls_of(monkeypatch):
    """Of a function, the list into which its calls go, by whatever module it is called."""

    def watched(function):
        calls = []

        def counting(*args, **kwargs):
            calls.append(args)
            return function(*args, **kwargs)

        for name, module in list(sys.modules.items()):
            if name == "walras" or name.startswith("walras."):
                for own in [own for own, value in vars(module).items() if value is function]:
                    monkeypatch.setattr(module, own, counting)
        return calls

    return watched


@pytest.mark.parametrize(
    "options",
    [
        ("--executor", "compiled"),
        ("--executor", "batched", *settings("disclosure=ex_ante")),
        ("--mechanism", "slope-bids", "--executor", "batched"),
    ],
)
def test_a_compare_reads_the_case_and_stacks_the_market_once(calls_of, tmp_path, options):
    calls = [calls_of(function) for function in (read_folder, stacked_matrices, stack)]
    answer = walras_command("compare", "rts24", "--tolerance", "1e-4", "--out", tmp_path / "run", *options)
    assert answer.code == 0, answer.err
    assert list(map(len, calls)) == [1, 1, 1]


def test_a_validation_reads_the_case_once(calls_of, tmp_path):
    reads = calls_of(read_folder)
    (tmp_path / "small.yaml").write_text(f"name: small\ngrid: {{source: {write_case(tmp_path / 'case')}}}\n")
    assert walras_command("validate", tmp_path / "small.yaml").code == 0
    assert len(reads) == 1


def test_a_case_that_changes_between_two_studies_is_read_anew(tmp_path):
    case = write_case(tmp_path / "case")
    scenario = parse_scenario(small_document(case))
    first = build_market(scenario)
    (case / "buses.csv").write_text((case / "buses.csv").read_text().replace(BUSES, "1,50,1\n2,0,0\n"))
    assert len(build_market(scenario).goods) < len(first.goods)
