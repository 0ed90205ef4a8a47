"""Wrong input at the command line: exit code 2, a message on stderr, nothing on stdout, nothing written."""

import pytest
import yaml
from support.command import assert_refused, settings, walras_command, walras_process
from support.small_grid import small_document, write_case

from walras import load_scenario
from walras.experiments.errors import ScenarioError

DOCUMENT = load_scenario("rts24").model_dump(mode="json")
DOUBLED = "hyperscalers.0.batches_mw={batch1: 150, batch2: 84, batch3: 102, batch4: 96, batch5: 138}"

# Override: words of the message, among them path, value and what is allowed.
OVERRIDES = {
    DOUBLED: ("hyperscalers", "570.0 MWh", "at most 0.90"),
    "hyperscalers.0.bus=99": ("hyperscalers.0.bus", "99", "1, 2, 3"),
    "modular_datacenters.0.capacity_mw=-12": ("modular_datacenters.0.capacity_mw", "-12", "at least 0 | equal to 0"),
    "hyperscalers.0.batches_mw.batch1=.nan": ("hyperscalers.0.batches_mw.batch1", "nan", "finite"),
    "gpu_rating_kw=.inf": ("gpu_rating_kw", "inf", "finite"),
    "modular_datacenters.1.batches=[batch9]": ("modular_datacenters.1.batches", "'batch9'", "batch1, batch2"),
    "modular_datacenters.1.batches=[batch1, batch1]": ("modular_datacenters.1.batches", "'batch1'", "once"),
    "kappa=0.1": ("kappa", "unknown key", "walras schema"),
    "name=[rts24]": ("name", "rts24", "valid string"),
    "hyperscalers.0={name: h}": ("hyperscalers.0.bus", "is missing", "hyperscalers.0.batches_mw"),
    "coordinator.mechanism=newton": ("coordinator.mechanism", "'newton'", "tatonnement"),
    "producers.emission_rates=epa": ("producers.emission_rates", "'epa'", "rts96, surrogate"),
    "load_profile=[1.0, 0.9]": ("load_profile", "2 numbers", "1 periods"),
    "grid.source=nowhere": ("grid.source", "nowhere", "rts24"),
    "grid.line_limit_scale=0.01": ("grid.line_limit_scale", "2,850.0 MW", "raise the limits"),
}
# What follows --set: words of the message.
MALFORMED = {
    "grid.line_limit_scale": ("key.path=value",),
    "=0.6": ("key.path=value",),
    "grid..source=rts24": ("key.path=value",),
    "grid.line_limit_scale=[0.6": ("no plain YAML",),
    "grid.line_limit_scale={a: 1, a: 2}": ("'a' is used twice",),
    "hyperscalers.9.bus=24": ("'9'", "0 to 0", "hyperscaler"),
    "hyperscalers.-1.bus=24": ("'-1'", "0 to 0"),
    "modular_datacenters.mdc9.bus=24": ("'mdc9'", "0 to 2", "mdc1", "mdc3"),
}


@pytest.mark.parametrize("override", OVERRIDES)
@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_fault_ends_run_and_compare_before_anything_is_written(tmp_path, command, override):
    *sure, allowed = OVERRIDES[override]
    answer = walras_command(command, "rts24", "--json", "--out", tmp_path / "out", "--set", override)
    assert_refused(answer, *sure)
    assert any(needle in answer.err for needle in allowed.split(" | "))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("override", MALFORMED)
def test_a_malformed_override_is_quoted_with_what_is_needed(tmp_path, override):
    answer = walras_command("run", "rts24", "--json", "--out", tmp_path / "out", "--set", override)
    assert_refused(answer, f"--set {override}", *MALFORMED[override])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "value", "needles"),
    [
        ("--mechanism", "newton", ("newton", "admm", "tatonnement")),
        ("--executor", "abacus", ("abacus", "serial", "compiled")),
        ("--tolerance", "0", ("coordinator.tolerance", "greater than 0")),
        ("--tolerance", "nan", ("coordinator.tolerance", "nan")),
        ("--tolerance", "small", ("small", "float")),
        ("--max-rounds", "0", ("coordinator.max_rounds", "is 0", "greater than or equal to 1")),
        ("--max-rounds", "1.5", ("1.5", "integer")),
        ("--seed", "-1", ("seed", "is -1", "greater than or equal to 0")),
        ("--frobnicate", "1", ("--frobnicate",)),
    ],
)
def test_an_option_with_a_wrong_value_is_refused(tmp_path, option, value, needles):
    answer = walras_command("run", "rts24", "--json", "--out", tmp_path / "out", option, value)
    assert_refused(answer, *needles)
    assert list(tmp_path.iterdir()) == []


def test_every_fault_has_a_line_of_its_own():
    overrides = ["hyperscalers.0.bus=99", "kappa=1", "seed=-1", "coordinator.mechanism=newton"]
    answer = walras_command("run", "rts24", *settings(*overrides))
    assert_refused(answer)
    lines = answer.err.splitlines()
    assert len(lines) == len(overrides)
    for override in overrides:
        assert any(line.startswith(f"error: rts24: {override.partition('=')[0]}: ") for line in lines)


def test_validate_reports_the_faults_of_a_file_and_names_it(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(DOCUMENT | {"kappa": 1, "periods": 0}))
    assert_refused(walras_command("validate", path), f"{path}: kappa: ", f"{path}: periods: is 0")


def test_validate_says_that_a_workload_cannot_be_served(tmp_path):
    path = tmp_path / "mine.yaml"
    batches = {f"batch{i}": 110 for i in range(1, 6)}
    path.write_text(
        yaml.safe_dump(DOCUMENT | {"hyperscalers": [DOCUMENT["hyperscalers"][0] | {"batches_mw": batches}]})
    )
    assert_refused(walras_command("validate", path), "hyperscalers", "550.0 MWh", "at most 0.93")


def test_the_console_script_refuses_an_unservable_workload(tmp_path):
    answer = walras_process("run", "rts24", "--json", "--out", tmp_path / "out", "--set", DOUBLED)
    assert_refused(answer, "hyperscalers", "570.0 MWh", "at most 0.90")
    assert list(tmp_path.iterdir()) == []


def test_the_console_script_refuses_an_islanded_grid(tmp_path):
    case = write_case(tmp_path / "case", buses="1,50,1\n2,20,0\n3,0,0\n")
    path = tmp_path / "islands.yaml"
    path.write_text(yaml.safe_dump(small_document(case)))
    answer = walras_process("compare", path, "--json", "--out", tmp_path / "out")
    assert_refused(answer, f"{path}: grid.source", "2 islands", "bus 3", "all buses must be connected")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["case", "islands.yaml"]


def test_a_grid_in_the_place_of_a_scenario_is_told_where_it_belongs():
    with pytest.raises(ScenarioError, match=r"case118: is neither a file .*grid: \{source: case118\}"):
        load_scenario("case118")
