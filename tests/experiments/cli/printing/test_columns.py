"""Tables fit the terminal, lose nothing and keep each row's label on one line or two."""

import io

import pytest
from rich.console import Console

from walras.experiments.cli.printing.columns import Column, print_columns

NAMES = ["welfare", "workload price of hyperscaler, hour 12", "nodal price at bus 24, hour 12"]


def printed(width, labels, columns):
    out = io.StringIO()
    print_columns(Console(file=out, width=width, highlight=False, markup=False), labels, columns)
    return out.getvalue()


def figures(count):
    return [Column(f"figure {number}", [f"{number},{row}11.2222" for row in range(3)]) for number in range(count)]


@pytest.mark.parametrize("width", [50, 80, 120, 200])
def test_every_line_fits_and_every_cell_is_whole(width):
    labels = [Column("figure", NAMES, "left"), Column("unit", ["$", "$/MWh", "$/MWh"], "left")]
    text = printed(width, labels, figures(9))
    assert max(map(len, text.splitlines())) <= width
    words = text.split()
    assert all(words.count(cell) == 1 for column in figures(9) for cell in column.cells)


def test_what_fits_is_one_table():
    text = printed(80, [Column("figure", NAMES, "left")], figures(3))
    assert len(text.splitlines()) == 4
    assert all(any(line.startswith(name) for line in text.splitlines()) for name in NAMES)


def test_a_label_folds_over_two_lines_before_a_column_moves_below():
    lines = [line.strip() for line in printed(66, [Column("figure", NAMES, "left")], figures(3)).splitlines()]
    assert len(lines) == 5
    assert lines[2].startswith("workload price of")
    assert lines[3] == "hour 12"


def test_parts_below_name_only_the_rows_that_they_say_something_of():
    between = Column("in all equilibria", ["", "", "1.0000 to 2.0000"])
    first, second = printed(70, [Column("figure", NAMES, "left")], [*figures(2), between]).split("\n\n")
    assert len(first.splitlines()) >= 4
    assert [line.split()[0] for line in second.splitlines()] == ["figure", "nodal"]


def test_a_label_longer_than_the_terminal_folds():
    text = printed(40, [Column("figure", ["x" * 90], "left")], [Column("decomposed", ["1.0000"])])
    assert text.count("x") == 90
    assert max(map(len, text.splitlines())) <= 40


def test_a_table_without_rows_has_its_headings():
    assert printed(80, [Column("run", [])], [Column("status", [])]).split() == ["run", "status"]
