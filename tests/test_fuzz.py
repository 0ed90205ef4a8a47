"""A few of the odd inputs that `make fuzz` draws by the thousand: refused in words, or taken whole."""

import pytest
from fuzz.drawing_lots import KINDS, draw
from fuzz.judging import Input, judge, nothing_is_computed
from fuzz.yaml_inputs import base

from walras.experiments.cli import validation


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.mark.parametrize("kind", KINDS)
def test_odd_inputs_are_refused_in_words_or_taken_whole(folder, monkeypatch, kind):
    nothing_is_computed(monkeypatch)
    for number in range(8):
        odd = draw(0, number, folder, kind)
        assert judge(odd).fault is None, (number, odd.told)


def test_the_judge_finds_a_traceback_orders_to_the_terminal_and_what_is_lost(folder, monkeypatch):
    base(folder)
    odd = Input("scenario", ["validate", str(folder / "small.yaml")], "", "small.yaml", lambda _: "a value is lost")
    assert judge(odd).fault == "a value is lost"
    monkeypatch.setattr(validation, "printable", lambda text: f"\x1b[31m{text}")
    assert "reach the terminal" in judge(odd).fault

    def fail(*_, **__):
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(validation, "read_scenario", fail)
    assert "by nothing" in judge(odd).fault
