"""Markets of linear agents: sellers and buyers of bilateral contracts, each with bounded trades, as in transport.

Seller i delivers to buyer j at a constant cost c_ij, buyer j values it at u_ij; trades of a pair are bounded, and so is
all that one agent trades. The least-cost transport between them is a linear programme, which is stated here as one
matrix and handed to scipy, without any declaration.
"""

from dataclasses import dataclass, replace

import cvxpy as cp
import numpy as np
from scipy.optimize import linprog

from walras.agents import Declaration, Good, contract
from walras.coordinator import Market, Scale


@dataclass(frozen=True, eq=False)
class LinearTrader:
    """Sells (`sign` 1) or buys (-1) its goods at constant costs or values, each and all of them up to a limit."""

    name: str
    goods: tuple[Good, ...]
    sign: int
    cost_usd_per_mwh: np.ndarray
    limits_mwh: np.ndarray
    total_mwh: float
    moves_money = True

    def declare(self):
        quantity = cp.Variable(len(self.goods), nonneg=True)
        bounds = [quantity <= self.limits_mwh, cp.sum(quantity) <= self.total_mwh]
        return Declaration(self.cost_usd_per_mwh @ quantity, self.sign * quantity, self.goods, bounds)


@dataclass(frozen=True, eq=False)
class Transport:
    """Costs and values of every pair [$/MWh], limits of pairs, capacities of sellers, needs of buyers [MWh]."""

    cost: np.ndarray
    value: np.ndarray
    limit: np.ndarray
    capacity: np.ndarray
    need: np.ndarray

    @property
    def market(self) -> Market:
        sellers = [f"seller {i}" for i in range(len(self.capacity))]
        buyers = [f"buyer {j}" for j in range(len(self.need))]
        traders = [
            LinearTrader(
                seller,
                tuple(contract(seller, b, 0) for b in buyers),
                1,
                self.cost[i],
                self.limit[i],
                float(self.capacity[i]),
            )
            for i, seller in enumerate(sellers)
        ]
        traders += [
            LinearTrader(
                buyer,
                tuple(contract(s, buyer, 0) for s in sellers),
                -1,
                -self.value[:, j],
                self.limit[:, j],
                float(self.need[j]),
            )
            for j, buyer in enumerate(buyers)
        ]
        market = Market(tuple(traders))
        scale = Scale(float(self.value.mean()), float(self.capacity.mean()))
        return Market(market.agents, dict.fromkeys(market.goods, scale))

    def in_dollars(self, factor: float) -> "Transport":
        """The same market where a dollar is counted as so many."""
        return replace(self, cost=factor * self.cost, value=factor * self.value)

    def solved_by_scipy(self):
        """The solution of the transport problem as one matrix: least cost less value [$], and the duals [$/MWh]."""
        sellers, buyers = self.limit.shape
        of_seller = np.kron(np.eye(sellers), np.ones(buyers))
        of_buyer = np.kron(np.ones(sellers), np.eye(buyers))
        result = linprog(
            (self.cost - self.value).ravel(),
            A_ub=np.vstack([of_seller, of_buyer]),
            b_ub=np.concatenate([self.capacity, self.need]),
            bounds=np.column_stack([np.zeros(sellers * buyers), self.limit.ravel()]),
            method="highs",
        )
        assert result.status == 0
        return result


def transport(seed: int, sellers: int = 5, buyers: int = 5) -> Transport:
    """Costs and values drawn from ranges that overlap: some pairs trade, some do not."""
    rng = np.random.default_rng(seed)
    return Transport(
        cost=rng.uniform(10, 50, (sellers, buyers)),
        value=rng.uniform(30, 80, (1, buyers)) + rng.uniform(-5, 5, (sellers, buyers)),
        limit=rng.uniform(5, 40, (sellers, buyers)),
        capacity=rng.uniform(20, 80, sellers),
        need=rng.uniform(20, 80, buyers),
    )


def assignment(seed: int, pairs: int = 5) -> Transport:
    """Everybody trades at most one unit, and values are small whole numbers: many ties, prices not unique."""
    rng = np.random.default_rng(seed)
    return Transport(
        cost=np.zeros((pairs, pairs)),
        value=rng.integers(1, 6, (pairs, pairs)).astype(float),
        limit=np.ones((pairs, pairs)),
        capacity=np.ones(pairs),
        need=np.ones(pairs),
    )
