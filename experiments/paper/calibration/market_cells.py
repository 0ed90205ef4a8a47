"""The printed tables of one scenario, from its monoliths alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pandas as pd

from ...intervals import intervals
from ...monolith.equilibrium import assemble_monolith
from ...results.dotted_figures import figures
from ...results.ledger import Ledger
from ...results.result import summarise
from ...scenario.disclosures import disclosure_scheme
from ...scenario.market_builder import build
from ...scenario.reading import load_scenario
from ...scenario.schema import Scenario
from ..printed import PRINTED, PRINTED_ALPHAS, SCHEMES
from ..printed_tables import printed_value


def market_cells(overrides: Sequence[str], careful_alpha: float) -> pd.DataFrame:
    """Solve both schemes at both printed alphas.

    Parameters
    ----------
    overrides : sequence of str
        Of the built-in scenario `rts24`.
    careful_alpha : float
        What stands for the 0.1 that is printed.

    Returns
    -------
    DataFrame
        A row for each printed cell: quantity, unit, disclosure, alpha (as printed), paper, monolith, and least and
        largest over all equilibria found.
    """
    rows = []
    for scheme, alpha in product(SCHEMES, PRINTED_ALPHAS):
        weight = careful_alpha if alpha == PRINTED_ALPHAS[0] else alpha
        market = [f"disclosure={scheme}", f"hyperscalers.hyperscaler.cost_weight={weight}"]
        scenario = load_scenario("rts24", [*overrides, *market])
        buses = {mdc.name: mdc.bus for mdc in scenario.modular_datacenters}
        sides = dict(_sides(scenario))
        rows += [
            {
                "quantity": quantity.label,
                "unit": quantity.unit,
                "disclosure": scheme,
                "alpha": alpha,
                "paper": quantity.value(scheme, alpha),
                **{side: printed_value(quantity.key, row, buses) for side, row in sides.items()},
            }
            for quantity in PRINTED
        ]
    return pd.DataFrame(rows)


def _sides(scenario: Scenario) -> Iterator[tuple[str, pd.Series[float]]]:
    built = build(scenario)
    scheme = disclosure_scheme(scenario, built.market)
    monolith = assemble_monolith(built.market, built.stacked)
    equilibrium = monolith.equilibrium(scheme)
    result = summarise(Ledger(equilibrium.market, equilibrium.prices, equilibrium.allocation))
    yield "monolith", pd.Series(figures(result))
    ends = intervals(monolith, scheme, equilibrium).figures
    for side, position in (("least", 0), ("largest", 1)):
        yield side, pd.Series({path.removesuffix(".0"): values[position] for path, values in ends.items()})
