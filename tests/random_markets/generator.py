"""Random markets that are hard on numbers.

Limits are drawn around two dispatches that the grid can carry, one with and one without the hyperscalers' work, so
most markets can clear. What makes a market hostile has a name, by which outcomes are counted.
"""

import numpy as np
from random_markets.market_files import LINES, UNITS, RandomMarket
from scipy.optimize import linprog

CONVERGING = ["admm", "admm-anderson", "admm-balanced", "pdhg", "jacobian-admm", "level-bundle"]


def random_market(seed: int, number: int) -> RandomMarket:
    return _Draw(np.random.default_rng([seed, number])).market(number)


def _digits(value, digits: int = 5) -> float:
    return float(f"{value:.{digits}g}")


class _Draw:
    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.classes: list[str] = []

    def chance(self, share: float, name: str | None = None) -> bool:
        """Whether something with this probability happens; what is named counts as a class of the market."""
        happens = bool(self.rng.random() < share)
        if happens and name:
            self.classes.append(name)
        return happens

    def one_of(self, *options):
        return options[self.rng.integers(len(options))]

    def decades(self, low: float, high: float) -> float:
        return float(10 ** self.rng.uniform(np.log10(low), np.log10(high)))

    def market(self, number: int) -> RandomMarket:
        rng = self.rng
        sizes = self.one_of("usual", "usual", "scales", "scales", "scales", "small")
        self.classes.append(sizes)
        self.size = {
            "usual": lambda: rng.uniform(20, 200),
            "scales": lambda: self.decades(1e-2, 1e4),
            "small": lambda: self.decades(1e-2, 1),
        }[sizes]
        self.hours = int(self.one_of(1, 1, 1, 1, 2, 3, 4, rng.integers(5, 25)))
        if self.hours > 1:
            self.classes.append("hours")
        profile = [_digits(factor, 3) for factor in rng.uniform(0.5, 1, self.hours)] if self.hours > 1 else [1.0]
        self.names = [int(bus) for bus in rng.permutation(200)[: rng.integers(2, 9)]]
        self.ends, self.reactance = self._lines()
        self._units()
        self._loads()
        self._datacenters()
        limits = self._limits(profile)
        scenario = self._scenario(number, profile)
        hub = self.one_of(*self.names)
        ids = [f"L{i}" for i in range(len(self.ends))]
        lines = [(i, self.names[a], self.names[b]) for i, (a, b) in zip(ids, self.ends, strict=True)]
        return RandomMarket(
            number=number,
            classes=tuple(self.classes),
            scenario=scenario,
            buses=[
                {"bus": bus, "load_mw": load, "is_hub": int(bus == hub)}
                for bus, load in zip(self.names, self.load, strict=True)
            ],
            lines=[
                dict(zip(LINES, (*line, x, limit), strict=True))
                for line, x, limit in zip(lines, self.reactance, limits, strict=True)
            ],
            units=self.units,
            runs=self._runs(scenario),
        )

    def _lines(self):
        """A tree, and perhaps lines that close loops or run in parallel."""
        rng, count = self.rng, len(self.names)
        ends = [(int(rng.integers(child)), child) for child in range(1, count)]
        if self.chance(0.7, "meshed"):
            for _ in range(rng.integers(1, count + 1)):
                a, b = rng.choice(count, 2, replace=False)
                ends.append((int(a), int(b)))
        return ends, [_digits(x, 4) for x in rng.uniform(0.03, 0.5, len(ends))]

    def _units(self) -> None:
        rng, count = self.rng, int(self.rng.integers(2, 7))
        costs = self.one_of("usual", "usual", "decades", "flat", "flat", "equal")
        if costs in ("flat", "equal"):
            self.classes.append(costs)
        slopes = self.one_of("none", "some", "tiny", "all", "all")
        ramps = self.hours <= 4 and self.hours > 1 and self.chance(0.3, "ramps")
        self.units = []
        for g in range(count):
            capacity = _digits(self.size())
            cost = {
                "usual": lambda: _digits(rng.uniform(5, 100)),
                "decades": lambda: _digits(self.decades(0.1, 1000)),
                "flat": lambda: round(30 + 1e-5 * rng.integers(0, 10), 5),
                "equal": lambda: 30.0,
            }[costs]()
            slope = {
                "none": lambda: 0.0,
                "some": lambda capacity=capacity: self.one_of(0.0, _digits(rng.uniform(1, 30) / capacity, 3)),
                "tiny": lambda: self.one_of(0.0, 1e-6, 2e-5),
                "all": lambda capacity=capacity: _digits(rng.uniform(1, 30) / capacity, 3),
            }[slopes]()
            place = self.one_of(*self.names)
            ramp = _digits(capacity * rng.uniform(0.2, 1)) if ramps and self.chance(0.6) else ""
            capacity = 0.0 if self.chance(0.03, "no capacity") else capacity
            rate = self.one_of(0.0, round(rng.uniform(50, 900), 1), round(rng.uniform(50, 900), 1))
            self.units.append(dict(zip(UNITS, (f"G{g}", place, "T", "gas", "market", capacity, cost, slope, rate, ramp),
                                       strict=True)))  # fmt: skip
        self.hydro = 0.0
        if self.chance(0.2, "hydro"):
            self.hydro = _digits(0.1 * self.size())
            values = ("HY", self.one_of(*self.names), "H", "water", "fixed", self.hydro, 1.0, 0.0, 0.0, "")
            self.units.append(dict(zip(UNITS, values, strict=True)))

    def _market_units(self):
        return [unit for unit in self.units if unit["dispatch"] == "market"]

    def _loads(self) -> None:
        """Together a share of what units can serve, spread as unevenly as capacities."""
        rng = self.rng
        capacity = sum(unit["capacity_mw"] for unit in self._market_units())
        wanted = np.array([self.size() * self.one_of(0, 1, 1) for _ in self.names])
        if not wanted.any():
            wanted[0] = 1.0
        loads = wanted * min(1.0, rng.uniform(0.2, 0.8) * capacity / wanted.sum())
        self.load = [_digits(load) for load in loads]
        # More hydro than load has nowhere to go.
        if self.hydro > 0.4 * sum(self.load):
            self.hydro = _digits(0.2 * sum(self.load))
            self.units[-1]["capacity_mw"] = self.hydro

    def _datacenters(self) -> None:
        rng = self.rng
        self.hyperscalers, self.lenders, self.work = [], [], np.zeros((len(self.names), self.hours))
        if not self.chance(0.55, "work"):
            return
        capacity = sum(unit["capacity_mw"] for unit in self._market_units())
        weight = self.one_of(0.1, 0.5, 0.9, 1.0)
        for h in range(self.one_of(1, 1, 1, 2)):
            place = int(rng.integers(len(self.names)))
            share = rng.uniform(0.01, 0.1) * capacity if self.chance(0.7) else min(self.size(), 0.1 * capacity)
            parts = rng.uniform(0.05, 1, rng.integers(1, 4)) * self.one_of(1, 1, 1e-2, 1e-5)
            batches = {}
            for b, part in enumerate(parts):
                hourly = [_digits(share * part * factor, 4) for factor in rng.uniform(0.2, 1, self.hours)]
                batches[f"b{h}{b}"] = hourly if self.hours > 1 and self.chance(0.5) else hourly[0]
                self.work[place] += batches[f"b{h}{b}"]
            # Ex ante needs one weight for all.
            self.hyperscalers.append(
                {"name": f"hyper{h}", "bus": self.names[place], "cost_weight": weight, "batches_mw": batches}
            )
        everything = [batch for hyper in self.hyperscalers for batch in hyper["batches_mw"]]
        taken = {hyper["bus"] for hyper in self.hyperscalers}
        size = float(self.work.max())
        for m in range(rng.integers(0, 4)):
            free = [bus for bus in self.names if bus not in taken]
            if not free:
                break
            place = self.one_of(*free)
            taken.add(place)
            some = [batch for batch in everything if self.chance(0.7)] or list(everything)
            curtailed = [_digits(size * rng.uniform(0.01, 0.4), 4) for _ in range(self.hours)]
            self.lenders.append(
                {
                    "name": f"mdc{m}",
                    "bus": place,
                    "capacity_mw": 0.0 if self.chance(0.05) else _digits(size * rng.uniform(0.01, 0.8), 4),
                    "curtailed_mw": curtailed if self.hours > 1 else curtailed[0],
                    "batches": some,
                }
            )
        if self.lenders:
            self.classes.append("leases")

    def _limits(self, profile):
        """Limits that two dispatches keep, some of them binding, some 0, and some none."""
        rng, count = self.rng, len(self.names)
        ends = np.zeros((len(self.ends), count))
        for row, (a, b) in enumerate(self.ends):
            ends[row, [a, b]] = 1, -1
        flows = ends / np.array(self.reactance)[:, None]
        ptdf = flows @ np.linalg.pinv(ends.T @ flows)
        carried = None
        if self.chance(0.5):
            for _ in range(4):
                closed = np.isin(
                    np.arange(len(ends)), rng.choice(len(ends), min(self.one_of(1, 1, 2), len(ends)), False)
                )
                carried = self._carried(ptdf, closed, profile)
                if carried is not None:
                    self.classes.append("zero_limit")
                    break
        if carried is None:
            closed = np.zeros(len(ends), dtype=bool)
            carried = self._carried(ptdf, closed, profile)
        carried = np.zeros(len(ends)) if carried is None else carried
        limits = []
        for is_closed, flow in zip(closed, carried, strict=True):
            if is_closed:
                limits.append(0)
            elif self.chance(0.4):
                limits.append("")
            else:
                room = self.one_of(1.001, 1.2, 2.0) * flow + self.one_of(0, 1e-3, 0.1) * max(self.load)
                limits.append(float(f"{1.0001 * room:.5g}") if room > 1e-5 else "")
        return limits

    def _carried(self, ptdf, closed, profile):
        """Largest flow of each line over hours and two dispatches; None if closed lines forbid one of them."""
        units = self._market_units()
        at_bus = np.zeros((len(self.names), len(units)))
        at_bus[[self.names.index(unit["bus"]) for unit in units], range(len(units))] = 1
        capacity = np.array([unit["capacity_mw"] for unit in units])
        fixed = np.zeros(len(self.names))
        if self.hydro:
            fixed[self.names.index(self.units[-1]["bus"])] = self.hydro
        largest, dislike = np.zeros(len(ptdf)), self.rng.uniform(1, 2, len(units))
        load = np.array(self.load)
        for t, factor in enumerate(profile):
            for work in (0.0, self.work[:, t]):
                taken = factor * load + work - fixed
                rows = np.vstack([np.ones(len(units)), (ptdf @ at_bus)[closed]]) * capacity
                sides = np.concatenate([[taken.sum()], (ptdf @ taken)[closed]])
                weight = np.maximum(np.abs(rows).max(axis=1), 1e-12)
                found = linprog(
                    dislike * capacity,
                    A_eq=rows / weight[:, None],
                    b_eq=sides / weight,
                    bounds=(0, 1),
                    options={"primal_feasibility_tolerance": 1e-10},
                )
                if found.x is None:
                    return None
                largest = np.maximum(largest, np.abs(ptdf @ (at_bus @ (capacity * found.x) - taken)))
        return largest

    def _scenario(self, number: int, profile) -> dict:
        consumers: dict = {"price_elasticity": self.one_of(-0.001, -0.1, -0.2, -0.2, -0.5, -2.0, -100.0)}
        if self.chance(0.15, "forward"):
            consumers["forward_position"] = self.one_of(0.3, 0.6, 0.9)
            consumers["forward_basis"] = self.one_of("generator", "consumer", "contract")
        scenario = {
            "name": f"market{number}",
            "grid": {"source": "."},
            "periods": self.hours,
            "consumers": consumers,
            "hyperscalers": self.hyperscalers,
            "modular_datacenters": self.lenders,
        }
        if self.hours > 1:
            scenario["load_profile"] = profile
        if self.lenders and self.chance(0.4, "ex_ante"):
            scenario["disclosure"] = "ex_ante"
            scenario["disclosed_intensity"] = self.one_of("per_used_mwh", "per_used_mwh", "per_purchased_mwh")
            scenario["selection"] = self.one_of("least_norm", "least_norm", "cleanest", "dirtiest")
        return scenario

    def _runs(self, scenario) -> tuple[tuple[str, str], ...]:
        """Slope bids wherever they may, and one more mechanism; slow executors where they take few seconds."""
        runs = []
        if "ex_ante" not in self.classes:
            runs.append(("slope-bids", self.one_of("compiled", "batched")))
        if self.hours == 1 and len(self.units) <= 4 and self.chance(0.1):
            runs.append(("level-bundle", "serial"))
        else:
            many = self.hours > 4
            executors = ("batched",) if many else ("compiled", "compiled", "batched")
            # The cuts of many hours take level bundle minutes.
            runs.append((self.one_of(*CONVERGING[: -1 if many else None]), self.one_of(*executors)))
        return tuple(runs)
