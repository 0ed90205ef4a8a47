"""One hour of a market in the sets of arXiv 2602.19310: contracts, leases, work, buses, and who stands where."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import scipy.sparse as sp

from ...agents.agent import Agent
from ...agents.arrays import FloatArray
from ...agents.consumer import Consumer
from ...agents.goods import Family, Good, contract
from ...agents.grid_operator import GridOperator
from ...agents.hyperscaler import Hyperscaler
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.producer import Producer
from ...coordinator.market import Market

A = TypeVar("A")
Buyer = Consumer | Hyperscaler | ModularDatacenter


@dataclass(frozen=True, eq=False)
class Hour:
    """The agents of a market, and the index sets of their quantities in one hour.

    Parameters
    ----------
    period : int
    consumers, producers, hyperscalers, datacenters : tuples of agents
    operator : GridOperator
    contracts : tuple of Good
        All pairs of a producer and a buyer: those of consumers, then of hyperscalers, then of modular datacenters.
    rented : tuple of (hyperscaler, modular datacenter, batch)
        Which batch may run where, away from home.
    work : tuple of (hyperscaler, batch)
    gpu_rating_mw : float
        Power eta of one GPU.
    """

    period: int
    consumers: tuple[Consumer, ...]
    producers: tuple[Producer, ...]
    hyperscalers: tuple[Hyperscaler, ...]
    datacenters: tuple[ModularDatacenter, ...]
    operator: GridOperator
    contracts: tuple[Good, ...]
    rented: tuple[tuple[str, str, str], ...]
    work: tuple[tuple[str, str], ...]
    gpu_rating_mw: float

    @property
    def buyers(self) -> tuple[Buyer, ...]:
        """Consumers, hyperscalers and modular datacenters."""
        return (*self.consumers, *self.hyperscalers, *self.datacenters)

    @cached_property
    def deliveries(self) -> sp.csr_array:
        """Net withdrawal at every bus per MWh of every contract, shape (buses, contracts)."""
        bus_of = {agent.name: agent.bus for agent in (*self.buyers, *self.producers)}
        buses = self.operator.grid.buses
        taken = incidence(buses, [bus_of[good.buyer] for good in self.contracts])
        given = incidence(buses, [bus_of[good.seller] for good in self.contracts])
        return sp.csr_array(taken - given)

    @cached_property
    def sales(self) -> sp.csr_array:
        """Which contracts every producer sells, shape (producers, contracts)."""
        return incidence([unit.name for unit in self.producers], [good.seller for good in self.contracts])

    def purchases(self, buyers: Sequence[Buyer]) -> sp.csr_array:
        """Which contracts some buyers buy, shape (buyers, contracts)."""
        return incidence([buyer.name for buyer in buyers], [good.buyer for good in self.contracts])

    @cached_property
    def lent(self) -> sp.csr_array:
        """Which of `rented` are every modular datacenter's, shape (datacenters, rented)."""
        return incidence([agent.name for agent in self.datacenters], [lender for _, lender, _ in self.rented])

    @cached_property
    def served(self) -> sp.csr_array:
        """Which of `rented` serve each of `work`, shape (work, rented)."""
        return incidence(self.work, [(renter, batch) for renter, _, batch in self.rented])

    @property
    def other_buses(self) -> np.ndarray:
        """Positions of the buses other than the hub."""
        return np.delete(np.arange(len(self.operator.grid.buses)), self.operator.grid.hub_index)


def hour_of(market: Market, period: int) -> Hour:
    """Sort a market's agents into the sets of the paper.

    Raises
    ------
    ValueError
        If an agent is of a kind that the paper does not know, there is not exactly one grid operator, only
        one side knows a contract, or GPUs differ in their rating.
    """
    consumers, producers = _of_kind(market, Consumer), _of_kind(market, Producer)
    hyperscalers, datacenters = _of_kind(market, Hyperscaler), _of_kind(market, ModularDatacenter)
    operators = _of_kind(market, GridOperator)
    if len(operators) != 1:
        raise ValueError(f"the market has {len(operators)} grid operators; the paper's conditions need exactly one")
    known: tuple[Agent, ...] = (*consumers, *producers, *hyperscalers, *datacenters, *operators)
    for agent in market.agents:
        if agent not in known:
            raise ValueError(f"agent {agent.name} is of a kind that the paper's conditions do not cover")
    _refuse_extensions(market, consumers, producers)
    buyers: tuple[Buyer, ...] = (*consumers, *hyperscalers, *datacenters)
    _refuse_loose_contracts(buyers, producers)
    return Hour(
        period=period,
        consumers=consumers,
        producers=producers,
        hyperscalers=hyperscalers,
        datacenters=datacenters,
        operator=operators[0],
        contracts=tuple(contract(seller, buyer.name, period) for buyer in buyers for seller in buyer.sellers),
        rented=tuple(
            (agent.name, lender.name, batch)
            for agent in hyperscalers
            for lender in datacenters
            for batch in agent.batches
            if batch in agent.processable.get(lender.name, ())
        ),
        work=tuple((agent.name, batch) for agent in hyperscalers for batch in agent.batches),
        gpu_rating_mw=_common_rating((*hyperscalers, *datacenters)),
    )


def _refuse_extensions(market: Market, consumers: tuple[Consumer, ...], producers: tuple[Producer, ...]) -> None:
    bound = [agent.name for agent in producers if agent.forward_contracts]
    bound += [agent.name for agent in consumers if agent.forward_purchase_mwh is not None]
    if bound:
        raise ValueError(f"{bound[0]} is bound by forward contracts, which the paper's matrices (39)-(45) do not cover")
    if Family.ENERGY in market.families:
        raise ValueError("energy is traded in a pool, and the paper's matrices (39)-(45) are of bilateral contracts")
    if market.disclosures:
        raise ValueError("leases are disclosed ex ante, which the paper's matrices (39)-(45) do not cover")


def _refuse_loose_contracts(buyers: tuple[Buyer, ...], producers: tuple[Producer, ...]) -> None:
    customers = {(unit.name, customer.name) for unit in producers for customer in unit.customers}
    sellers = {(seller, buyer.name) for buyer in buyers for seller in buyer.sellers}
    for seller, buyer in sorted(customers ^ sellers):
        raise ValueError(f"only one side knows the contract of {seller} with {buyer}; both must list it")


def _common_rating(agents: tuple[Hyperscaler | ModularDatacenter, ...]) -> float:
    ratings = sorted({agent.gpu_rating_mw for agent in agents})
    if len(ratings) > 1:
        raise ValueError(f"GPUs are rated {ratings} MW; the paper's conditions need one rating")
    return ratings[0] if ratings else 1.0


def incidence(rows: Sequence[Hashable], columns: Sequence[Hashable]) -> sp.csr_array:
    """Matrix of ones where the key of a column is that of a row, shape (rows, columns); keys of rows are unique."""
    row_of = {key: index for index, key in enumerate(rows)}
    cells = [(row_of[key], column) for column, key in enumerate(columns) if key in row_of]
    places = np.array(cells, dtype=np.int64).reshape(-1, 2)
    return sp.csr_array((np.ones(len(cells)), (places[:, 0], places[:, 1])), shape=(len(rows), len(columns)))


def columns_of(matrix: sp.csr_array) -> list[np.ndarray]:
    """Positions of the columns that belong to each row."""
    return np.split(matrix.indices, matrix.indptr[1:-1]) if matrix.shape[0] else []


def identity(size: int) -> sp.csr_array:
    """Unit matrix."""
    return sp.csr_array(sp.eye_array(size))


def at(period: int, values: Sequence[FloatArray]) -> FloatArray:
    """The entry of one hour of every agent's series, shape (agents,)."""
    return np.array([series[period] for series in values], dtype=np.float64)


def _of_kind(market: Market, kind: type[A]) -> tuple[A, ...]:
    return tuple(agent for agent in market.agents if isinstance(agent, kind))
