"""Line prices fit the wheeling fees, and prices that nobody pins are not called unique."""

import numpy as np
import pytest
from support.small_grid import small_document, write_case

from walras import build_market, parse_scenario
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.results.hub_price import wheeling_fees
from walras.experiments.results.ledger import Ledger
from walras.experiments.results.nodal import nodal_result
from walras.network import ptdf_matrix


def ledger_of(document):
    market = build_market(parse_scenario(document))
    equilibrium = solve_monolith(market)
    return Ledger(market, equilibrium.prices, equilibrium.allocation)


def test_a_closed_line_of_a_loop_has_the_price_that_the_fees_imply(tmp_path):
    """Only line a binds, and it may carry nothing: |w_i| = |PTDF_ai| mu at every bus."""
    case = write_case(
        tmp_path / "case",
        buses="1,50,1\n2,20,0\n3,30,0\n",
        lines="a,1,2,0.1,0\nb,2,3,0.1,\nc,1,3,0.1,\n",
        units="G,1,steam,coal,market,100,10,0.1,900\nH,2,steam,coal,market,40,30,0.2,900\n",
    )
    ledger = ledger_of(small_document(case))
    nodal, fees = nodal_result(ledger), wheeling_fees(ledger)
    price = nodal.line_price_usd_per_mw[:, 0]
    assert price[0] > 1
    assert price[1:] == pytest.approx([0, 0], abs=1e-6)
    ptdf = ptdf_matrix(ledger.grid_operator.grid)
    assert np.abs(fees[:, 0]) == pytest.approx(np.abs(ptdf[0]) * price[0], abs=1e-5)


@pytest.mark.parametrize(("load_mw", "unique"), [(0, False), (5, True)])
def test_a_price_that_only_inelastic_work_pays_is_not_unique(tmp_path, load_mw, unique):
    """20 MW of work at bus 2 behind a line of 20 MW: any fee above zero clears, unless a consumer there pins it."""
    case = write_case(tmp_path / "case", buses=f"1,50,1\n2,{load_mw},0\n", lines=f"a,1,2,0.1,{20 + load_mw}\n")
    work = {"name": "h", "bus": 2, "cost_weight": 1.0, "batches_mw": {"chat": 20}}
    assert nodal_result(ledger_of(small_document(case, hyperscalers=[work]))).unique is unique
