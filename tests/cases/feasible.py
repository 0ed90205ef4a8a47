"""One agent of every kind, each with a sampler of feasible trades and their cost, without CVXPY."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from cases.grids import flows_by_laplacian

from walras.agents import Agent, Consumer, Customer, GridOperator, Hyperscaler, ModularDatacenter, Producer
from walras.network import Grid

Sampler = Callable[[np.random.Generator], tuple[np.ndarray, float]]


@dataclass(frozen=True)
class Sampled:
    """`sample` gives trades in the order of the agent's goods, and their cost."""

    agent: Agent
    sample: Sampler


def _consumer() -> Sampled:
    a, b, hydro = np.array([100.0, 60.0]), np.array([2.0, 0.5]), np.array([5.0, 0.0])

    def sample(rng):
        bought = rng.exponential(10, (3, 2)) * rng.integers(0, 2, (3, 2))
        demand = bought.sum(axis=0) + hydro
        return -bought.ravel(), -float((a * demand - b * demand**2 / 2).sum())

    return Sampled(Consumer("consumer", 2, ("p", "q", "r"), a, b, hydro), sample)


def _producer(slope: float) -> Sampled:
    customers = (Customer("at home", 1), Customer("at the hub", 2), Customer("far", 3), Customer("far too", 3))

    def sample(rng):
        shares = rng.dirichlet(np.full(4, 0.5), 2).T * rng.uniform(0, 1, 2) * 50
        output = shares.sum(axis=0)
        home = shares[1] + shares[2] + shares[3]
        trades = np.concatenate([shares.ravel(), home, -(shares[2] + shares[3])])
        return trades, float((12 * output + slope * output**2 / 2).sum())

    return Sampled(Producer("producer", 1, 2, customers, 50.0, 12.0, slope, 100.0, 2), sample)


def _grid_operator() -> Sampled:
    # A square with a diagonal, hub 2.
    limits = np.array([30.0, 20.0, 25.0, np.inf, 15.0])
    grid = Grid(
        buses=(1, 2, 3, 4),
        hub=2,
        line_ids=("a", "b", "c", "d", "e"),
        from_bus=(1, 2, 3, 4, 1),
        to_bus=(2, 3, 4, 1, 3),
        reactance_pu=np.array([0.1, 0.2, 0.1, 0.3, 0.2]),
        limit_mw=limits,
    )
    fixed = np.array([4.0, -10.0, 3.0, 3.0])

    def sample(rng):
        withdrawal = rng.normal(0, 1, 4)
        withdrawal -= withdrawal.mean()
        flows = flows_by_laplacian(grid, -withdrawal)
        withdrawal *= rng.uniform(0, 1) * (np.minimum(limits, 60) / np.abs(flows)).min()
        return (withdrawal - fixed)[[0, 2, 3]], 0.0

    return Sampled(GridOperator("grid operator", grid, fixed[:, None], 60.0), sample)


def _modular_datacenter() -> Sampled:
    def sample(rng):
        free = rng.uniform(0, 4)
        bought = rng.dirichlet([0.5, 0.5]) * rng.uniform(0, 10 - free)
        return np.array([*-bought, (bought.sum() + free) / 0.0005]), 0.0

    return Sampled(ModularDatacenter("mdc", 1, ("p", "q"), 10.0, np.array([4.0]), 0.0005), sample)


def _hyperscaler() -> Sampled:
    rates = np.array([9.0, 0.0])

    def sample(rng):
        # The quick batch: at home, at one, or at two. The slow one: at home or at two.
        quick, slow = rng.dirichlet(np.full(3, 0.5)) * 30, rng.dirichlet(np.full(2, 0.5)) * 12
        bought = rng.dirichlet([0.5, 0.5]) * (quick[0] + slow[0])
        trades = -np.array([*bought, quick[1] / 0.0005, (quick[2] + slow[1]) / 0.0005])
        return trades, float(0.25 * rates @ bought)

    agent = Hyperscaler(
        name="hyperscaler",
        bus=1,
        sellers=("p", "q"),
        emission_rates_kg_per_mwh=rates,
        cost_weight=0.8,
        batches=("quick", "slow"),
        workload_mwh=np.array([[30.0], [12.0]]),
        processable={"one": ("quick",), "two": ("quick", "slow")},
        gpu_rating_mw=0.0005,
    )
    return Sampled(agent, sample)


EVERY_KIND = {
    "consumer": _consumer(),
    "producer": _producer(0.4),
    "producer of constant cost": _producer(0.0),
    "grid operator": _grid_operator(),
    "modular datacenter": _modular_datacenter(),
    "hyperscaler": _hyperscaler(),
}
