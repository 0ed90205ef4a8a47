"""What units, lines, datacenters and hyperscalers are up to in a result, and words for how that changes."""

from __future__ import annotations

from collections.abc import Mapping

from ...agents.hyperscaler import Hyperscaler
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.producer import Producer
from ..results.ledger import Ledger
from ..results.result import Result

# (kind, who) to what it is up to.
States = Mapping[tuple[str, str], str]

# Closer to a limit than this part of it, or buying less than this part of the whole, is rounding.
_NEAR = 1e-6
_WORDS = {
    ("unit", "full"): "{who} reaches its capacity",
    ("unit", "between"): "{who} leaves its capacity",
    ("unit", "idle"): "{who} stops generating",
    ("line", "bound"): "line {who} starts to bind",
    ("line", "free"): "line {who} stops binding",
    ("lease", "full"): "the lease of {who} fills",
    ("lease", "between"): "the lease of {who} is no longer full",
    ("lease", "idle"): "nobody leases {who} any more",
    ("energy", "some"): "{who} starts to buy energy",
    ("energy", "none"): "{who} stops buying energy",
    ("purchase", "some"): "{who} starts",
    ("purchase", "none"): "{who} stops",
}
# Where it was idle before.
_FROM_IDLE = {
    ("unit", "between"): "{who} starts generating",
    ("lease", "between"): "{who} is leased for the first time",
}


def states(ledger: Ledger, result: Result) -> States:
    """What everybody is up to, in the first hour.

    A purchase of the hyperscalers is told apart by unit; whom datacenters and consumers buy from is left to the
    selection rule.
    """
    found: dict[tuple[str, str], str] = {}
    for unit in ledger.of_kind(Producer):
        found["unit", unit.name] = _between(result.generation_mwh[unit.name][0], unit.capacity_mw)
    limits = dict(zip(result.flow_mw, ledger.grid_operator.line_limit_mw.tolist(), strict=True))
    for line, (flow, *_) in result.flow_mw.items():
        found["line", line] = "bound" if abs(flow) >= limits[line] * (1 - _NEAR) else "free"
    for lender in ledger.of_kind(ModularDatacenter):
        lease = result.lease[lender.name]
        found["lease", lender.name] = _between(lease.energy_mwh[0], lender.capacity_mw)
        found["energy", lender.name] = _some(lease.purchases_mwh[0], lender.capacity_mw)
    for hyperscaler in ledger.of_kind(Hyperscaler):
        trades = ledger.trades(hyperscaler)
        work = float(hyperscaler.workload_mwh[:, 0].sum())
        for good in hyperscaler.contracts:
            if good.period == 0:
                found["purchase", f"{hyperscaler.name}'s purchase from {good.seller}"] = _some(-trades[good], work)
    return found


def changes(before: States, after: States) -> str:
    """Words for what is different; empty if nothing is."""
    told = []
    for (kind, who), now in after.items():
        then = before[kind, who]
        if then != now:
            words = _FROM_IDLE if then == "idle" else _WORDS
            told.append(words.get((kind, now), _WORDS[kind, now]).format(who=who))
    return "; ".join(told)


def _between(quantity_mwh: float, largest_mwh: float) -> str:
    room = _NEAR * largest_mwh
    return "idle" if quantity_mwh <= room else "full" if quantity_mwh >= largest_mwh - room else "between"


def _some(quantity_mwh: float, whole_mwh: float) -> str:
    return "some" if quantity_mwh > _NEAR * max(whole_mwh, 1.0) else "none"
