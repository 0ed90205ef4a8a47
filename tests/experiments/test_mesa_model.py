"""The Mesa model: a step is a round of the one generator, and its tables say what the agents earn."""

from itertools import islice

import mesa
import numpy as np
import pytest

from walras import ADMM, Compiled, Serial, Tatonnement, iterate
from walras.agents import Family
from walras.coordinator import SlopeBids, UnansweredError, profits
from walras.experiments.mesa_model import MarketModel, Participant

STEPS = 12


def stepped(market, mechanism, **options):
    model = MarketModel(market, mechanism, **options)
    for _ in range(STEPS):
        model.step()
    return model


@pytest.fixture(scope="module")
def model(rts24):
    return stepped(rts24, ADMM(), certify_every=5)


@pytest.mark.parametrize("mechanism", [ADMM(), Tatonnement()], ids=lambda mechanism: mechanism.name)
def test_steps_are_the_rounds_of_iterate(rts24, mechanism):
    model = MarketModel(rts24, mechanism)
    for expected in islice(iterate(rts24, mechanism, Compiled().compile(rts24)), STEPS):
        model.step()
        assert model.current.number == expected.number
        np.testing.assert_array_equal(model.current.prices, expected.prices)
        np.testing.assert_array_equal(model.current.allocation.trades, expected.allocation.trades)
        assert model.current.dual_residual == expected.dual_residual


def test_the_executor_is_an_argument(rts24):
    serial, compiled = (MarketModel(rts24, ADMM(), executor) for executor in (Serial(), Compiled()))
    for model in (serial, compiled):
        model.step()
        model.step()
    np.testing.assert_allclose(serial.current.prices, compiled.current.prices, rtol=1e-6, atol=1e-6)


def test_every_agent_of_the_market_has_a_participant_that_mesa_knows(model, rts24):
    assert isinstance(model, mesa.Model)
    assert [participant.name for participant in model.participants] == [agent.name for agent in rts24.agents]
    assert set(model.agents) == set(model.participants)
    assert all(isinstance(participant, Participant) for participant in model.agents)


def test_before_the_first_step_nothing_is_known(rts24):
    model = MarketModel(rts24, ADMM())
    with pytest.raises(ValueError, match=r"step\(\)"):
        _ = model.current
    assert model.datacollector.get_model_vars_dataframe().empty


def test_the_model_table_has_a_row_a_round_and_a_column_a_good(model, rts24):
    table = model.datacollector.get_model_vars_dataframe()
    assert table["round"].tolist() == list(range(1, STEPS + 1))
    assert set(map(str, rts24.goods)) <= set(table.columns)
    assert table["max_relative_imbalance"].iloc[-1] == model.current.max_relative_imbalance
    assert table["dual_residual"].iloc[-1] == model.current.dual_residual
    last = table[list(map(str, rts24.goods))].iloc[-1].to_numpy()
    np.testing.assert_array_equal(last, model.current.prices)


def test_the_gap_is_known_every_few_rounds(model):
    gap = model.datacollector.get_model_vars_dataframe()["relative_gap"]
    assert np.flatnonzero(gap.notna()).tolist() == [4, 9]
    assert (gap.dropna() > 0).all()


def test_only_watched_goods_are_collected(rts24):
    leases = [good for good in rts24.goods if good.family == Family.LEASE]
    table = stepped(rts24, ADMM(), watch=leases).datacollector.get_model_vars_dataframe()
    assert [column for column in table.columns if column in map(str, rts24.goods)] == list(map(str, leases))


def test_the_agent_table_has_a_row_for_every_agent_and_round(model, rts24):
    table = model.datacollector.get_agent_vars_dataframe()
    assert len(table) == STEPS * len(rts24.agents)
    last = table.loc[STEPS]
    assert last["name"].tolist() == [agent.name for agent in rts24.agents]
    expected = profits(rts24, model.current.prices, model.current.allocation)
    np.testing.assert_allclose(last["profit_usd"], expected, rtol=1e-9, atol=1e-6)
    np.testing.assert_array_equal(last["cost_usd"], model.current.allocation.costs)


def test_profits_add_up_to_welfare_and_the_value_of_the_imbalance(model, rts24):
    """What one pays another receives; what is bought from nobody or sold to nobody is the imbalance."""
    current = model.current
    total = sum(participant.profit_usd for participant in model.participants)
    owed = current.prices @ rts24.imbalance(current.allocation.trades)
    assert total == pytest.approx(-current.allocation.costs.sum() + owed, rel=1e-9)
    assert abs(owed) > 1


def test_trades_of_the_participants_are_the_allocation(model, rts24):
    stacked = np.concatenate([list(participant.trades.values()) for participant in model.participants])
    np.testing.assert_array_equal(stacked, model.current.allocation.trades)
    for participant, goods in zip(model.participants, rts24.goods_of_agents, strict=True):
        assert tuple(participant.trades) == goods


def test_certificates_less_than_one_round_apart_are_refused(rts24):
    with pytest.raises(ValueError, match="certify_every is 0"):
        MarketModel(rts24, ADMM(), certify_every=0).step()


def test_an_executor_that_cannot_answer_is_refused_before_the_first_step(rts24):
    with pytest.raises(UnansweredError, match="slope bids announces BidRequest"):
        MarketModel(rts24, SlopeBids(), Serial())
