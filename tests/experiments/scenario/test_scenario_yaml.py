"""Scenario files that are no plain YAML of a sensible size."""

import pytest
import yaml
from support.command import assert_refused, walras_command, walras_process

from walras import load_scenario
from walras.experiments.errors import ScenarioError
from walras.experiments.scenario.plain_yaml import MAX_BYTES
from walras.experiments.scenario.reading import built_in_scenarios

SOUND = yaml.safe_dump(load_scenario("rts24").model_dump(mode="json"))


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "scenario.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_a_scenario_survives_being_written_and_read(write):
    assert load_scenario(write(SOUND)) == load_scenario("rts24")


# What stands in the file: words of the message.
FILES = {
    "nothing": ("", "empty", "at least a name"),
    "a comment": ("# to do\n", "empty", "at least a name"),
    "no mapping": ("- rts24\n", "list", "mapping of keys"),
    "a word": ("rts24\n", "str", "mapping of keys"),
    "a broken list": ("name: [rts24\n", "no plain YAML", "line 2"),
    "a tab": ("name: a\ngrid:\n\tsource: rts24\n", "no plain YAML", "line 3"),
    "two documents": ("name: a\n---\nname: b\n", "no plain YAML", "line 2"),
    "no text": (b"name: \xff\xfe\n", "no UTF-8 text", "byte 6"),
    "an alias": ("name: &n rts24\ngrid: {source: *n}\n", "aliases are not allowed"),
    "a key twice": (SOUND + "seed: 3\n", "'seed' is used twice", f"line {SOUND.count(chr(10)) + 1}"),
    "a batch twice": (
        "name: a\nhyperscalers: [{name: h, bus: 24, cost_weight: 1, batches_mw: {one: 1, one: 2}}]\n",
        "'one' is used twice",
        "line 2",
    ),
    "a list as key": ("? [a, b]\n: c\n", "no plain YAML", "line 1"),
    "deep nesting": ("[" * 5000, "nested too deeply", "four levels"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_plain_yaml_is_refused_with_what_is_wrong_and_where(write, name):
    text, *needles = FILES[name]
    path = write(text)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    for needle in [str(path), *needles]:
        assert needle in str(caught.value)
    assert_refused(walras_command("validate", path), str(path), *needles)


def test_nested_aliases_do_not_fill_the_memory(write):
    levels = "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(20))
    with pytest.raises(ScenarioError, match="aliases are not allowed"):
        load_scenario(write("a: &a [x]\n" + levels))


def test_a_file_that_asks_for_a_python_object_is_refused_and_nothing_runs(write, tmp_path):
    marker = tmp_path / "executed"
    path = write(f"name: !!python/object/apply:os.system ['touch {marker}']\n")
    assert_refused(walras_process("run", path, "--json"), str(path), "python/object/apply:os.system", "line 1")
    assert_refused(walras_command("validate", path), "python/object/apply:os.system")
    override = f"name=!!python/object/apply:os.system ['touch {marker}']"
    assert_refused(walras_command("run", "rts24", "--set", override), "python/object/apply:os.system")
    assert not marker.exists()


def test_a_file_over_the_size_limit_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)

    def fail(*_, **__):
        raise AssertionError("the file was read")

    monkeypatch.setattr("pathlib.Path.read_text", fail)
    monkeypatch.setattr("pathlib.Path.read_bytes", fail)
    assert_refused(walras_command("run", path, "--json"), str(path), "104,857,600", f"{MAX_BYTES:,}")


def test_a_file_at_the_size_limit_is_read(write):
    filler = "# " + "x" * (MAX_BYTES - len(SOUND) - 3) + "\n"
    path = write(SOUND + filler)
    assert path.stat().st_size == MAX_BYTES
    assert load_scenario(path) == load_scenario("rts24")


@pytest.mark.parametrize("source", ["nowhere.yaml", "", "nowhere/nothing", "a\0b", "x" * 300])
def test_a_name_that_is_neither_file_nor_built_in_is_refused(source):
    with pytest.raises(ScenarioError):
        load_scenario(source)


def test_a_missing_file_is_answered_with_the_names_of_built_in_scenarios():
    assert "rts24" in built_in_scenarios()
    assert_refused(walras_command("run", "nowhere.yaml"), "nowhere.yaml", "neither a file", *built_in_scenarios())


def test_a_folder_is_no_scenario(tmp_path):
    assert_refused(walras_command("validate", tmp_path), str(tmp_path), "neither a file")
