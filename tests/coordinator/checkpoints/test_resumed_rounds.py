"""A run that is broken off and goes on makes the same rounds, bit for bit, under every mechanism and executor."""

import pytest
from cases import ex_ante, leases, three_bus_loop
from support.bits import bits
from support.kept_runs import InMemory, unbroken_and_resumed

from walras.coordinator import MECHANISMS, Batched, Compiled, MaxRounds, Serial, run
from walras.coordinator.catalogue import EX_POST_ONLY

MARKETS = {
    "leases": lambda: leases.saturated().market,
    "loop": lambda: three_bus_loop.congested_loop().market,
    "disclosed": lambda: ex_ante.full().market,
}
# The weights of ADMM change at rounds 20 and 40, so both kinds of rounds are made after what was kept.
LONG, SHORT = (17, 45), (6, 14)
CASES = [
    (name, executor, market, LONG if name.startswith("admm") and executor != Serial() else SHORT)
    for name in MECHANISMS
    for executor in (Serial(), Compiled(), Batched())
    for market in MARKETS
    if MECHANISMS[name].announces in executor.answers and not (market == "disclosed" and name in EX_POST_ONLY)
]


@pytest.mark.parametrize(("name", "executor", "market", "rounds"), CASES, ids=lambda part: getattr(part, "name", None))
def test_the_rounds_are_the_same_bit_for_bit(name, executor, market, rounds):
    unbroken, resumed = unbroken_and_resumed(MARKETS[market](), name, executor, *rounds, certify_every=5)
    assert resumed == unbroken


@pytest.mark.parametrize("executor", [Compiled(), Batched()], ids=lambda executor: executor.name)
@pytest.mark.parametrize(
    ("name", "after", "rounds"), [("admm-anderson", 53, 60), ("level-bundle", 12, 20), ("slope-bids", 9, 14)]
)
def test_and_so_on_rts24(rts24, name, executor, after, rounds):
    unbroken, resumed = unbroken_and_resumed(rts24, name, executor, after, rounds)
    assert resumed == unbroken


@pytest.mark.parametrize("name", MECHANISMS)
def test_states_and_history_come_back_bit_for_bit(name):
    keeper = InMemory(9)
    run(leases.saturated().market, name, stop=MaxRounds(9), keeper=keeper, certify_every=4)
    kept, restored = keeper.standing, keeper.restored()
    if name == "slope-bids":
        assert kept.state.clearing is not None
        assert restored.state.clearing is None  # The next step makes it again.
        object.__setattr__(kept.state, "clearing", None)
    assert bits(restored) == bits(kept)
    assert restored.state.market is kept.state.market


def test_a_checkpoint_before_the_first_certificate_and_in_the_last_round():
    for after in (1, 6):
        unbroken, resumed = unbroken_and_resumed(leases.saturated().market, "admm", Compiled(), after, 6)
        assert resumed == unbroken


def test_what_is_told_later_is_not_in_what_was_kept():
    keeper = InMemory(4)
    run(leases.saturated().market, "admm", stop=MaxRounds(9), keeper=keeper)
    assert [record.round for record in keeper.standing.history.records] == [1, 2, 3, 4]
    assert keeper.standing.history.last.number == 4


def test_a_run_that_has_ended_makes_no_round_more():
    market, told = leases.saturated().market, []
    keeper = InMemory(6)
    run(market, "admm", stop=MaxRounds(6), keeper=keeper)
    again = run(market, "admm", stop=MaxRounds(6), keeper=InMemory(kept=keeper.kept), on_round=told.append)
    assert (told, len(again.records), again.reason) == ([], 6, "6 rounds are spent")


def test_a_larger_budget_goes_on():
    market = leases.saturated().market
    keeper = InMemory(6)
    run(market, "admm", stop=MaxRounds(6), keeper=keeper)
    longer = run(market, "admm", stop=MaxRounds(9), keeper=InMemory(kept=keeper.kept))
    assert [record.round for record in longer.records] == list(range(1, 10))


def test_seconds_are_those_of_both_parts():
    market, keeper = leases.saturated().market, InMemory(6)
    first = run(market, "admm", stop=MaxRounds(6), keeper=keeper)
    both = run(market, "admm", stop=MaxRounds(9), keeper=InMemory(kept=keeper.kept))
    assert both.iterate_seconds > first.iterate_seconds
    assert both.compile_seconds > first.compile_seconds
    assert both.certify_seconds > keeper.standing.certify_seconds > 0


def test_other_watched_goods_are_refused():
    market, keeper = leases.saturated().market, InMemory(2)
    run(market, "admm", stop=MaxRounds(2), keeper=keeper)
    with pytest.raises(ValueError, match="watched other goods"):
        run(market, "admm", stop=MaxRounds(3), keeper=InMemory(kept=keeper.kept), watch=())
