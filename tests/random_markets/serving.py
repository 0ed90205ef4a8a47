"""Whether a market can clear at all: the largest share of load, and of work, that cannot be served."""

import numpy as np
from random_markets.market_reading import Written
from scipy.optimize import linprog

FINEST = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def unserved_load(w: Written) -> float:
    """Share of its load that the worst served bus lacks in the best dispatch, in the worst hour."""
    return max(_unserved(w, w.load[:, t], w.load[:, t] > 0, w.injection[:, t]) for t in range(w.hours))


def unserved_work(w: Written) -> float:
    """The same of hyperscalers' work if loads take their hydro alone and datacenters all they can; ramps left out."""
    worst = 0.0
    for t in range(w.hours):
        load = w.load[:, t]
        hydro = load * w.injection[:, t].sum() / max(load.sum(), 1e-300)
        work = np.zeros(len(w.buses))
        np.add.at(work, w.hyper_bus, w.work[:, :, t].sum(axis=1))
        worst = max(worst, _unserved(w, work, work > 0, w.injection[:, t] - hydro, t))
    return worst


def _unserved(w: Written, wanted, wants, injection, hour: int | None = None) -> float:
    """Variables are shares: of capacity, of what lenders can do with and without buying, and of what is lacking."""
    places = np.flatnonzero(wants)
    n_units, n_lenders = len(w.units), len(w.lenders) if hour is not None else 0
    columns = n_units + len(places) + 2 * n_lenders + 1
    made = np.zeros((len(w.buses), columns))
    made[w.unit_bus, range(n_units)] = w.capacity
    for i, bus in enumerate(places):
        made[bus, n_units + i] = wanted[bus]
    rows, sides = [], []
    if n_lenders:
        first = n_units + len(places)
        energy = np.minimum(w.energy_capacity, (w.work[:, :, hour] * w.rentable[:, None, :]).sum(axis=(1, 2)))
        spilled = np.minimum(w.curtailed[:, hour], energy)
        home = w.hyper_bus[0]
        for m, bus in enumerate(w.lender_bus):
            # Energy in the lender's place spares as much at the hyperscaler's (the first stands for all).
            made[home, first + m] += spilled[m]
            made[home, first + n_lenders + m] += energy[m] - spilled[m]
            made[bus, first + n_lenders + m] -= energy[m] - spilled[m]
    taken = wanted - injection
    flow, base = w.ptdf @ made, w.ptdf @ taken
    for line in np.flatnonzero(np.isfinite(w.limit)):
        for sign in (1.0, -1.0):
            row, side = sign * flow[line], w.limit[line] + sign * base[line]
            weight = max(np.abs(row).max(initial=0.0), 1e-300)
            rows.append(row / weight)
            sides.append(side / weight)
    for i in range(len(places)):
        row = np.zeros(columns)
        row[n_units + i], row[-1] = 1, -1
        rows.append(row)
        sides.append(0.0)
    total = made.sum(axis=0)
    weight = max(np.abs(total).max(initial=0.0), 1e-300)
    cost = np.zeros(columns)
    cost[-1] = 1
    found = linprog(
        cost,
        A_ub=np.array(rows) if rows else None,
        b_ub=sides or None,
        A_eq=[total / weight],
        b_eq=[taken.sum() / weight],
        bounds=(0, 1),
        options=FINEST,
    )
    return float(found.x[-1]) if found.x is not None else 1.0
