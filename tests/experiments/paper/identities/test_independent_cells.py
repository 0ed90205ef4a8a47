"""Counting met cells: near, inside a narrow interval, neither."""

import pandas as pd
import pytest

from walras.experiments.paper.identities.independent_cells import INDEPENDENT, met_cells
from walras.experiments.paper.printed import PRINTED, PRINTED_ALPHAS, SCHEMES

LABELS = {quantity.key: quantity.label for quantity in PRINTED}


def _rows(ours):
    """Rows of printed tables in which each cell is what `ours` makes of the printed number: point, least, largest."""
    rows = []
    for quantity in PRINTED:
        for scheme in SCHEMES:
            for alpha in PRINTED_ALPHAS:
                paper = quantity.value(scheme, alpha)
                point, least, largest = ours((quantity.key, scheme, alpha), paper)
                cells = {"paper": paper, "monolith": point, "least": least, "largest": largest}
                rows.append({"quantity": quantity.label, "disclosure": scheme, "alpha": alpha, **cells})
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("factors", "near", "inside"),
    [
        ((1.019, 1.019, 1.019), 28, 0),
        ((1.021, 1.021, 1.021), 0, 0),
        ((1.04, 0.99, 1.05), 0, 28),
        ((1.04, 0.9, 1.05), 0, 0),
    ],
)
def test_cells_are_counted_once(factors, near, inside):
    met = met_cells(_rows(lambda _, paper: tuple(factor * paper for factor in factors)))
    assert (met.near, met.inside) == (near, inside)


def test_contradicted_cells_are_left_out_of_what_is_possible():
    met = met_cells(_rows(lambda _, paper: (paper, paper, paper)))
    assert (met.near, met.possible_near) == (28, 24)


def test_other_cells_do_not_count():
    met = met_cells(_rows(lambda cell, paper: (paper if cell not in INDEPENDENT else 0.0, 0.0, 0.0)))
    assert met.near == 0
    assert len(met.table) == 28
