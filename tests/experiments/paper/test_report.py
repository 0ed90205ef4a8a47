"""The report: Markdown that is whole, and one HTML page that needs nothing else."""

import json
from html.parser import HTMLParser

import pytest
from cases.paper_frame import hand_made_study

from walras.experiments.pages.html import html_page
from walras.experiments.pages.markdown import markdown_table, number
from walras.experiments.paper.report.report import report

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
VOID = {"meta", "img", "br", "hr"}


class Page(HTMLParser):
    """Elements of a page: which are open, and where they point."""

    def __init__(self, text: str):
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href")]
        self.ids |= {value for name, value in attrs if name == "id"}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def study():
    return hand_made_study()


@pytest.fixture(scope="module")
def text(study):
    return report(study, ["fig1-lease-price", "fig5-forward-by-contract"])


@pytest.fixture(scope="module")
def page(text):
    return html_page(text, {"figures/fig1-lease-price.png": SVG, "figures/fig5-forward-by-contract.png": SVG}, "A & B")


def test_the_report_holds_all_parts_in_order(text):
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "How well it was computed",
        "What is assumed",
        "Verdicts at a glance",
        "What the printed cells say by themselves",
        "Tables I to III",
        "Claims in detail",
        "What the workload costs, and who gets it",
        "Forward contracts: 90% by contract, and what emissions are made of",
        "Figures",
        "Tables I to III in other settings",
        "The path in kappa",
        "Theorems 1 and 2",
        "Equivalence with a pool",
        "Emissions by contract and by location",
        "Surplus of every agent",
        "Where the paper's numbers disagree",
        "How to repeat this",
    ]
    for name in ("I", "II", "III"):
        assert f"### Table {name}, the paper's setting" in text
    assert "124,367 + 3,636 = 128,003 $" in text
    assert "20 decomposed runs converged" in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head(text):
    lines = text.splitlines()
    heads = [position for position, line in enumerate(lines) if line.startswith("| --- |")]
    assert len(heads) >= 8
    for position in heads:
        cells = lines[position].count("|")
        for line in lines[position - 1 :]:
            if not line.startswith("|"):
                break
            assert line.replace("\\|", "").count("|") == cells


def test_the_page_is_well_formed(page):
    found = Page(page)
    assert found.open == []
    assert found.tags.count("table") >= 8
    assert found.tags.count("img") == 2
    assert "<title>A &amp; B</title>" in page


def test_the_page_needs_nothing_else(page):
    found = Page(page)
    assert not {"script", "link", "iframe", "object"} & set(found.tags)
    for address in found.addresses:
        assert address.startswith(("data:image/svg+xml;base64,", "#"))
    assert {address[1:] for address in found.addresses if address.startswith("#")} <= found.ids
    assert "url(" not in page
    assert "@import" not in page


def test_markup_in_the_text_is_shown_and_not_obeyed():
    page = html_page("# t\n\n<script>alert(1)</script> a < b\n\n| x |\n| --- |\n| <b> |\n", {}, "<t>")
    assert "script" not in Page(page).tags
    assert "&lt;script&gt;" in page
    assert "<td>&lt;b&gt;</td>" in page
    assert "<title>&lt;t&gt;</title>" in page


def test_dollars_in_the_text_are_no_placeholders():
    assert "$body and $title cost 5 $" in html_page("# t\n\n$body and $title cost 5 $\n", {}, "t")


def test_tables_escape_their_borders():
    assert markdown_table(["a", "b"], [["x|y", "1"]], numbers=1) == "| a | b |\n| --- | ---: |\n| x\\|y | 1 |\n"


def test_numbers_for_readers():
    assert [number(value, "+.2f") for value in (1.005, -0.001, 0.0, None, float("nan"))] == [
        "+1.00",
        "0.00",
        "0.00",
        "-",
        "-",
    ]
    assert number(-1234.5) == "-1,234.50"


def test_the_document_is_strict_json(study):
    document = json.loads(json.dumps(study.document(), allow_nan=False))
    assert [claim["verdict"] for claim in document["claims"]] == ["holds"] * 11
    assert len(document["tables"]) == 64
    assert set(study.frames()) >= {"table_I", "table_II", "table_III", "claim_6", "surplus", "accounting"}
