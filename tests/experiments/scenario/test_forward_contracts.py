"""Forward contracts: what producers and consumers owe, how much can be owed, and what it does to prices."""

import json
import re

import numpy as np
import pytest
import yaml
from cases.one_bus import on_one_bus
from support.command import assert_refused, settings, walras_command
from support.small_grid import small_document, write_case

from walras import build_market, load_scenario, parse_scenario
from walras.agents import Consumer, Customer, ForwardContract, Producer, contract
from walras.coordinator import Market, Scale, Status
from walras.experiments.errors import ScenarioError
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.settlement.feasibility import largest_forward_position
from walras.experiments.settlement.stacked_market import stack
from walras.experiments.study import decompose, with_monolith

BASES = ("generator", "consumer", "contract")
BATCHES = load_scenario("rts24").hyperscalers[0].batches_mw
MORE_WORK = "hyperscalers.0.batches_mw=" + json.dumps({batch: 1.1 * megawatts for batch, megawatts in BATCHES.items()})


def rts24(basis, position, *more):
    return load_scenario("rts24", [f"consumers.forward_basis={basis}", f"consumers.forward_position={position}", *more])


def of_kind(market, kind):
    return {agent.name: agent for agent in market.agents if isinstance(agent, kind)}


@pytest.fixture(scope="module")
def spot_market():
    return build_market(rts24("generator", 0))


@pytest.mark.parametrize("basis", BASES)
def test_without_a_position_nobody_owes_anything(spot_market, basis):
    market = build_market(rts24(basis, 0))
    assert all(producer.forward_contracts == () for producer in of_kind(market, Producer).values())
    assert all(consumer.forward_purchase_mwh is None for consumer in of_kind(market, Consumer).values())
    for one, other in zip(market.problems, spot_market.problems, strict=True):
        assert (one.G != other.G).nnz == 0
        for name in ("h", "lower", "upper", "b", "c"):
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


def owed_by(market) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (producer.name, forward.customers): float(forward.at_least_mwh[0])
        for producer in of_kind(market, Producer).values()
        for forward in producer.forward_contracts
    }


def test_the_position_is_a_share_of_the_baseline_and_the_bases_add_up_to_one_another():
    by_contract, by_generator, by_consumer = (build_market(rts24(basis, 0.5)) for basis in ("contract", *BASES[:2]))
    contracts, generators = owed_by(by_contract), owed_by(by_generator)
    assert owed_by(by_consumer) == {}
    purchases = {
        consumer.name: float(consumer.forward_purchase_mwh[0]) for consumer in of_kind(by_consumer, Consumer).values()
    }
    # 2850 MW of load less 300 MW of hydro.
    assert sum(purchases.values()) == pytest.approx(0.5 * 2550)
    assert sum(generators.values()) == pytest.approx(0.5 * 2550, rel=1e-6)
    assert sum(contracts.values()) == pytest.approx(0.5 * 2550, rel=1e-6)
    for (producer, customers), owed in generators.items():
        assert set(customers) == set(purchases)
        assert sum(mwh for (name, _), mwh in contracts.items() if name == producer) == pytest.approx(owed)
    for consumer, bought in purchases.items():
        total = sum(mwh for (_, customers), mwh in contracts.items() if customers == (consumer,))
        assert total == pytest.approx(bought, rel=1e-6)
    # 108 MW of 2850 at bus 1, hydro pro rata.
    assert purchases["load@1"] == pytest.approx(0.5 * 108 * (1 - 300 / 2850))


@pytest.mark.parametrize(
    ("basis", "more", "largest"),
    [
        ("contract", (), 0.895),
        ("contract", (MORE_WORK,), 0.835),
        ("contract", ("grid.line_limit_scale=0.7",), 1.0),
        ("consumer", (), 0.895),
        ("generator", (), 1.0),
        ("generator", (MORE_WORK,), 1.0),
    ],
)
def test_so_much_can_be_owed(basis, more, largest):
    limit = largest_forward_position(market := build_market(rts24(basis, 0.5, *more)), stack(market))
    assert 0.5 * limit.factor == pytest.approx(largest, abs=5e-4)
    assert limit.binding


@pytest.mark.parametrize("basis", ["contract", "consumer"])
def test_the_refusal_names_bus_and_contract_and_a_position_that_is_accepted(basis):
    answer = walras_command(
        "run", "rts24", *settings(f"consumers.forward_basis={basis}", "consumers.forward_position=0.9")
    )
    assert_refused(answer, "consumers.forward_position", f"0.9 by {basis} cannot be met", "load@3", "bus 3")
    if basis == "contract":
        assert_refused(answer, "contract U197@13 at bus 13 -> load@3 at bus 3")
    allowed = re.search(r"at most ([\d.]+) can", answer.err)[1]
    assert float(allowed) == pytest.approx(0.895, abs=5e-4)
    build_market(rts24(basis, allowed))


def test_a_position_of_all_is_accepted_by_generator():
    assert build_market(rts24("generator", 1.0)).goods


@pytest.fixture(scope="module", params=["contract", "generator"])
def bound(request):
    study = with_monolith(decompose(rts24(request.param, 0.6)))
    assert study.run.status == Status.CONVERGED, study.run.reason
    assert study.monolith.equilibrium.mlcp_residual <= 1e-6
    return request.param, study


def test_ex_post_at_0_6_by_contract_mdc1_pays_63_02_and_by_generator_57_78(bound):
    basis, study = bound
    expected = {"contract": 63.02, "generator": 57.78}[basis]
    for prices, allocation in (
        (study.run.best.prices, study.run.best.allocation),
        (study.monolith.equilibrium.prices, study.monolith.equilibrium.allocation),
    ):
        market = study.market
        position = [agent.name for agent in market.agents].index("mdc1")
        trades = zip(
            market.goods_of_agents[position], allocation.trades[market.copies_of_agents[position]], strict=True
        )
        paid = [prices[market.good_index[good]] for good, quantity in trades if quantity < -0.01]
        assert paid == pytest.approx([expected] * len(paid), abs=0.006)
        assert paid
    for result in (study.result, study.monolith.result):
        assert result.price_usd_per_mwh["12"][0] == pytest.approx(expected, abs=0.006)


def test_with_obligations_the_decomposed_market_is_the_monolith_and_keeps_them(bound):
    _, study = bound
    difference = study.monolith.difference
    assert difference.price_usd_per_mwh <= 0.01
    assert difference.demand_mwh <= 0.01
    assert difference.generation_mwh <= 0.01
    market = study.market
    allocations = (
        study.run.best.allocation,
        study.decomposition.settlement.allocation,
        study.monolith.equilibrium.allocation,
    )
    for allocation in allocations:
        for index, agent in enumerate(market.agents):
            if not isinstance(agent, Producer):
                continue
            sold = dict(
                zip(market.goods_of_agents[index], allocation.trades[market.copies_of_agents[index]], strict=True)
            )
            for forward in agent.forward_contracts:
                total = sum(sold[contract(agent.name, customer, 0)] for customer in forward.customers)
                assert total >= forward.at_least_mwh[0] - 1e-6


# One bus. At the baseline 100 MWh of load are served: 60 by cheap, 40 by dear, at 30 $/MWh.
BUSES = "1,75,1\n2,25,0\n"
LINES = "a,1,2,0.1,\n"
UNITS = "cheap,1,steam,coal,market,60,10,0,900\ndear,1,steam,gas,market,100,30,0,400\n"
# Units have 60 MW more than the load.
HYPERSCALER = {"name": "h", "bus": 1, "cost_weight": 1.0, "batches_mw": {"chat": 50}}


def small(folder, basis, position):
    case = write_case(folder / "case", buses=BUSES, lines=LINES, units=UNITS)
    consumers = {"price_elasticity": -1.0, "forward_basis": basis, "forward_position": position}
    return parse_scenario(small_document(case, consumers=consumers, hyperscalers=[HYPERSCALER]))


# By basis: who owes whom how much at 0.8.
OWED = {
    "generator": {("cheap", ("load@1", "load@2")): 48.0, ("dear", ("load@1", "load@2")): 32.0},
    "contract": {
        ("cheap", ("load@1",)): 36.0,
        ("cheap", ("load@2",)): 12.0,
        ("dear", ("load@1",)): 24.0,
        ("dear", ("load@2",)): 8.0,
    },
    "consumer": {},
}


@pytest.mark.parametrize("basis", BASES)
def test_on_a_small_grid_everybody_owes_what_paper_says(tmp_path, basis):
    market = build_market(small(tmp_path, basis, 0.8))
    assert owed_by(market) == {key: pytest.approx(mwh, abs=1e-5) for key, mwh in OWED[basis].items()}
    bought = {name: consumer.forward_purchase_mwh for name, consumer in of_kind(market, Consumer).items()}
    if basis == "consumer":
        assert {name: float(mwh[0]) for name, mwh in bought.items()} == {"load@1": 60.0, "load@2": 20.0}
    else:
        assert bought == {"load@1": None, "load@2": None}


def two_producers(forward, purchase=None):
    """Cheap at 10, dear at 30 $/MWh; the town values energy at ``50 - q``. Spot: 40 MWh, all from cheap, at 10."""
    customers = (Customer("town", 1), Customer("village", 1))

    def buyer(name, owed):
        return Consumer(
            name, 1, ("cheap", "dear"), np.array([50.0]), np.array([1.0]), np.zeros(1), forward_purchase_mwh=owed
        )

    agents = (
        buyer("town", purchase),
        buyer("village", None),
        Producer("cheap", 1, 1, customers, 500.0, 10.0, 0.0, 0.0, 1),
        Producer("dear", 1, 1, customers, 500.0, 30.0, 0.0, 0.0, 1, forward_contracts=forward),
    )
    market = Market(agents)
    return on_one_bus(Market(agents, dict.fromkeys(market.goods, Scale(10.0, 20.0))))


def prices_and_sales(market):
    equilibrium = solve_monolith(market)
    assert equilibrium.mlcp_residual <= 1e-6
    prices = dict(zip(market.goods, equilibrium.prices, strict=True))
    index = [agent.name for agent in market.agents].index
    sales = {}
    for seller in ("cheap", "dear"):
        copies = market.copies_of_agents[index(seller)]
        sales |= dict(zip(market.goods_of_agents[index(seller)], equilibrium.allocation.trades[copies], strict=True))
    return prices, {(good.seller, good.buyer): mwh for good, mwh in sales.items()}


def test_by_generator_the_unit_sells_what_it_owes_at_a_loss_and_no_price_moves():
    """Dear owes 15 MWh to both together. They have 40 each anyway, at 10 $/MWh: dear gets no more."""
    owed = (ForwardContract(("town", "village"), np.array([15.0])),)
    prices, sales = prices_and_sales(two_producers(owed))
    assert sales["dear", "town"] + sales["dear", "village"] == pytest.approx(15.0, abs=1e-5)
    assert sum(sales.values()) == pytest.approx(80.0, abs=1e-5)
    for buyer in ("town", "village"):
        assert prices[contract("cheap", buyer, 0)] == pytest.approx(10.0, abs=1e-5)
        assert prices[contract("dear", buyer, 0)] == pytest.approx(10.0, abs=1e-5)


def test_by_contract_a_buyer_who_is_owed_more_than_it_wants_pays_less():
    """Dear owes the town 45 MWh, which it takes at 50 - 45 = 5 $/MWh; the village goes on at 10."""
    owed = (ForwardContract(("town",), np.array([45.0])),)
    prices, sales = prices_and_sales(two_producers(owed))
    assert sales["dear", "town"] == pytest.approx(45.0, abs=1e-5)
    assert sales["cheap", "town"] == pytest.approx(0.0, abs=1e-5)
    assert sales["cheap", "village"] == pytest.approx(40.0, abs=1e-5)
    assert prices[contract("dear", "town", 0)] == pytest.approx(5.0, abs=1e-5)
    assert prices[contract("cheap", "village", 0)] == pytest.approx(10.0, abs=1e-5)


def test_by_consumer_the_buyer_pays_what_energy_costs():
    """The town must buy 45 MWh: at 10 $/MWh from cheap, though the last is worth 5 to it."""
    prices, sales = prices_and_sales(two_producers((), purchase=np.array([45.0])))
    assert sales["cheap", "town"] == pytest.approx(45.0, abs=1e-5)
    assert sales["cheap", "village"] == pytest.approx(40.0, abs=1e-5)
    assert sales["dear", "town"] + sales["dear", "village"] == pytest.approx(0.0, abs=1e-5)
    assert prices[contract("cheap", "town", 0)] == pytest.approx(10.0, abs=1e-5)


def test_positions_in_several_hours_follow_the_load_of_each(tmp_path):
    document = small(tmp_path, "contract", 0.8).model_dump(mode="json")
    document |= {"periods": 2, "load_profile": [1.0, 0.5], "hyperscalers": []}
    cheap = of_kind(build_market(parse_scenario(document)), Producer)["cheap"]
    owed = {forward.customers: forward.at_least_mwh for forward in cheap.forward_contracts}
    # In the second hour cheap serves all 50 MWh.
    assert owed["load@1",] == pytest.approx([36.0, 0.8 * 37.5], abs=1e-5)
    assert owed["load@2",] == pytest.approx([12.0, 0.8 * 12.5], abs=1e-5)


def test_a_market_without_load_owes_nothing(tmp_path):
    case = write_case(tmp_path / "case", buses="1,0,1\n2,0,0\n", units=UNITS)
    consumers = {"forward_basis": "contract", "forward_position": 0.8}
    market = build_market(parse_scenario(small_document(case, consumers=consumers, hyperscalers=[HYPERSCALER])))
    assert owed_by(market) == {}


@pytest.mark.parametrize(("chat", "largest"), [(80.0, "0.8000"), (80.004, "0.7999"), (80.008, "0.7999")])
def test_the_position_that_is_named_is_never_rounded_up(tmp_path, chat, largest):
    """Of 160 MW of units, 80 and a little more do work, and the load of 100 gets what is left."""
    document = small(tmp_path, "generator", 0.9).model_dump(mode="json")
    document["hyperscalers"][0]["batches_mw"] = {"chat": chat}
    with pytest.raises(ScenarioError, match=f"at most {largest} can"):
        build_market(parse_scenario(document))
    document["consumers"]["forward_position"] = float(largest)
    assert build_market(parse_scenario(document)).goods


def test_too_much_is_refused_before_anything_is_written(tmp_path):
    path = tmp_path / "small.yaml"
    document = small(tmp_path, "contract", 1.0).model_dump(mode="json")
    document["hyperscalers"][0]["batches_mw"] = {"chat": 80}
    path.write_text(yaml.safe_dump(document))
    answer = walras_command("run", path, "--out", tmp_path / "out")
    assert_refused(answer, "consumers.forward_position", "at most 0.8000 can")
    assert not (tmp_path / "out").exists()
