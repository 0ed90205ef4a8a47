"""The paper's matrices solved for themselves: every agent's own problem agrees with what comes out."""

import numpy as np
import pytest

from walras.agents import Consumer, Family, GridOperator, Hyperscaler, ModularDatacenter, Producer
from walras.coordinator import Compiled, Market, Responses
from walras.coordinator.certificate import certify
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.theory.paper_mlcp import paper_mlcp
from walras.experiments.theory.solution import solve_paper_mlcp


@pytest.fixture(scope="module")
def solved(case_study):
    mlcp = paper_mlcp(case_study, 0)
    return mlcp, solve_paper_mlcp(mlcp)


def as_outcome(market: Market, mlcp, values) -> tuple[np.ndarray, Responses]:
    """Prices and trades, good by good, of a point of the paper's MLCP."""
    hour = mlcp.hour
    buses = [bus for bus in hour.operator.grid.buses if bus != hour.operator.grid.hub]
    fee = dict(zip(buses, values["wheeling_fee"], strict=True))
    delivered = dict(
        zip(hour.operator.grid.buses, values["withdrawal"] - hour.operator.fixed_withdrawal_mw[:, 0], strict=True)
    )
    lenders = [agent.name for agent in hour.datacenters]
    price = dict(zip(hour.contracts, values["contract_price"], strict=True))
    sold = dict(zip(hour.contracts, values["sold"], strict=True))
    bought = dict(zip(hour.contracts, values["bought"], strict=True))

    def bus_of(good):
        return int(good.buyer.removeprefix("bus "))

    def trade(agent, good):
        if good.family == Family.CONTRACT:
            return sold[good] if good.seller == agent.name else -bought[good]
        if good.family == Family.LEASE:
            if isinstance(agent, ModularDatacenter):
                return values["leased"][lenders.index(agent.name)]
            return -sum(
                gpus
                for gpus, (_, lender, _) in zip(values["rented"], hour.rented, strict=True)
                if lender == good.seller
            )
        if isinstance(agent, GridOperator):
            return delivered[bus_of(good)]
        at = {customer.name: customer.bus for customer in agent.customers}
        own = {contract: mwh for contract, mwh in sold.items() if contract.seller == agent.name}
        arriving = sum(mwh for contract, mwh in own.items() if at[contract.buyer] == bus_of(good))
        return sum(own.values()) * (agent.bus == bus_of(good)) - arriving

    prices = {Family.CONTRACT: price.get, Family.WHEELING: lambda good: fee[bus_of(good)]}
    prices[Family.LEASE] = lambda good: values["lease_price"][lenders.index(good.seller)]
    copies = zip(market.agent_of_copy, market.good_of_copy, strict=True)
    trades = np.array([trade(market.agents[a], market.goods[g]) for a, g in copies])
    costs = np.array([cost_on_paper(agent, bought, sold) for agent in market.agents])
    return np.array([prices[good.family](good) for good in market.goods]), Responses(trades, costs)


def cost_on_paper(agent, bought, sold) -> float:
    """What an agent minimises beside its payments: minus benefit, cost of generation, value of emissions [$]."""
    if isinstance(agent, Consumer):
        demand = agent.hydro_mwh[0] + sum(mwh for good, mwh in bought.items() if good.buyer == agent.name)
        return agent.slope_usd_per_mwh2[0] / 2 * demand**2 - agent.willingness_usd_per_mwh[0] * demand
    if isinstance(agent, Producer):
        output = sum(mwh for good, mwh in sold.items() if good.seller == agent.name)
        return agent.cost_usd_per_mwh * output + agent.cost_slope_usd_per_mwh2 / 2 * output**2
    if isinstance(agent, Hyperscaler):
        rates = zip(agent.contracts, agent.emission_rates_kg_per_mwh, strict=True)
        return (1 - agent.cost_weight) / agent.cost_weight * sum(rate * bought[good] for good, rate in rates)
    return 0.0


def test_the_conditions_hold(solved):
    mlcp, values = solved
    assert mlcp.residual(values) <= 1e-6


def test_no_agent_regrets_its_part_and_all_goods_clear(case_study, solved):
    """The declarations, which the matrices never saw, are at their best."""
    prices, allocation = as_outcome(case_study, *solved)
    certificate = certify(case_study, prices, allocation, Compiled().compile(case_study))
    assert certificate.relative_gap <= 1e-8
    assert certificate.max_relative_imbalance <= 1e-8


def test_prices_where_datacenters_stand_are_those_of_the_monolith(case_study, solved):
    mlcp, values = solved
    monolith = dict(zip(case_study.goods, solve_monolith(case_study).prices, strict=True))
    for index, agent in enumerate(mlcp.hour.datacenters):
        assert values["lease_price"][index] == pytest.approx(monolith[agent.leases[0]], abs=1e-8)
    buses = [bus for bus in mlcp.hour.operator.grid.buses if bus != mlcp.hour.operator.grid.hub]
    fees = dict(zip(buses, values["wheeling_fee"], strict=True))
    found = {good.buyer: price for good, price in monolith.items() if good.family == Family.WHEELING}
    assert {f"bus {bus}": fee for bus, fee in fees.items()} == pytest.approx(found, abs=1e-5)
