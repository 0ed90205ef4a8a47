"""Whether demand curves and forward obligations follow from a least-cost dispatch of the fixed load.

The prices of that dispatch need not be unique; a curve is right if its price is one of them.
"""

import numpy as np
from random_markets.market_reading import Written
from random_markets.quadratic import Quadratic, UnsolvableError, solve
from random_markets.reference import Calibrated
from random_markets.shown import Fault
from scipy.optimize import linprog

# Relative; of prices that are not unique; and of an output's room, within which it may be at a limit.
EXACT, PRICE, AT_LIMIT = 1e-7, 1e-5, 1e-6


def calibration_faults(written: Written, calibrated: Calibrated) -> list[Fault]:
    w, c, faults = written, calibrated, []
    hydro = w.load * (w.injection.sum(axis=0) / np.maximum(w.load.sum(axis=0), 1e-300))
    price = w.elasticity * c.slope * w.load
    expected = {
        "intercept": (c.intercept, price * (1 + 1 / w.elasticity)),
        "hydro": (c.hydro, hydro),
        "owed": (c.owed.sum(axis=0)[None], _owed(w, hydro)),
        "bound": (c.bound, _bound(w, hydro)),
    }
    for name, (found, right) in expected.items():
        for i, t in np.argwhere(np.abs(found - right) > EXACT * np.maximum(np.abs(right), 1e-6)):
            faults.append(_fault(name, str(i), t, found[i, t], right[i, t]))
    mean = (price * w.load).sum() / max(w.load.sum(), 1e-300)
    for t in range(w.hours):
        ends = baseline_prices(w, t)
        for j in np.flatnonzero(w.load[:, t] > 0) if ends is not None else ():
            low, high = ends[j]
            room = PRICE * max(abs(price[j, t]), 1e-2 * mean)
            # Demand is calibrated at no less than a share of the mean price, which is below that of floored ones.
            if not low - room <= price[j, t] <= max(high, w.floor * mean) + room:
                faults.append(
                    _fault("baseline price", str(w.buses[j]), t, price[j, t], np.clip(price[j, t], low, high))
                )
    return faults


def _fault(figure: str, name: str, hour: int, shown: float, right: float) -> Fault:
    return Fault("calibration", figure, name, hour, shown, right, abs(shown - right) / max(abs(right), 1e-12))


def _owed(w: Written, hydro) -> np.ndarray:
    by_unit = w.forward_basis in ("generator", "contract")
    return by_unit * w.forward * np.maximum(w.load - hydro, 0.0).sum(axis=0)[None]


def _bound(w: Written, hydro) -> np.ndarray:
    by_bus = w.forward_basis in ("consumer", "contract")
    return by_bus * w.forward * np.maximum(w.load - hydro, 0.0)


def baseline_prices(w: Written, hour: int) -> np.ndarray | None:
    """Least and largest price of every bus in the least-cost dispatch, shape (buses, 2); None if it is not found."""
    at_bus = np.zeros((len(w.buses), len(w.units)))
    at_bus[w.unit_bus, range(len(w.units))] = 1
    taken = w.load[:, hour] - w.injection[:, hour]
    closed, limited = np.flatnonzero(w.limit == 0), np.flatnonzero((w.limit > 0) & np.isfinite(w.limit))
    flow, base = w.ptdf @ at_bus, -w.ptdf @ taken
    identity = np.eye(len(w.units))
    size = np.maximum(np.minimum(w.capacity, taken.sum()), 1e-12)
    problem = Quadratic(
        curvature=w.slope,
        linear=w.cost,
        equal=np.vstack([np.ones(len(w.units)), flow[closed]]),
        value=np.concatenate([[taken.sum()], -base[closed]]),
        above=np.vstack([flow[limited], -flow[limited], identity, -identity]),
        limit=np.concatenate(
            [w.limit[limited] - base[limited], w.limit[limited] + base[limited], w.capacity, 0 * size]
        ),
        size=size,
        worth=float(w.cost @ size) or 1.0,
    )
    try:
        best = solve(problem)
    except UnsolvableError:
        return None
    slack = problem.limit - problem.above @ best.x
    weight = np.maximum((np.abs(problem.above) * size).max(axis=1), 1e-300)
    binds = slack <= AT_LIMIT * weight
    # All multipliers of the same dispatch: costs are linear where it is.
    rows = np.vstack([problem.equal, problem.above[binds]]).T
    along, against = (np.flatnonzero(binds[k * len(limited) : (k + 1) * len(limited)]) for k in range(2))
    of_lines = np.concatenate([w.ptdf[limited][along], -w.ptdf[limited][against]])
    marginal = w.cost + w.slope * best.x
    functions = np.zeros((len(w.buses), rows.shape[1]))
    functions[:, 0] = -1
    functions[:, 1 : 1 + len(closed)] = -w.ptdf[closed].T
    begin = 1 + len(closed)
    functions[:, begin : begin + len(of_lines)] = -of_lines.T
    bounds = [(None, None)] * begin + [(0, None)] * int(binds.sum())
    ends = np.empty((len(w.buses), 2))
    for bus, function in enumerate(functions):
        for side, sign in enumerate((1.0, -1.0)):
            found = linprog(sign * function, A_eq=rows, b_eq=-marginal, bounds=bounds)
            if found.status == 3:
                ends[bus, side] = -sign * np.inf
            elif found.x is None:
                return None
            else:
                ends[bus, side] = sign * found.fun
    return ends
