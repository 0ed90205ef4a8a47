"""The case study in the four settings whose equilibria are known."""

import pytest

from walras import build_market, load_scenario

STUDIES = [(table, alpha) for table in ("rts96", "surrogate") for alpha in (0.1, 0.9)]


@pytest.fixture(scope="session", params=STUDIES, ids=lambda study: f"{study[0]} {study[1]}")
def case_study(request):
    table, alpha = request.param
    overrides = [f"producers.emission_rates={table}", f"hyperscalers.hyperscaler.cost_weight={alpha}"]
    return build_market(load_scenario("rts24", overrides))
