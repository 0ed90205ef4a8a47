"""An elastic DC optimal power flow on RTS-24, stated with nothing but raw case data.

Nodes, demand and generation; no contracts, no goods, no agents. Flows come from the pseudo-inverse of the
Laplacian. Demand is calibrated here too: the least-cost dispatch for fixed load gives nodal prices, and an
elasticity of -0.2 there gives the value of demand, a - b d with a = 6 p, b = p / (0.2 d).
"""

from dataclasses import dataclass

import cvxpy as cp
import numpy as np
from cases.grids import flows_by_laplacian

from walras.network import read_case


@dataclass(frozen=True)
class PoolResult:
    nodal_prices: np.ndarray
    demand_mwh: dict[int, float]
    generation_mwh: dict[str, float]
    flow_mw: np.ndarray
    line_prices: np.ndarray
    welfare_usd: float


class Rts24Pool:
    def __init__(self, line_limit_scale: float = 0.6, hydro_mw: float = 300.0):
        case = read_case("rts24")
        self.grid = case.grid
        self.units = [unit for unit in case.unit_groups if not unit.fixed]
        self.load = np.array([case.load_mw.get(bus, 0.0) for bus in case.grid.buses])
        self.limit = line_limit_scale * case.grid.limit_mw
        self.at_bus = np.array([[float(unit.bus == bus) for unit in self.units] for bus in case.grid.buses])
        self.hydro = hydro_mw * (np.array(case.grid.buses) == 22)
        count = len(case.grid.buses)
        self.shift = np.column_stack([flows_by_laplacian(case.grid, row) for row in np.eye(count) - 1 / count])

    def fixed_load_prices(self) -> np.ndarray:
        return self._solve(self.load, 0.0).nodal_prices

    def elastic(self, baseline_usd_per_mwh: np.ndarray, elasticity: float = 0.2) -> PoolResult:
        loaded = self.load > 0
        price, load = baseline_usd_per_mwh[loaded], self.load[loaded]
        intercept, slope = price * (1 + 1 / elasticity), price / (elasticity * load)
        place = np.eye(len(self.load))[:, loaded]
        # A load cannot give back the hydro that is delivered to it.
        bought = cp.Variable(loaded.sum(), nonneg=True)
        demand = bought + self.hydro.sum() * load / load.sum()
        benefit = intercept @ demand - cp.sum(cp.multiply(slope / 2, cp.square(demand)))
        return self._solve(place @ demand, benefit, demand)

    def _solve(self, demand_at_bus, benefit, demand=None) -> PoolResult:
        output = cp.Variable(len(self.units), nonneg=True)
        slopes = np.array([unit.cost_slope_usd_per_mwh2 for unit in self.units])
        cost = np.array([unit.cost_usd_per_mwh for unit in self.units]) @ output
        cost += cp.sum(cp.multiply(slopes / 2, cp.square(output)))
        injection = self.at_bus @ output + self.hydro - demand_at_bus
        flow = self.shift @ injection
        balance, up, down = cp.sum(injection) == 0, flow <= self.limit, -flow <= self.limit
        capacity = output <= np.array([unit.capacity_mw for unit in self.units])
        problem = cp.Problem(cp.Minimize(cost - benefit), [balance, up, down, capacity])
        problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-10, tol_gap_rel=1e-12, tol_feas=1e-11)
        assert problem.status == cp.OPTIMAL
        congestion = up.dual_value - down.dual_value
        buses = [bus for bus, load in zip(self.grid.buses, self.load, strict=True) if load > 0]
        values = [] if demand is None else demand.value
        return PoolResult(
            nodal_prices=-(balance.dual_value + self.shift.T @ congestion),
            demand_mwh=dict(zip(buses, values, strict=False)),
            generation_mwh={unit.name: q for unit, q in zip(self.units, output.value, strict=True)},
            flow_mw=flow.value,
            line_prices=congestion,
            welfare_usd=-float(problem.value),
        )
