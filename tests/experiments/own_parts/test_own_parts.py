"""Own agents and mechanisms named module:Class: they run with leave alone, and what is wrong is a sentence."""

import sys

import numpy as np
import pytest
import yaml
from support.command import assert_refused, settings, walras_command
from support.own_parts import PARTS, write_parts
from support.small_grid import small_document, write_case

from walras import build_market, decompose, load_scenario, parse_scenario
from walras.experiments.errors import OwnPartError, ScenarioError
from walras.experiments.own_parts.own_code import own_class
from walras.experiments.sweep.plan import plan_sweep
from walras.experiments.sweep.run_tables import sweep_tables
from walras.experiments.sweep.sweep_folder import open_sweep_folder
from walras.experiments.sweep.sweep_reading import load_sweep
from walras.experiments.sweep.work import run_tasks


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty current directory, and Python's search path as it was, afterwards."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    write_case(tmp_path / "case")
    return tmp_path


def write_scenario(place, **sections):
    path = place / "own.yaml"
    path.write_text(yaml.safe_dump(small_document(place / "case", **sections)))
    return path


def kiln(module, **arguments):
    return {"name": "kiln", "code": f"{module}:Kiln", "bus": 2, "capacity_mw": 7.0, **arguments}


def test_an_own_agent_trades_and_has_a_surplus(place):
    """Worth 1000 $/MWh it buys all it can; the bus with the unit and that without share a price."""
    scenario = write_scenario(place, agents=[kiln(write_parts(place))])
    answer = walras_command("compare", scenario, "--allow-code", "--json", "--mechanism", "slope-bids")
    assert answer.code == 0, answer
    result = answer.document["result"]
    price = result["price_usd_per_mwh"]["2"][0]
    assert result["surplus_usd"]["kiln"] == pytest.approx(7 * (1000 - price), rel=1e-6)
    assert sum(result["generation_mwh"]["G"]) == pytest.approx(7 + sum(d[0] for d in result["demand_mwh"].values()))
    assert answer.document["difference"]["welfare_relative"] < 1e-8


def test_lists_of_numbers_arrive_as_arrays_and_hours_as_the_scenario_has_them(place):
    module = write_parts(place)
    document = small_document(place / "case", periods=2, agents=[kiln(module, capacity_mw=[3, 4])])
    sys.path.append(str(place))
    market = build_market(parse_scenario(document, allow_code=True))
    assert isinstance(market.agents[-1].capacity_mw, np.ndarray)
    assert (market.agents[-1].periods, market.agents[-1].sellers) == (2, ("G",))


def test_a_class_of_walras_is_named_like_any_other(place):
    further = {
        "name": "village",
        "code": "walras.agents:Consumer",
        "bus": 2,
        "willingness_usd_per_mwh": [60.0],
        "slope_usd_per_mwh2": [1.0],
        "hydro_mwh": [0.0],
    }
    scenario = write_scenario(place, agents=[further])
    assert walras_command("run", scenario, "--allow-code", "--mechanism", "walras.coordinator:ADMM").code == 0


def test_an_own_mechanism_runs_with_its_arguments(place):
    module = write_parts(place)
    own = [f"coordinator.mechanism={module}:Fixed", "coordinator.arguments={price: 2}", "coordinator.max_rounds=2"]
    answer = walras_command("run", write_scenario(place), "--allow-code", "--json", *settings(*own))
    assert answer.code == 3
    assert answer.document["mechanism"] == f"{module}:Fixed"
    assert answer.document["rounds"] == 2


def test_modules_are_found_beside_the_scenario_too(place, monkeypatch):
    folder = place / "theirs"
    folder.mkdir()
    path = write_scenario(place, agents=[kiln(write_parts(folder))])
    path = path.rename(folder / "own.yaml")
    assert walras_command("validate", "theirs/own.yaml", "--allow-code").code == 0


def test_what_stands_in_a_folder_cannot_hide_what_python_has(place):
    (place / "colorsys.py").write_text("class Kiln: pass\n")
    scenario = write_scenario(place, agents=[kiln("colorsys")])
    assert_refused(walras_command("validate", scenario, "--allow-code"), "agents.0: colorsys:Kiln", "has no Kiln")


def test_without_leave_no_code_runs(place):
    source = "open('ran', 'w')\n" + PARTS
    module = write_parts(place, source)
    scenario = write_scenario(place, agents=[kiln(module)], coordinator={"mechanism": f"{module}:Fixed"})
    for command in ("run", "compare", "validate"):
        answer = walras_command(command, scenario)
        assert_refused(answer, "agents.0.code", "coordinator.mechanism", "only with --allow-code")
    assert_refused(walras_command("run", "rts24", "--mechanism", f"{module}:Fixed"), "only with --allow-code")
    with pytest.raises(ScenarioError, match="allow_code=True"):
        load_scenario(scenario)
    assert not (place / "ran").exists()
    assert walras_command("validate", scenario, "--allow-code").code == 0
    assert (place / "ran").exists()


WRONG_AGENTS = {
    "no such module": ({"code": "nowhere_at_all:Kiln"}, "agents.0: nowhere_at_all:Kiln: there is no module"),
    "no class": ({"code": "MODULE:Kilm"}, "has no Kilm; its classes are Kiln, State, Fixed, Neither, Late"),
    "no class but a number": ({"code": "MODULE:number"}, "is a int; a class is needed"),
    "no name of code": ({"code": "Kiln"}, "'Kiln' must read module:Class"),
    "no agent": ({"code": "MODULE:Neither"}, "MODULE:Neither: got an unexpected keyword argument 'bus'"),
    "a mechanism": ({"code": "MODULE:Fixed"}, "got an unexpected keyword argument 'name'; it takes price=1.0"),
    "an argument too few": ({"capacity_mw": None}, "missing a required argument: 'capacity_mw'"),
    "an argument too many": ({"color": "red"}, "unexpected keyword argument 'color'; it takes name, bus, periods"),
    "a value that it refuses": (
        {"worth_usd_per_mwh": -1},
        "refuses its arguments: MODULE.py, line 26: ValueError: worth_usd_per_mwh is -1",
    ),
    "a value that it cannot take": ({"capacity_mw": "much"}, "declare() fails: MODULE.py, line 32: ValueError"),
    "a bus that is none": ({"bus": 9}, "agents.0.bus: 9 is no bus"),
    "a value that no file can hold": (
        {"capacity_mw": [1.0, float("nan")]},
        "agents.0.capacity_mw: is [1.0, nan]; finite",
    ),
    "sellers that are none": ({"sellers": ["X"]}, "agents.0: agent kiln: X is no seller here; allowed are G"),
    "an hour that is none": ({"code": "MODULE:Late"}, "trades contract G -> kiln, hour 2; the scenario has 1 hours"),
    "a name that is taken": ({"name": "G"}, "agents.0.name: 'G' is the name of a load, a unit group"),
}


@pytest.mark.parametrize("case", WRONG_AGENTS)
def test_what_is_wrong_with_an_own_agent_is_one_sentence(place, case):
    changes, told = WRONG_AGENTS[case]
    module = write_parts(place)
    agent = {key: value for key, value in kiln(module, **changes).items() if value is not None}
    agent["code"] = agent["code"].replace("MODULE", module)
    answer = walras_command("run", write_scenario(place, agents=[agent]), "--allow-code")
    assert_refused(answer, told.replace("MODULE", module))
    assert answer.err.count("\n") == 1


WRONG_MECHANISMS = {
    "an agent": ("Kiln", {}, "missing a required argument: 'name'"),
    "neither": ("Neither", {}, "is no mechanism: it lacks announces, start, step; needed are announces, name, start"),
    "a value that no file can hold": ("Fixed", {"price": float("inf")}, "arguments.price: is inf; finite numbers"),
    "another argument": ("Fixed", {"prize": 2}, "unexpected keyword argument 'prize'; it takes price=1.0"),
}


@pytest.mark.parametrize("case", WRONG_MECHANISMS)
def test_what_is_wrong_with_an_own_mechanism_is_one_sentence(place, case):
    own, arguments, told = WRONG_MECHANISMS[case]
    module = write_parts(place)
    coordinator = {"mechanism": f"{module}:{own}", "arguments": arguments}
    answer = walras_command("run", write_scenario(place, coordinator=coordinator), "--allow-code")
    assert_refused(answer, "coordinator.", told)
    assert answer.err.count("\n") == 1


def test_an_announcement_that_nobody_answers_is_refused(place):
    module = write_parts(place, PARTS.replace("type] = Prices", "type] = int"))
    answer = walras_command("run", write_scenario(place), "--mechanism", f"{module}:Fixed", "--allow-code")
    assert_refused(answer, "announces int, which the executor compiled does not answer; no other does")


BROKEN = {
    "syntax": ("x = 1\ndef :\n", "line 2: SyntaxError: invalid syntax"),
    "error": ("x = 1\n\nraise KeyError('no key')\n", "line 3: KeyError: 'no key'"),
    "exit": ("import sys\nsys.exit(0)\n", "line 2: SystemExit: 0"),
    "import": ("import nowhere_at_all\n", "line 1: ModuleNotFoundError: No module named 'nowhere_at_all'"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_module_that_cannot_be_imported_is_told_with_its_line(place, case):
    source, told = BROKEN[case]
    module = write_parts(place, source)
    answer = walras_command("run", write_scenario(place), "--mechanism", f"{module}:Own", "--allow-code")
    assert_refused(answer, f"{module}:Own: the module cannot be imported: {module}.py, {told}")
    assert answer.err.count("\n") == 1


def test_names_that_are_none_are_refused(place):
    for name in ("a:", ":b", "a b:c", "a:b:c", "a..b:c"):
        with pytest.raises(OwnPartError, match="must read module:Class"):
            own_class(name)


def test_arguments_are_for_own_mechanisms_alone(place):
    scenario = write_scenario(place, coordinator={"mechanism": "admm", "arguments": {"weight": 2}})
    answer = walras_command("run", scenario)
    assert_refused(answer, "coordinator.arguments: admm comes as it is and takes no arguments, but weight stands there")
    assert walras_command("validate", scenario).code == 2
    without = settings("coordinator.arguments={}", "coordinator.max_rounds=1")
    assert walras_command("run", scenario, *without).code == 3


def test_own_code_that_fails_in_a_sweep_is_a_row_with_its_line(place):
    module = write_parts(place, PARTS.replace("return State(state.market,", "return Staat(state.market,"))
    scenario = write_scenario(place, coordinator={"mechanism": f"{module}:Fixed"})
    sweep = {"scenario": scenario.name, "grid": {"coordinator.arguments.price": [1, 2]}}
    (place / "sweep.yaml").write_text(yaml.safe_dump(sweep))
    plan = plan_sweep(load_sweep(place / "sweep.yaml"), place / "sweep.yaml", executor="compiled", allow_code=True)
    with open_sweep_folder(place / "swept", plan) as folder:
        assert [task.keep(task.compute()) for task in run_tasks(plan, folder, plan.executor)] == ["failed", "failed"]
        runs, _ = sweep_tables(plan, folder)
    assert set(runs["reason"]) == {f"{module}.py, line 60: NameError: name 'Staat' is not defined"}


def test_a_scenario_in_hand_has_leave(place):
    scenario = load_scenario(write_scenario(place, agents=[kiln(write_parts(place))]), allow_code=True)
    assert decompose(scenario).result.surplus_usd["kiln"] > 0
