"""The report of a study: a verdict for every finding, where it fails, and one page that needs nothing else."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from walras.experiments.microgrid.joint_plan import Effort
from walras.experiments.microgrid.report.study_report import study_report
from walras.experiments.microgrid.report.study_writing import write_study
from walras.experiments.microgrid.studies.claim_runs import BUDGET, NO_PRICE, PRICE, ClaimRun
from walras.experiments.microgrid.studies.coalition_plans import ALL, BATTERY, ROUTING, Split
from walras.experiments.microgrid.studies.shapley import coalitions
from walras.experiments.microgrid.studies.study_document import StudyDone
from walras.experiments.microgrid.studies.study_kinds import StudyKind
from walras.experiments.microgrid.studies.study_runs import StudyPoint
from walras.experiments.microgrid.studies.three_plans import PlanFigures

WORTH = {c: 100.0 + 30.0 * (ROUTING in c) + 10.0 * (BATTERY in c) for c in coalitions(sorted(ALL))}
EMITTED = {NO_PRICE: (12.0, 8.0), PRICE: (3.0, 4.0), BUDGET: (10.0, 10.0)}
ODD = "![x](http://far.example/a.png) <script>alert(1)</script> | *a* `b` [c](javascript:d) $body"


def plan(usd, tonnes=10.0, status="optimal", gap=0.00005):
    return PlanFigures(status, usd, gap, tonnes, 0.0, 1.5)


def run(setting, seed):
    plans = {"joint": plan(140.0, EMITTED[setting][seed]), "energy_only": plan(110.0), "compute_only": plan(100.0)}
    return ClaimRun(setting, seed, plans, Split(WORTH), 10.0 - 20 * seed, 0, 0.0001)


def study(scenario="some"):
    claims = [run(setting, seed) for setting in EMITTED for seed in (0, 1)]
    plans = {"joint": plan(5e3, status="time_limit"), "energy_only": plan(4e3), "compute_only": plan(None, None)}
    points = [StudyPoint(StudyKind.SCALE, seed, 10.0, "10 sites", plans) for seed in (0, 1)]
    return StudyDone(scenario, [0, 1], points, claims, effort=Effort(1e-4, 60.0))


def row(text, *starts):
    return next(line for line in text.splitlines() if line.startswith("| " + " | ".join(starts)))


@pytest.fixture(scope="module")
def text():
    return study_report(study(), ["study_claims", "study_split", "study_scale"])


@pytest.mark.parametrize(
    ("finding", "word", "where"),
    [
        ("benefit", "holds", "nowhere"),
        (
            "emissions",
            "depends on the setting",
            "joint emits less than energy-only: no price (mixed), budget 50 % (fails)",
        ),
        ("routing", "holds", "nowhere"),
        ("storage", "holds", "nowhere"),
        ("local generation", "mixed", "50 $/t (mixed)"),
    ],
)
def test_every_finding_has_a_verdict_and_says_where_it_fails(text, finding, word, where):
    _, _, told, places = row(text, f"{finding} ").split(" | ")
    assert told == f"**{word}**"
    assert where in places


def test_a_finding_whose_claims_differ_in_no_setting_depends_on_the_claim():
    told = [replace(run(PRICE, 0), seed=seed, richest_own_usd=50.0, richest_without_usd=45.0) for seed in (0, 1)]
    text = study_report(StudyDone("some", [0, 1], [], told), [])
    assert "| **depends on the claim** |" in row(text, "local generation ")


def test_claims_have_intervals_over_seeds_by_setting_and_name_the_seeds_that_fail(text):
    _, free, priced, budget, unit, seeds = row(text, "joint emits less than energy-only").split(" | ")
    assert free == "**mixed** (1 of 2): 0.00 [-20.00, 20.00]"
    assert priced == "**holds** (2 of 2): 65.00 [60.00, 70.00]"
    assert budget == "**fails** (0 of 2): 0.00 [0.00, 0.00]"
    assert unit == "% of emissions"
    assert seeds == "no price: seed 0; budget 50 %: all 2 seeds |"


def test_gaps_and_plans_that_ended_by_the_clock_are_told(text):
    assert "largest gap 0.0050 %" in text
    assert "Plans of the split: largest gap 0.0100 %" in text
    assert "2 plans ended by the clock" in text
    assert row(text, "10 sites").endswith("| 1.5 [1.5, 1.5] | 0.005 [0.005, 0.005] | 2 of 2 |")


class Addresses(HTMLParser):
    """Where a page points, its elements and its text."""

    def __init__(self, page):
        super().__init__()
        self.found, self.tags, self.text = [], set(), ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.found += [value for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        self.text += data


def test_the_page_needs_nothing_else_and_shows_odd_names_as_text(tmp_path):
    write_study(study(ODD), tmp_path)
    page = (tmp_path / "report.html").read_text()
    read = Addresses(page)
    assert all(address.startswith(("#section-", "data:image/svg+xml;base64,")) for address in read.found)
    assert sum(address.startswith("data:") for address in read.found) == 3
    assert not read.tags & {"script", "link", "iframe"}
    assert ODD in re.sub(r"\s+", " ", read.text)
