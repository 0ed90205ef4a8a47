"""The table of assumptions: one place for report and README, with what they are read from the scenario itself."""

from pathlib import Path

from walras.experiments.paper.paper_settings import PAPER, SETTINGS
from walras.experiments.paper.printed import PRINTED_ALPHAS
from walras.experiments.paper.report.assumptions import ASSUMPTIONS, Origin, assumptions_table

README = Path(__file__).parents[3] / "README.md"


def test_the_readme_has_all_of_them_as_the_report_does():
    text, table = README.read_text(), assumptions_table()
    for each in ASSUMPTIONS.values():
        assert f"| {each.what} | {each.origin} | {each.why} |" in text
        assert f"| {each.what} | " in table
    assert table.count("\n") == len(ASSUMPTIONS) + 2


def test_every_origin_occurs_and_says_from_what():
    assert {each.origin for each in ASSUMPTIONS.values()} == set(Origin)
    assert all(each.why for each in ASSUMPTIONS.values())


def test_values_are_those_of_the_papers_setting():
    table, setting = assumptions_table(), SETTINGS[PAPER]
    scenario = setting.at(PRINTED_ALPHAS[-1])
    for name, bus in setting.buses_of_datacenters.items():
        assert f"{name}: {bus}" in table
    for mdc in scenario.modular_datacenters:
        assert f"{mdc.name}: {mdc.capacity_mw:g} MW" in table
    assert f"| Price elasticity of load | {scenario.consumers.price_elasticity:g} | printed |" in table
    assert ", ".join(f"{alpha:g}" for alpha in setting.standing_for_printed) in table
