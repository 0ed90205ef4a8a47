"""The equilibrium of a market from the formulas of the model, in aggregates of each hour, without the package.

Who contracts with whom does not matter: each unit sells a total to everybody but hyperscalers and a total to each
hyperscaler, whose emissions count. Calibrated demand and forward obligations are data, which the judge checks.
"""

from dataclasses import dataclass

import numpy as np
from random_markets.market_reading import Written
from random_markets.quadratic import Quadratic, Solution, UnsolvableError, solve

# Shares of a turnover that no figure is worth.
WORTHLESS = 1e-11


@dataclass(frozen=True)
class Calibrated:
    """Demand curves ``intercept - slope d`` and hydro of the buses with load, and what forward contracts oblige to.

    All of shape (buses or units, hours); `owed` by unit, `bound` by bus beyond its hydro.
    """

    intercept: np.ndarray
    slope: np.ndarray
    hydro: np.ndarray
    owed: np.ndarray
    bound: np.ndarray


class Welfare:
    """The welfare problem of some hours together."""

    def __init__(self, written: Written, calibrated: Calibrated, hours: list[int], mix: np.ndarray | None) -> None:
        """`mix` is in kg per purchased MWh, of shape (lenders, hours), for disclosed leases; else None."""
        self.w, self.c, self.hours = written, calibrated, hours
        w = written
        self.load_buses = np.flatnonzero((w.load > 0).any(axis=1))
        self.pairs = [
            (h, m, b)
            for h in range(len(w.hyperscalers))
            for m in range(len(w.lenders))
            for b in range(w.work.shape[1])
            if w.rentable[m, b] and w.work[h, b].any()
        ]
        G, H, J, M, P = len(w.units), len(w.hyperscalers), len(self.load_buses), len(w.lenders), len(self.pairs)
        self.blocks, begin = {}, 0
        for name, shape in (("sold", (G,)), ("local", (G, H)), ("demand", (J,)), ("bought", (M,)), ("spill", (M,)),
                            ("leased", (M,)), ("beyond", (M,)), ("rented", (P,))):  # fmt: skip
            self.blocks[name] = (begin, shape)
            begin += int(np.prod(shape))
        self.per_hour = begin
        self.mix = mix
        self._state()

    def at(self, name: str, t: int, *index: int) -> int:
        """Position of a variable; t counts the hours of this problem."""
        begin, shape = self.blocks[name]
        return t * self.per_hour + begin + int(np.ravel_multi_index(index, shape))

    def row(self, entries) -> np.ndarray:
        row = np.zeros(self.per_hour * len(self.hours))
        for position, value in entries:
            row[position] += value
        return row

    def withdrawal(self, t: int) -> tuple[np.ndarray, np.ndarray]:
        """Net withdrawal at every bus as matrix and constant."""
        w, matrix = self.w, np.zeros((len(self.w.buses), self.per_hour * len(self.hours)))
        for g, bus in enumerate(w.unit_bus):
            matrix[bus, self.at("sold", t, g)] -= 1
            for h, home in enumerate(w.hyper_bus):
                matrix[bus, self.at("local", t, g, h)] -= 1
                matrix[home, self.at("local", t, g, h)] += 1
        for j, bus in enumerate(self.load_buses):
            matrix[bus, self.at("demand", t, j)] += 1
        for m, bus in enumerate(w.lender_bus):
            matrix[bus, self.at("bought", t, m)] += 1
        return matrix, -w.injection[:, self.hours[t]]

    def flow(self, t: int) -> tuple[np.ndarray, np.ndarray]:
        matrix, constant = self.withdrawal(t)
        return -self.w.ptdf @ matrix, -self.w.ptdf @ constant

    def output(self, t: int, g: int) -> np.ndarray:
        own = [(self.at("sold", t, g), 1), *((self.at("local", t, g, h), 1) for h in range(len(self.w.hyperscalers)))]
        return self.row(own)

    def _state(self) -> None:
        w, c, n = self.w, self.c, self.per_hour * len(self.hours)
        curvature, linear, size = [np.zeros(n) for _ in range(3)]
        self.equal, self.above = {}, {}
        for t, hour in enumerate(self.hours):
            total, constant = self.withdrawal(t)
            self.equal["balance", t] = (total.sum(axis=0), -constant.sum())
            flow, base = self.flow(t)
            for line, limit in enumerate(w.limit):
                if limit == 0:
                    self.equal["closed", t, line] = (flow[line], -base[line])
                elif np.isfinite(limit):
                    self.above["along", t, line] = (flow[line], limit - base[line])
                    self.above["against", t, line] = (-flow[line], limit + base[line])
            work = w.work[:, :, hour]
            for h in range(len(w.hyperscalers)):
                local = [(self.at("local", t, g, h), 1) for g in range(len(w.units))]
                rented = [(self.at("rented", t, p), 1) for p, pair in enumerate(self.pairs) if pair[0] == h]
                self.equal["work", t, h] = (self.row(local + rented), work[h].sum())
                for b in range(work.shape[1]):
                    own = [
                        (self.at("rented", t, p), 1)
                        for p, pair in enumerate(self.pairs)
                        if pair[0] == h and pair[2] == b
                    ]
                    if own:
                        self.above["batch", t, h, b] = (self.row(own), work[h, b])
            for m in range(len(w.lenders)):
                offered = [(self.at("bought", t, m), 1), (self.at("spill", t, m), 1), (self.at("leased", t, m), -1)]
                self.equal["offered", t, m] = (self.row(offered), 0.0)
                rented = [(self.at("rented", t, p), 1) for p, pair in enumerate(self.pairs) if pair[1] == m]
                self.equal["rented", t, m] = (self.row([*rented, (self.at("leased", t, m), -1)]), 0.0)
                self._bound("bought", t, m, upper=np.inf)
                self._bound("spill", t, m, upper=w.curtailed[m, hour])
                self._bound("leased", t, m, upper=w.energy_capacity[m])
                # Disclosed are the emissions of what is leased beyond the curtailed energy.
                beyond = [(self.at("leased", t, m), 1), (self.at("beyond", t, m), -1)]
                self.above["beyond", t, m] = (self.row(beyond), w.curtailed[m, hour] * w.counts_curtailed)
                self._bound("beyond", t, m, upper=np.inf)
            for p in range(len(self.pairs)):
                self._bound("rented", t, p, upper=np.inf)
            for g in range(len(w.units)):
                self._bound("sold", t, g, lower=c.owed[g, hour], upper=np.inf)
                for h in range(len(w.hyperscalers)):
                    self._bound("local", t, g, h, upper=np.inf)
                    linear[self.at("local", t, g, h)] += w.kappa[h] * w.rate[g]
                self.above["capacity", t, g] = (self.output(t, g), w.capacity[g])
                if t and np.isfinite(w.ramp[g]):
                    change = self.output(t, g) - self.output(t - 1, g)
                    self.above["up", t, g] = (change, w.ramp[g])
                    self.above["down", t, g] = (-change, w.ramp[g])
            for j, bus in enumerate(self.load_buses):
                at = self.at("demand", t, j)
                linear[at] -= c.intercept[bus, hour]
                curvature[at] = c.slope[bus, hour]
                self._bound("demand", t, j, lower=c.hydro[bus, hour] + c.bound[bus, hour], upper=np.inf)
            if c.owed[:, hour].any():
                demands = self.row([(self.at("demand", t, j), -1) for j in range(len(self.load_buses))])
                self.above["sold ahead", t] = (demands, -c.hydro[:, hour].sum() - c.owed[:, hour].sum())
            self._sizes(size, t, hour)
        self.curvature, self.linear, self.size = curvature, linear, size

    def _bound(self, name: str, t: int, *index: int, upper: float, lower: float = 0.0) -> None:
        at = self.at(name, t, *index)
        if upper == lower:
            self.equal[name, "fixed", t, *index] = (self.row([(at, 1)]), lower)
            return
        self.above[name, "least", t, *index] = (self.row([(at, -1)]), -lower)
        if np.isfinite(upper):
            self.above[name, "most", t, *index] = (self.row([(at, 1)]), upper)

    def _sizes(self, size, t: int, hour: int) -> None:
        w = self.w
        load, work = w.load[:, hour], w.work[:, :, hour].sum(axis=1)
        for g, capacity in enumerate(w.capacity):
            size[self.at("sold", t, g)] = min(capacity, load.sum() + work.sum()) or 1.0
            for h in range(len(work)):
                size[self.at("local", t, g, h)] = min(capacity, work[h]) or 1.0
        for j, bus in enumerate(self.load_buses):
            size[self.at("demand", t, j)] = load[bus]
        for m, capacity in enumerate(w.energy_capacity):
            for name in ("bought", "spill", "leased", "beyond"):
                size[self.at(name, t, m)] = min(capacity, work.sum()) or 1.0
        for p, (h, m, b) in enumerate(self.pairs):
            size[self.at("rented", t, p)] = min(w.work[h, b, hour], w.energy_capacity[m]) or 1.0

    def programme(self, more_linear=0.0, more_curvature=0.0) -> Quadratic:
        """The welfare problem with outputs as further variables, and more cost if leases are disclosed."""
        G, n = len(self.w.units) * len(self.hours), len(self.linear)
        outputs = np.array([self.output(t, g) for t in range(len(self.hours)) for g in range(len(self.w.units))])
        equal = np.array([row for row, _ in self.equal.values()]).reshape(-1, n)
        above = np.array([row for row, _ in self.above.values()]).reshape(-1, n)
        value = np.array([side for _, side in self.equal.values()])
        linear, curvature = self.linear + more_linear, self.curvature + more_curvature
        demand = self.w.load[:, self.hours].sum(axis=0)
        work = self.w.work[:, :, self.hours].sum(axis=(0, 1))
        capacity = np.array(
            [min(one, d + k) or 1.0 for d, k in zip(demand, work, strict=True) for one in self.w.capacity]
        )
        return Quadratic(
            curvature=np.concatenate([curvature, np.tile(self.w.slope, len(self.hours))]),
            linear=np.concatenate([linear, np.tile(self.w.cost, len(self.hours))]),
            equal=np.block([[equal, np.zeros((len(equal), G))], [outputs, -np.eye(G)]]),
            value=np.concatenate([value, np.zeros(G)]),
            above=np.hstack([above, np.zeros((len(above), G))]),
            limit=np.array([side for _, side in self.above.values()]),
            size=np.concatenate([self.size, capacity]),
            worth=self._worth(),
        )

    def _worth(self) -> float:
        """About a turnover: what loads are worth at their baseline, and all capacity's cost."""
        b, load = self.c.slope[:, self.hours], self.w.load[:, self.hours]
        return float((self.w.elasticity * b * load * load).sum() + 1e-3 * (self.w.cost * self.w.capacity).sum()) or 1.0

    def disclosed(self):
        """Position of what is leased beyond the curtailed energy, kappa times mix, and the curtailed energy."""
        w = self.w
        if self.mix is None:
            return []
        return [
            (self.at("beyond", t, m), w.kappa[0] * self.mix[m, hour], w.curtailed[m, hour] * w.counts_curtailed)
            for t, hour in enumerate(self.hours)
            for m in range(len(w.lenders))
            if np.isfinite(self.mix[m, hour])
        ]

    def disclosure_cost(self, x) -> float:
        """The sum of kappa e (u - V ln(1 + u / V)), with u leased beyond V: its slope is kappa e u / (V + u)."""
        total = 0.0
        for at, weight, curtailed in self.disclosed():
            beyond = max(x[at], 0.0)
            total += weight * (beyond - (curtailed * np.log1p(beyond / curtailed) if curtailed else 0.0))
        return total

    def beyond(self, leased) -> np.ndarray:
        """Variables of which all but the leases beyond curtailed energy are 0, for leases of shape (lenders, hours)."""
        x = np.zeros(len(self.linear))
        for t, hour in enumerate(self.hours):
            for m in range(len(self.w.lenders)):
                free = self.w.curtailed[m, hour] * self.w.counts_curtailed
                x[self.at("beyond", t, m)] = max(leased[m, hour] - free, 0.0)
        return x

    def disclosure_near(self, x) -> tuple[np.ndarray, np.ndarray]:
        """That cost to second order about x, as linear term and curvature of all variables."""
        linear, curvature = np.zeros(len(self.linear)), np.zeros(len(self.linear))
        for at, weight, curtailed in self.disclosed():
            beyond = max(x[at], 0.0)
            if not curtailed:
                linear[at] = weight
                continue
            curvature[at] = weight * curtailed / (curtailed + beyond) ** 2
            linear[at] = weight * beyond / (curtailed + beyond) - curvature[at] * beyond
        return linear, curvature


@dataclass(frozen=True)
class Optimum:
    """Solution of some hours, with all that ranges need."""

    welfare: Welfare
    programme: Quadratic
    solution: Solution

    @property
    def cost_usd(self) -> float:
        """Of the market's objective; disclosure's cost counted."""
        own = self.welfare.programme()
        return own.objective(self.solution.x) + self.welfare.disclosure_cost(self.solution.x)


def optimum(welfare: Welfare) -> Optimum:
    """The best point; where leases are disclosed by Newton's method, one quadratic programme after the other."""
    positions = [at for at, _, _ in welfare.disclosed()]
    weights = np.array([weight for _, weight, _ in welfare.disclosed()])
    x = np.zeros(len(welfare.linear))
    for _ in range(60):
        programme = welfare.programme(*welfare.disclosure_near(x))
        solution = solve(programme)
        found = solution.x[: len(x)]
        change = np.abs(found - x)[positions]
        moved = (change / welfare.size[positions]).max(initial=0.0)
        # Leases whose emissions are worth next to nothing may be anywhere.
        worth = (weights * change).max(initial=0.0) / programme.worth
        x = found
        if moved < 1e-9 or worth < WORTHLESS:
            return Optimum(welfare, programme, solution)
    raise UnsolvableError("the cost of disclosed leases does not settle")
