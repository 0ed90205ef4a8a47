"""Figures that an equilibrium may leave open, held against the reference's, each in its own size."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from random_markets.quadratic import NearlyBest
from random_markets.reference import Optimum
from random_markets.shown import Fault, Shown

# Of an agent's own size, or of a price's; and the faults of some hours from which on no more ranges are computed.
FIGURE, MANY = 1e-2, 8
# MWh or dollars that nobody counts.
NOTHING = 1e-6
# What a run of the usual tolerance leaves undecided, in shares of turnover.
UNDECIDED = 1e-6


def figure_faults(shown: Shown, document: dict, best: Optimum) -> list[Fault]:
    """Figures off the reference by more than their size allows, unless an interval of the document says so."""
    intervals = document["result"].get("intervals")
    faults, nearly = [], None
    for figure in figures(best, shown):
        off = abs(figure.shown - figure.right) / figure.size
        room = max(FIGURE * figure.size, NOTHING)
        if off * figure.size <= room or len(faults) >= MANY:
            continue
        given = _interval(intervals, figure)
        if given is not None:
            low, high = given
            if low - room <= figure.right <= high + room:
                continue
        if nearly is None:
            turnover = max(shown.turnover, 1e-12)
            nearly = NearlyBest(best.programme, best.programme.objective(best.solution.x), UNDECIDED * turnover)
        low, high = figure.between(nearly)
        unsaid = "unsaid" if low - room <= figure.shown <= high + room else "outside"
        kind = unsaid if given is None else "interval"
        faults.append(
            Fault(kind, figure.path[0], " ".join(figure.path[1:]), figure.hour, figure.shown, figure.right, off)
        )
    return faults


def _interval(intervals: dict | None, figure: "Figure") -> tuple[float, float] | None:
    """What the document says that a figure lies between; what is not finite or not known is null there."""
    found = intervals
    for key in figure.path:
        found = (found or {}).get(key)
    if found is None:
        return None
    low, high = found[figure.hour] or (None, None)
    return (-np.inf if low is None else low), (np.inf if high is None else high)


@dataclass(frozen=True)
class Figure:
    """One number of the result, at its path, with the reference's, its own size and a way to find its range."""

    path: tuple[str, ...]
    hour: int
    shown: float
    right: float
    size: float
    between: Callable[[NearlyBest], tuple[float, float]]


def figures(best: Optimum, shown: Shown):
    """Every figure of an optimum's hours with its own size and a way to find its range."""
    welfare, x = best.welfare, best.solution.x
    w, n = welfare.w, len(welfare.linear)
    prices = Prices(best)
    for t, hour in enumerate(welfare.hours):
        volume = w.load[:, hour].sum() + w.work[:, :, hour].sum()

        def quantity(path, value, row, size, constant=0.0, hour=hour):
            full = np.concatenate([row, np.zeros(len(x) - n)])
            right = float(full @ x + constant)
            return Figure(path, hour, value, right, size, partial(_range_of_quantity, full, constant))

        for g, name in enumerate(w.units):
            size = min(w.capacity[g], volume) or 1e-7
            yield quantity(("generation_mwh", name), shown.generation[g, hour], welfare.output(t, g), size)
        for j, bus in enumerate(welfare.load_buses):
            row = welfare.row([(welfare.at("demand", t, j), 1)])
            yield quantity(("demand_mwh", str(w.buses[bus])), shown.demand[bus, hour], row, w.load[bus, hour])
        flow, base = welfare.flow(t)
        for line, name in enumerate(w.line_ids):
            right = abs(flow[line] @ x[:n] + base[line])
            size = max(right, min(w.limit[line], 1e-3 * volume), 1e-7)
            yield quantity(("flow_mw", name), shown.flow[line, hour], flow[line], size, base[line])
        for m, name in enumerate(w.lenders):
            size = min(w.energy_capacity[m], (w.work[:, :, hour] * w.rentable[m][None]).sum()) or 1e-7
            row = welfare.row([(welfare.at("leased", t, m), 1)])
            yield quantity(("lease", name, "energy_mwh"), shown.leased[m, hour], row, size)
        yield from prices.figures(t, hour, shown)


def _range_of_quantity(row, constant, nearly: NearlyBest) -> tuple[float, float]:
    low, high = nearly.of_points(row)
    return low + constant, high + constant


class Prices:
    """Prices as linear functions of the multipliers of an optimum."""

    def __init__(self, best: Optimum) -> None:
        self.best, self.welfare = best, best.welfare
        self.equal, self.above = list(self.welfare.equal), list(self.welfare.above)

    def _function(self, of_equal: dict, of_above: dict):
        programme = self.best.programme
        equal, above = np.zeros(len(programme.value)), np.zeros(len(programme.limit))
        for key, value in of_equal.items():
            equal[self.equal.index(key)] = value
        for key, value in of_above.items():
            above[self.above.index(key)] = value
        return equal, above

    def nodal(self, t: int, bus: int):
        """Cost of one more MWh at a bus: of the balance, less what lines charge for the way from the hub."""
        w = self.welfare.w
        equal, above = {("balance", t): 1.0}, {}
        for line, limit in enumerate(w.limit):
            if limit == 0:
                equal["closed", t, line] = -w.ptdf[line, bus]
            elif np.isfinite(limit):
                above["along", t, line] = -w.ptdf[line, bus]
                above["against", t, line] = w.ptdf[line, bus]
        return self._function(equal, above)

    def figures(self, t: int, hour: int, shown: Shown):
        w = self.welfare.w
        if w.forward:
            return
        found = [
            self._figure(("price_usd_per_mwh", str(bus)), hour, shown.price[i, hour], self.nodal(t, i))
            for i, bus in enumerate(w.buses)
        ]
        typical = np.median([abs(figure.right) for figure in found])
        for figure in found:
            yield replace(figure, size=max(abs(figure.right), 1e-2 * typical, 1e-6))
        for m, name in enumerate(w.lenders):
            # What a lender earns covers its energy, and the rent of its capacity if that is all leased.
            bounds = {("leased", "fixed", t, m): 1.0, ("leased", "most", t, m): 1.0, ("leased", "least", t, m): -1.0}
            equal = {("offered", t, m): -1.0} | {key: one for key, one in bounds.items() if key in self.equal}
            above = {key: one for key, one in bounds.items() if key in self.above}
            function = self._function(*({key: w.gpu_mw * one for key, one in side.items()} for side in (equal, above)))
            figure = self._figure(("lease", name, "price_usd_per_gpu"), hour, shown.rent[m, hour], function)
            yield replace(figure, size=max(abs(figure.right), 1e-2 * typical * w.gpu_mw, 1e-9))

    def _figure(self, path, hour: int, value: float, function) -> Figure:
        solution = self.best.solution
        right = float(function[0] @ solution.of_equal + function[1] @ solution.of_above)
        return Figure(path, hour, value, right, 1.0, lambda nearly: nearly.of_prices(*function))
