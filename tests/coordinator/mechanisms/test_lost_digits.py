"""Random markets in which digits that matter to a small agent are lost beside a large one's, or in a solution."""

import numpy as np
import pytest
import scipy.sparse as sp
from random_markets.generator import random_market

from walras import build_market, load_scenario
from walras.coordinator import Batched, Compiled, Status, run, stop_at
from walras.coordinator.mechanisms.slope_bids.either_side import from_either_side
from walras.coordinator.mechanisms.slope_bids.netting import netting
from walras.coordinator.mechanisms.slope_bids.slope_bids import SlopeBids

# By the numbers of `make random-markets`, with what was lost.
MARKETS = {
    81: "what a bus with a full line lacks, beside a contract of 660 MWh",
    226: "the price of a bus where nobody trades, beside one where all could only sell",
    360: "what a load's total yields, where it is all that passes its seller's bus",
    418: "the same with hydro",
    479: "what a contract costs, beside prices of wheeling that rise without end, since nothing can pass a closed line",
    496: "a bound of 0 of a unit of 3638 MW that sells nothing",
    541: "what a small producer's total yields, with ramps",
    705: "a bound of 0 of a unit without capacity, over 15 hours",
    724: "what a contract costs, beside prices of wheeling without end, over 20 hours",
}


# The same under the seed 1.
OTHERS = {111: "what a bus of 6 MWh lacks, which was told as what all buses lack less one of 849 MWh"}


@pytest.mark.parametrize("executor", [Compiled(), Batched()], ids=lambda executor: executor.name)
@pytest.mark.parametrize(
    ("seed", "number"), [*((0, number) for number in MARKETS), *((1, number) for number in OTHERS)]
)
def test_slope_bids_converge(tmp_path, seed, number, executor):
    market = build_market(load_scenario(random_market(seed, number).write(tmp_path)))
    outcome = run(market, SlopeBids(), executor, stop=stop_at(1e-6, 60), certify_every=1)
    assert outcome.status == Status.CONVERGED, outcome.reason
    assert len(outcome.records) < 60, outcome.reason


@pytest.mark.parametrize("sides", [(np.arange(1, 4), np.arange(4, 8)), (np.arange(4, 8), np.arange(1, 4))])
def test_a_row_that_either_side_makes_up_alone_is_netted_once(sides):
    """Three sellers at one bus, four buyers elsewhere: what passes it is all that is sold, and all that is bought."""
    first, second = np.divmod(np.arange(12), 4)
    totals = [(first == i).astype(float) for i in range(3)] + [(second == j).astype(float) for j in range(4)]
    rows = sp.csr_array(np.array([np.ones(12), *totals]))
    Z = netting(from_either_side, rows, *sides)
    assert not (rows - Z @ rows).toarray()[0].any()
    assert list(Z.toarray()[0, sides[0]]) == [1.0] * len(sides[0])


def test_a_row_of_both_sides_is_netted_whichever_comes_first():
    """At the bus stand the first of three sellers and the last of four buyers, who meet there."""
    first, second = np.divmod(np.arange(12), 4)
    sellers = [(first == i).astype(float) for i in range(3)]
    buyers = [(second == j).astype(float) for j in range(4)]
    rows = sp.csr_array(np.array([sellers[0] - buyers[3], np.arange(12.0), *sellers, *buyers]))
    for sides in ((np.arange(2, 5), np.arange(5, 9)), (np.arange(5, 9), np.arange(2, 5))):
        Z = netting(from_either_side, rows, *sides)
        np.testing.assert_array_equal(Z.toarray()[0], [0, 0, 1, 0, 0, 0, 0, 0, -1])
        assert not Z.toarray()[1].any()
