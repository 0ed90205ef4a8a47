"""Newcomers: agents that join others, and whom these then trade with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import is_dataclass, replace
from typing import Any, Protocol, TypeGuard, runtime_checkable

import numpy as np

from .agent import Agent, AgentError
from .grid_operator import GridOperator
from .hyperscaler import Hyperscaler
from .pooled_consumer import PooledConsumer
from .producer import Customer, Producer


@runtime_checkable
class Buyer(Agent, Protocol):
    """An agent that buys energy at a bus, by a contract with each of some producers."""

    @property
    def name(self) -> str:
        """Unique in the market."""
        ...

    @property
    def bus(self) -> int:
        """Where it takes what it buys."""
        ...

    @property
    def sellers(self) -> tuple[str, ...]:
        """Names of the producers that it can buy from."""
        ...


def with_newcomer(agents: Iterable[Agent], newcomer: Agent) -> tuple[Agent, ...]:
    """Agents together with one more, who trades with whom it names, or with everybody if it names nobody.

    Its sellers, if it is a buyer, take it on as a customer. Its customers, if it is a producer, take it on as a seller,
    and the grid operator reckons with its capacity. They are data: those that come back are others than those given.

    Parameters
    ----------
    agents : iterable of Agent
    newcomer : Agent
        With `sellers` (see `Buyer`) if it buys, a `Producer` of some kind if it sells; ``()`` stands for everybody.

    Raises
    ------
    AgentError
        If it is no agent, or names somebody who is not there.
    """
    if isinstance(newcomer, type) or not isinstance(newcomer, Agent):
        raise AgentError(f"{newcomer!r} is no agent: name, moves_money and declare() are needed")
    others = tuple(agents)
    joining = newcomer
    if _has_contracts(joining):
        producers = [other.name for other in others if isinstance(other, Producer)]
        joining = _changed(joining, sellers=_named(joining.name, "seller", joining.sellers, producers))
        others = tuple(_with_customer(other, joining) for other in others)
    if isinstance(joining, Producer):
        buyers = {other.name: Customer(other.name, other.bus) for other in others if _has_contracts(other)}
        chosen = _named(joining.name, "customer", [customer.name for customer in joining.customers], [*buyers])
        joining = _changed(joining, customers=tuple(buyers[name] for name in chosen))
        others = tuple(_with_seller(other, joining) for other in others)
    return (*others, joining)


def _has_contracts(agent: Agent) -> TypeGuard[Buyer]:
    # Who buys from a pool trades with its bus, whoever comes.
    return isinstance(agent, Buyer) and not isinstance(agent, PooledConsumer)


def _named(newcomer: str, kind: str, names: Iterable[str], present: list[str]) -> tuple[str, ...]:
    chosen = tuple(names)
    absent = [name for name in chosen if name not in present]
    if absent:
        raise AgentError(f"agent {newcomer}: {absent[0]} is no {kind} here; allowed are {', '.join(present) or 'none'}")
    return chosen or tuple(present)


def _with_customer(other: Agent, buyer: Agent) -> Agent:
    if not isinstance(other, Producer) or not _has_contracts(buyer) or other.name not in buyer.sellers:
        return other
    return _changed(other, customers=(*other.customers, Customer(buyer.name, buyer.bus)))


def _with_seller(other: Agent, producer: Agent) -> Agent:
    if not isinstance(producer, Producer):
        return other
    if isinstance(other, GridOperator):
        return _changed(other, throughput_mw=other.throughput_mw + producer.capacity_mw)
    if not _has_contracts(other) or all(customer.name != other.name for customer in producer.customers):
        return other
    sellers = (*other.sellers, producer.name)
    if isinstance(other, Hyperscaler):
        rates = np.append(other.emission_rates_kg_per_mwh, producer.emission_rate_kg_per_mwh)
        return _changed(other, sellers=sellers, emission_rates_kg_per_mwh=rates)
    return _changed(other, sellers=sellers)


def _changed(agent: Agent, **fields: Any) -> Agent:
    if not is_dataclass(agent) or isinstance(agent, type):
        kind = type(agent).__name__
        raise AgentError(f"agent {agent.name}: its {', '.join(fields)} must change; make {kind} a dataclass")
    changed: Agent = replace(agent, **fields)
    return changed
