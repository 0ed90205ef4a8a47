"""`walras explain`: every word that a reader meets has a few plain sentences."""

import json
from typing import get_args

import click
import pytest
from support.command import assert_refused, walras_command

from walras.coordinator.catalogue import EXECUTORS, MECHANISMS
from walras.coordinator.diagnosis import Pattern
from walras.coordinator.run import Status
from walras.experiments.cli.commands import walras
from walras.experiments.cli.printing import bench_tables, columns, sweep_tables, tables
from walras.experiments.cli.printing.ranges import ranged_figures
from walras.experiments.cli.printing.terms import all_terms, near_names, term_of
from walras.experiments.paper.paper_settings import SETTINGS
from walras.experiments.scenario.schema import Scenario
from walras.experiments.settlement.selection import Selection

# Below these keys stand names of the market.
NAMED = (
    "price_usd_per_mwh",
    "demand_mwh",
    "generation_mwh",
    "flow_mw",
    "line_price_usd_per_mw",
    "surplus_usd",
    "lease",
    "workload_price_usd_per_mwh",
    "regret_usd",
    "mix_kg_per_mwh",
    "intervals",
    "interval",
    "relative_imbalance",
)


@pytest.fixture(scope="module")
def compared():
    return walras_command("compare", "rts24", "--mechanism", "slope-bids", "--json", "--quiet").document


@pytest.fixture(scope="module")
def not_converged():
    return walras_command("run", "rts24", "--max-rounds", "3", "--json", "--quiet").document


def keys_of(value):
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            if key not in NAMED:
                yield from keys_of(item)
            elif key == "lease":
                yield from next(iter(item.values()))
    elif isinstance(value, list):
        for item in value:
            yield from keys_of(item)


def unexplained(names):
    return sorted({name for name in names if term_of(name) is None})


def test_every_key_of_a_document_is_explained(compared, not_converged):
    keys = [*keys_of(compared), *keys_of(not_converged), "monolith_failure"]
    assert len(set(keys)) > 60
    assert unexplained({*keys} - {"scenario_document", "unit", "result"}) == []


def test_every_label_of_a_table_is_explained(compared, monkeypatch):
    seen = []

    def keep(console, labels, others):
        seen.extend(column.heading for column in (*labels, *others))
        seen.extend(labels[0].cells)

    monkeypatch.setattr(tables, "print_columns", keep)
    tables.print_document(compared, verbose=True)
    assert len(seen) > 60
    assert unexplained(set(seen) - {"figure", "unit"}) == []


def test_figures_that_are_not_unique_are_explained():
    pairs = [[0.0, 1.0]]
    kinds = ("generation_mwh", "demand_mwh", "flow_mw", "price_usd_per_mwh")
    intervals = {**{kind: {"x": pairs} for kind in kinds}, "lease": {"m": {"energy_mwh": pairs}}}
    named, _ = ranged_figures({"intervals": intervals}, everything=True)
    assert len(named) == 5
    assert unexplained(label for label, *_ in named) == []


def test_every_heading_of_the_other_tables_is_explained():
    headings = [*bench_tables._COLUMNS, *(heading for heading, _ in sweep_tables._FIGURES.values())]
    headings += ["method", "executor", "to", "run", "status", "claim", "verdict", "what the paper says"]
    headings += [
        "verdict by setting",
        "table",
        "quantity",
        "scheme",
        *(setting.title for setting in SETTINGS.values() if not setting.varied),
    ]
    assert unexplained(heading.removesuffix(" $").removesuffix(" t") for heading in headings) == []


def test_every_choice_is_explained():
    choices = [*MECHANISMS, *EXECUTORS, *Selection, *Pattern, *Status, "none", "ex_post", "ex_ante"]
    choices += get_args(Scenario.model_fields["trade"].annotation)
    assert unexplained(map(str, choices)) == []


def test_every_option_of_run_and_compare_is_explained():
    options = {
        option.opts[0]
        for name in ("run", "compare")
        for option in walras.get_command(click.Context(walras), name).params
        if isinstance(option, click.Option)
    }
    assert len(options) > 10
    assert unexplained(options) == []


def test_terms_are_told_apart_and_said_in_a_few_sentences():
    names = [name.casefold().replace("_", " ") for term in all_terms() for name in term.names]
    assert len(names) == len(set(names))
    for term in all_terms():
        assert 20 < len(term.says) < 420, term
        assert term.says.endswith("."), term


@pytest.mark.parametrize(
    "words",
    [["MLCP", "residual"], ["mlcp_residual"], ["equilibrium.mlcp_residual"], ["  Mlcp   Residual "]],
)
def test_a_term_is_found_by_every_name_it_has(words):
    answer = walras_command("explain", *words)
    assert answer.code == 0
    assert answer.out.startswith("MLCP residual: How exactly the monolith's solution meets its conditions")
    assert max(map(len, answer.out.splitlines())) <= columns.terminal().width


@pytest.mark.parametrize("label", ["nodal price at bus 24, hour 1", "nodal price at bus 3"])
def test_a_label_is_explained_as_it_stands_in_a_table(label):
    assert walras_command("explain", label).out.startswith("nodal price: ")


def test_an_option_is_a_term():
    assert walras_command("explain", "--hour").out.startswith("hour: ")


def test_alone_it_lists_every_term():
    answer = walras_command("explain")
    assert answer.code == 0
    text = " ".join(answer.out.split())
    assert all(term.names[0] in text for term in all_terms())


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("regert", "'regert' is no term; near are 'regret'"),
        # A term that reads like an answer.
        ("nonsense", "near are 'none'"),
        ("gaps", "relative gap"),
        ("zzz", "'zzz' is no term; `walras explain` lists all"),
        ("", "'' is no term"),
        ("\x1b[2J", "is no term"),
    ],
)
def test_an_unknown_term_is_one_sentence_with_what_is_near(word, advice):
    answer = walras_command("explain", word)
    assert_refused(answer, advice)
    assert answer.err.count("\n") == 1
    assert json.dumps(answer.err).count("\\u001b") == 0


def test_what_is_near_is_named_once():
    assert near_names("lease pric") == ["lease price", *near_names("lease pric")[1:]]
    assert len(set(near_names("price"))) == len(near_names("price")) <= 5
