"""A run outlives a monolith that is not found."""

import json
import signal

import pytest
from support.command import walras_command

from walras import load_scenario
from walras.experiments.monolith import equilibrium
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.scenario.market_builder import build_market


@pytest.mark.parametrize(("error", "code"), [(RuntimeError("lost"), 1), (None, 143)])
def test_the_result_of_the_run_is_printed_and_kept(tmp_path, monkeypatch, error, code):
    def fail(*_):
        if error is None:
            signal.raise_signal(signal.SIGTERM)
        raise error

    monkeypatch.setattr("walras.experiments.study.assemble_monolith", fail)
    answer = walras_command("compare", "rts24", "--json", "--tolerance", "1e-2", "--out", tmp_path / "run")
    document = json.loads(answer.out)
    assert answer.code == code
    assert document["equilibrium"] is None
    assert document["monolith_failure"] == (str(error) if error else "interrupted")
    assert document["result"]["welfare_usd"] > 0
    assert (tmp_path / "run" / "run.json").is_file()


def test_an_equilibrium_without_least_norm_contracts_is_shown_as_it_is(monkeypatch):
    monkeypatch.setattr(equilibrium, "select_contracts", lambda *_: None)
    found = solve_monolith(build_market(load_scenario("rts24")))
    assert found.selection == "none"
    assert found.mlcp_residual <= 1e-6
