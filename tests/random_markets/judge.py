"""Whether what is printed of a market is right, figure by figure."""

import numpy as np
from random_markets.figures import figure_faults
from random_markets.market_reading import Written
from random_markets.reference import Calibrated, Optimum, Welfare, optimum
from random_markets.shown import Fault, Shown, disclosed_mix

# Of a limit, and below which limit in MW how far in MW; of turnover.
LIMIT, SMALL_MW, SMALL_EXCESS_MW, WELFARE = 1e-6, 1e-3, 1e-9, 2e-6
# Of all energy, in a flow.
ROUNDING = 1e-11
# What does not clear, in shares of what passes there: ten times the tolerance of a run.
BALANCE = 1e-5


def judge(written: Written, calibrated: Calibrated, document: dict) -> list[Fault]:
    """All that is wrong with the document of a converged run."""
    if not _is_finite(document["result"]):
        return [Fault("document", "result", "not finite", 0, np.nan, np.nan, np.inf)]
    shown = Shown(written, document)
    faults = limit_faults(written, shown) + balance_faults(written, shown) + mix_faults(written, document)
    coupled = np.isfinite(written.ramp).any()
    blocks = [list(range(written.hours))] if coupled else [[t] for t in range(written.hours)]
    mix = disclosed_mix(written, document)
    best = [optimum(Welfare(written, calibrated, block, mix)) for block in blocks]
    faults += welfare_faults(written, calibrated, shown, document, best)
    for one in best:
        faults += figure_faults(shown, document, one)
    return faults


def _is_finite(value) -> bool:
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    if isinstance(value, list):
        return all(map(_is_finite, value))
    return not isinstance(value, float) or np.isfinite(value)


def _excess(figure: str, names, values, limits, faults: list[Fault]) -> None:
    """Values beyond limits of the same shape."""
    allowed = np.where(limits < SMALL_MW, SMALL_EXCESS_MW, LIMIT * limits)
    with np.errstate(invalid="ignore"):
        for i, t in np.argwhere(values - limits > allowed):
            over = (values - limits)[i, t]
            faults.append(
                Fault("limit", figure, str(names[i]), t, values[i, t], limits[i, t], over / max(limits[i, t], 1e-300))
            )


def limit_faults(written: Written, shown: Shown) -> list[Fault]:
    faults: list[Fault] = []
    hours = np.ones(written.hours)
    # Flows follow from what all buses take, and have its rounding.
    rounding = ROUNDING * (shown.generation.sum(axis=0) + written.injection.sum(axis=0))
    _excess("capacity", written.units, shown.generation, np.outer(written.capacity, hours), faults)
    _excess("output below 0", written.units, -shown.generation, 0 * shown.generation, faults)
    _excess("line", written.line_ids, np.abs(shown.flow) - rounding, np.outer(written.limit, hours), faults)
    _excess("datacenter", written.lenders, shown.leased, np.outer(written.energy_capacity, hours), faults)
    _excess("curtailed", written.lenders, shown.leased - shown.bought, written.curtailed, faults)
    _excess("purchases below 0", written.lenders, -shown.bought, 0 * shown.bought, faults)
    change = np.abs(np.diff(shown.generation, axis=1))
    _excess("ramp", written.units, change, np.outer(written.ramp, np.ones(change.shape[1])), faults)
    rentable = np.einsum("hbt,mb->mt", written.work, written.rentable)
    _excess("batches", written.lenders, shown.leased, rentable, faults)
    return faults


def balance_faults(written: Written, shown: Shown) -> list[Fault]:
    """Flows follow from injections, and hyperscalers together use what their work needs."""
    taken = shown.demand - written.injection
    np.subtract.at(taken, written.unit_bus, shown.generation)
    np.add.at(taken, written.lender_bus, shown.bought)
    local = written.work.sum(axis=(0, 1)) - shown.leased.sum(axis=0)
    size = shown.demand + written.injection
    np.add.at(size, written.unit_bus, shown.generation)
    np.add.at(size, written.lender_bus, np.abs(shown.bought))
    if len(written.hyperscalers) == 1:
        taken[written.hyper_bus[0]] += local
        size[written.hyper_bus[0]] += local
    rest = taken.sum(axis=0) if len(written.hyperscalers) < 2 else taken.sum(axis=0) + local
    volume = size.sum(axis=0)
    faults = [
        Fault("balance", "system", "all", t, rest[t], 0.0, abs(rest[t]) / volume[t])
        for t in np.flatnonzero(np.abs(rest) > BALANCE * volume + SMALL_EXCESS_MW)
    ]
    if len(written.hyperscalers) < 2:
        # Every bus by itself: what flows in is what is taken.
        flow = -written.ptdf @ taken
        size = np.maximum(np.maximum(np.abs(flow), np.abs(shown.flow)), np.abs(written.ptdf) @ size)
        for i, t in np.argwhere(np.abs(flow - shown.flow) > BALANCE * size + SMALL_EXCESS_MW):
            off = abs(flow[i, t] - shown.flow[i, t]) / size[i, t]
            faults.append(Fault("balance", "flow", written.line_ids[i], t, shown.flow[i, t], flow[i, t], off))
    return faults


def mix_faults(written: Written, document: dict) -> list[Fault]:
    """What was disclosed is what the contracts have, wherever a lender buys."""
    mix, faults = disclosed_mix(written, document), []
    if mix is None:
        return []
    highest = max(written.rate.max(initial=0.0), 1e-9)
    for m, name in enumerate(written.lenders):
        of_contracts = document["result"]["lease"][name]["mix_kg_per_mwh"]
        for t, found in enumerate(of_contracts):
            if found is not None and np.isfinite(mix[m, t]) and not abs(found - mix[m, t]) <= 1e-4 * highest:
                faults.append(Fault("mix", "mix", name, t, mix[m, t], found, abs(found - mix[m, t]) / highest))
    return faults


def welfare_faults(written, calibrated, shown, document, best: list[Optimum]) -> list[Fault]:
    c, faults = calibrated, []
    benefit = (c.intercept * shown.demand - c.slope / 2 * shown.demand**2).sum()
    cost = (written.cost @ shown.generation).sum() + (written.slope @ shown.generation**2).sum() / 2
    own = benefit - cost - (written.kappa[0] * shown.local_kg if len(written.kappa) else 0.0)
    turnover = max(benefit + cost, shown.turnover)
    # Buyers of next to nothing have no emissions.
    count = written.hours * len(written.hyperscalers)
    uncounted = 1e-6 * count * (written.kappa.max(initial=0.0) * written.rate.max(initial=0.0))
    # Disclosed emissions weigh on who rents, though they are no welfare.
    weighing = sum(one.welfare.disclosure_cost(one.welfare.beyond(shown.leased)) for one in best)
    right = -sum(one.cost_usd for one in best)
    for name, found, value in (
        ("of its figures", shown.welfare, own),
        ("of the reference", shown.welfare - weighing, right),
    ):
        off = abs(found - value) / turnover
        if not off <= WELFARE + uncounted / turnover:
            faults.append(Fault("welfare", "welfare", name, 0, found, value, off))
    return faults
