"""What a YAML file says is taken as it stands or refused with its line: never an error of Python or another value."""

import time

import pytest
from support.command import assert_refused, walras_command

from walras import load_scenario, parse_scenario
from walras.experiments.errors import ScenarioError
from walras.experiments.scenario.plain_yaml import MAX_ITEMS, PlainYamlError, parse_yaml

TAKEN = {
    "2026-13-45": "2026-13-45",
    "2026-01-01": "2026-01-01",
    "1:30": "1:30",
    "1_000": "1_000",
    "0x1F": "0x1F",
    "012": 12,
    "+7": 7,
    "1e-6": 1e-6,
    ".5": 0.5,
    "5.": 5.0,
    "-0.0": -0.0,
    "'1'": "1",
    "!!str 1": "1",
    "!!float 1": 1.0,
    "no": False,
    "~": None,
    "'a b'": "a b",
    "[1, {a: b}]": [1, {"a": "b"}],
    "\ufeffa: é": {"a": "é"},
}
REFUSED = {
    "!!int ''": ("'' is no whole number", "line 1, column 1"),
    "a: !!float x": ("'x' is not a number", "line 1, column 4"),
    "!!bool maybe": ("'maybe' is neither true nor false",),
    "!!null x": ("'x' is not null",),
    "!!timestamp 2026-13-45": ("timestamp", "not allowed"),
    "!!binary $": ("binary", "not allowed"),
    "!!set {a}": ("set", "not allowed"),
    "!!seq 3": ("expected a sequence",),
    "!!int [1]": ("a list or mapping is no int",),
    "9" * 400: ("has 400 digits", "at most 40"),
    "9" * 5000: ("has 5000 digits", "at most 40"),
    "1e400": ("'1e400' is a number too large",),
    "1e-400": ("'1e-400' is a number too small",),
    '"\\ud800"': (r"'\ud800' holds a character that cannot be printed",),
    'a:\n  - "\\e[31m"': (r"'\x1b[31m' holds a character", "line 2, column 5"),
    '"\\u202e": 1': (r"'\u202e' holds a character",),
    "{<<: {a: 1}, a: 2}": ("merge keys",),
    "1: a\n'1': b": ("'1' is used twice", "line 2"),
    "[a]: 1": ("cannot be a key",),
    "[" * 2000: ("nested too deeply",),
    "a: &a [*a]": ("aliases are not allowed",),
    "a: \x00": ("special characters are not allowed",),
}


@pytest.mark.parametrize("text", TAKEN)
def test_a_value_is_taken_as_it_stands(text):
    assert repr(parse_yaml(text)) == repr(TAKEN[text])


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text)[:30])
def test_what_is_no_plain_yaml_is_refused_with_value_and_place(text):
    with pytest.raises(PlainYamlError) as caught:
        parse_yaml(text)
    for needle in ("no plain YAML", *REFUSED[text]):
        assert needle in str(caught.value)


def test_a_list_of_nearly_a_megabyte_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "long.yaml"
    path.write_text("name: a\nload_profile: [" + "1," * 500_000 + "1]\n")
    begin = time.process_time()
    assert_refused(walras_command("validate", path), str(path), f"more than {MAX_ITEMS:,} items", "line 2")
    assert time.process_time() - begin < 8


@pytest.mark.parametrize(
    "override",
    [
        "name=" + "[" * 2000,
        "a." * 2000 + "b=1",
        "hyperscalers." + "9" * 5000 + ".bus=1",
        "hyperscalers.0.name=[a]",
        "modular_datacenters.0.batches=[[a]]",
        "coordinator.mechanism=[admm]",
        "seed=" + "9" * 400,
        "periods=" + "9" * 5000,
        "hyperscalers.0.batches_mw.batch1=" + "9" * 39 + "e400",
        "grid.source=" + "x" * 5000,
    ],
    ids=lambda text: text[:24],
)
def test_an_odd_override_is_refused_and_quoted_shortly(override):
    with pytest.raises(ScenarioError) as caught:
        load_scenario("rts24", [override])
    assert len(caught.value.faults) < 5
    assert len(str(caught.value)) < 8000


def test_an_invalid_date_is_a_word():
    assert load_scenario("rts24", ["name=2026-13-45T99:00:00"]).name == "2026-13-45T99:00:00"


def test_batches_whose_names_differ_by_blanks_do_not_become_one(tmp_path):
    """They did, and 40 MWh vanished."""
    path = tmp_path / "blanks.yaml"
    path.write_text(
        "name: blanks\nhyperscalers:\n  - {name: h, bus: 1, cost_weight: 0.9, batches_mw: {c: 30, ' c': 40}}\n"
    )
    assert_refused(
        walras_command("validate", path), str(path), "hyperscalers.0.batches_mw. c", "' c'", "without blanks"
    )


@pytest.mark.parametrize("name", [" a", "a ", "a\tb", "\x1b[31ma", "\u202ea", "\ud800", "", "a" * 101])
def test_a_name_is_refused_that_would_pass_for_another_or_command_a_terminal(name):
    with pytest.raises(ScenarioError) as caught:
        parse_scenario({"name": name})
    assert caught.value.faults[0].path == "name"
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("override", "needed"),
    [
        ("hyperscalers.0.batches_mw.batch1=1e-320", "1e-09 to 1e+12 MW"),
        ("modular_datacenters.0.capacity_mw=1e308", "1e-09 to 1e+12 MW"),
        ("modular_datacenters.0.curtailed_mw=[1e13]", "1e-09 to 1e+12 MW"),
        ("grid.line_limit_scale=1e-300", "1e-09 to 1e+09"),
        ("producers.emission_rates={coal: 1e300}", "1e-09 to 1e+09 kg/MWh"),
        ("hyperscalers.0.cost_weight=1e-300", "1e-06 to 1"),
        ("consumers.price_elasticity=-1e-300", "1e-06 to 100"),
        ("consumers.price_floor=1e-300", "1e-06 to 1"),
        ("coordinator.tolerance=1e-300", "1e-15 to 1"),
    ],
)
def test_a_number_of_a_size_that_nothing_has_is_refused(override, needed):
    with pytest.raises(ScenarioError) as caught:
        load_scenario("rts24", [override])
    assert caught.value.faults[0].path == override.partition("=")[0]
    assert needed in caught.value.faults[0].message
