"""What `walras why` prints and draws where prices kink, or have many values."""

import pytest
from support.whys import small_market, why_of

from walras import load_scenario
from walras.experiments.cli.why.price_tables import print_why
from walras.experiments.figures.marginal_emissions import marginal_emissions_figure
from walras.experiments.sensitivity.opened import Opened
from walras.experiments.sensitivity.why_document import why_document

A, B, C = ("A", 1, 200.0, 10.0, 0.1, 500.0), ("B", 2, 20.0, 30.0, 0.0, 900.0), ("C", 2, 100.0, 50.0, 0.0, 700.0)
TOWN, MUST = [("town", 1, 100.0, 1.0)], [("must", 2, 60.0)]


def document_of(market, bus):
    told = why_of(market)
    return why_document(Opened(load_scenario("rts24"), told.point, {}, None), told, bus)


def printed(document, capsys):
    print_why(document, verbose=False)
    return " ".join(capsys.readouterr().out.split())


def test_a_kink_shows_both_sides(capsys):
    """A is just full where B begins; see the test of kinks."""
    units = [("A", 1, 100.0, 10.0, 0.1, 500.0), ("B", 1, 100.0, 20.0, 0.2, 900.0)]
    document = document_of(small_market(units, [("town", 1, 120.0, 1.0)]), 1)
    assert document["marginal_emissions_kg_per_mwh"]["1"] == pytest.approx([5000 / 11, 750])
    out = printed(document, capsys)
    assert "price +0.09091 / +0.1667 $/MWh, system CO2 +454.5 / +750 kg" in out
    assert "for one more MWh," in out
    assert "for one MWh less," in out
    assert "strict complementarity fails: A touches a limit that has no price" in out
    assert "no line is full" in out


def test_a_price_with_many_values_shows_its_ends(capsys):
    document = document_of(small_market([A, B, C], TOWN, MUST, line_mw=40.0), 2)
    assert document["price_usd_per_mwh"]["2"] is None
    assert document["price_between_usd_per_mwh"] == {"2": pytest.approx([30, 50])}
    assert "price_usd_per_mwh.2" in document["not_unique"]
    out = printed(document, capsys)
    assert "the price at bus 2 is not unique: one MWh less saves 30, one more costs 50" in out
    assert "[30, 50]" in out
    assert "+900 / +700" in out
    prices = marginal_emissions_figure(document).axes[0]
    assert [line.get_ydata()[1] for line in prices.lines[:2]] == pytest.approx([30, 50])


def test_what_nobody_can_yield_is_said(capsys):
    document = document_of(small_market([A, B], TOWN, MUST, line_mw=40.0), 2)
    out = printed(document, capsys)
    assert "one MWh less saves 30, one more costs no limit" in out
    assert "for one more MWh: nobody can yield it" in out
    assert "+900 / none" in out
    assert marginal_emissions_figure(document).axes
