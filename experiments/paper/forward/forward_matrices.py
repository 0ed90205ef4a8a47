"""Which contracts were agreed on before: the baseline's contract matrix is not unique, and neither is the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np

from ....agents.agent import Agent
from ....agents.consumer import Consumer
from ....agents.goods import Family
from ....agents.producer import ForwardContract, Producer
from ....coordinator.market import Market
from ...monolith.equilibrium import EX_POST, assemble_monolith
from ...scenario.market_builder import build
from ...scenario.schema import Scenario
from ...settlement.stacked_market import StackedMarket, stack
from ..paper_settings import AGREED, CLEAN_UNITS, OTHER_PAIRS, PRO_RATA, PaperSetting

Matrix = Mapping[tuple[str, str], float]


def stacked_market(setting: PaperSetting, scenario: Scenario) -> tuple[Market, StackedMarket]:
    """The market of a scenario whose forward contracts are phi times the setting's matrix.

    Raises
    ------
    ScenarioError
        If its forward contracts cannot be met, where they are pro rata.
    """
    if setting.matrix == PRO_RATA or scenario.consumers.forward_position == 0:
        built = build(scenario)
        return built.market, built.stacked
    position = scenario.consumers.forward_position
    free = scenario.model_copy(update={"consumers": scenario.consumers.model_copy(update={"forward_position": 0.0})})
    market = _bound(build(free).market, baseline_matrix(setting), position)
    return market, stack(market)


@cache
def baseline_matrix(setting: PaperSetting) -> Matrix:
    """Baseline contracts in MWh by seller and conventional buyer.

    Pro rata, as a scenario has them; the same sales and purchases in other pairs, filled from the north-west corner;
    the contracts of least norm in the equilibrium ex post at some alpha, the workload included; or, of those at
    alpha = 1, the contracts of units that are cleaner than the mean of all that is sold.
    """
    if setting.matrix in AGREED:
        return _agreed(setting.at(AGREED[setting.matrix]))
    if setting.matrix == CLEAN_UNITS:
        return _of_clean_units(setting)
    # So little of them can be met that no limit stands in the way; by contract they are in proportion to the position.
    small = ["consumers.forward_basis=contract", "consumers.forward_position=0.01"]
    market = build(setting.at(1.0, small)).market
    owed = {
        (agent.name, forward.customers[0]): float(forward.at_least_mwh[0]) / 0.01
        for agent in market.agents
        if isinstance(agent, Producer)
        for forward in agent.forward_contracts
    }
    return north_west(owed) if setting.matrix == OTHER_PAIRS else owed


def north_west(matrix: Matrix) -> Matrix:
    """The same sales and purchases in at most as many pairs as there are sellers and buyers."""
    sales, purchases = (
        dict.fromkeys((pair[0] for pair in matrix), 0.0),
        dict.fromkeys((pair[1] for pair in matrix), 0.0),
    )
    for (seller, buyer), mwh in matrix.items():
        sales[seller] += mwh
        purchases[buyer] += mwh
    pairs = dict.fromkeys(matrix, 0.0)
    sellers, buyers = list(sales), list(purchases)
    while sellers and buyers:
        seller, buyer = sellers[0], buyers[0]
        mwh = min(sales[seller], purchases[buyer])
        pairs[seller, buyer] += mwh
        sales[seller] -= mwh
        purchases[buyer] -= mwh
        (sellers if sales[seller] <= purchases[buyer] else buyers).pop(0)
    return pairs


def _of_clean_units(setting: PaperSetting) -> Matrix:
    scenario = setting.at(1.0)
    matrix = _agreed(scenario)
    units = [agent for agent in build(scenario).market.agents if isinstance(agent, Producer)]
    rates = {unit.name: unit.emission_rate_kg_per_mwh for unit in units}
    mean = sum(rates[seller] * mwh for (seller, _), mwh in matrix.items()) / sum(matrix.values())
    return {pair: mwh if rates[pair[0]] < mean else 0.0 for pair, mwh in matrix.items()}


def _agreed(scenario: Scenario) -> Matrix:
    built = build(scenario)
    market = built.market
    trades = assemble_monolith(market, built.stacked).equilibrium(EX_POST).allocation.trades
    loads = {agent.name for agent in market.agents if isinstance(agent, Consumer)}
    matrix = {}
    for agent, copies in zip(market.agents, market.copies_of_agents, strict=True):
        if isinstance(agent, Producer):
            goods = [market.goods[good] for good in market.good_of_copy[copies]]
            for good, mwh in zip(goods, trades[copies].tolist(), strict=True):
                if good.family == Family.CONTRACT and good.buyer in loads:
                    matrix[agent.name, good.buyer] = max(mwh, 0.0)
    return matrix


def _bound(market: Market, matrix: Matrix, position: float) -> Market:
    agents: list[Agent] = []
    for agent in market.agents:
        if isinstance(agent, Producer):
            owed = {buyer: position * mwh for (seller, buyer), mwh in matrix.items() if seller == agent.name}
            contracts = tuple(ForwardContract((buyer,), np.array([mwh])) for buyer, mwh in owed.items())
            agents.append(replace(agent, forward_contracts=contracts))
        else:
            agents.append(agent)
    return Market(tuple(agents), market.scales)
