"""Where the paper's printed numbers contradict each other, computed from what it prints."""

from __future__ import annotations

from dataclasses import dataclass

from .lookup import Cases, at
from .paper_settings import PAPER, SETTINGS
from .printed import (
    DATACENTERS,
    PRINTED_ALPHAS,
    PRINTED_COST_REDUCTION_PERCENT,
    PRINTED_FOOTPRINT_REDUCTION_PERCENT,
    PRINTED_LOCAL_SHARE_PERCENT,
    SCHEMES,
    printed,
)


@dataclass(frozen=True)
class Slip:
    """A statement of the paper beside what its own numbers say.

    Parameters
    ----------
    paper, numbers : str
        What is printed, and what follows from other printed numbers or from ours.
    printed_value, recomputed_value : float
        The two numbers that disagree.
    """

    paper: str
    numbers: str
    printed_value: float
    recomputed_value: float


def slips(cases: Cases) -> tuple[Slip, ...]:
    """All slips that we know of."""
    return (
        _sum_of_costs(),
        _cost_reduction(),
        _local_share(),
        _same_loads(),
        _footprint(cases),
    )


def _sum_of_costs() -> Slip:
    local, leased, total = (printed(f"cost.{kind}", "ex_ante", 0.1) for kind in ("local", "mdc", "total"))
    return Slip(
        f"Table I, ex ante, alpha 0.1: the total cost is {total:,.0f} $.",
        f"{local:,.0f} + {leased:,.0f} = {local + leased:,.0f} $.",
        total,
        local + leased,
    )


def _cost_reduction() -> Slip:
    post, ante = (printed("cost.total", scheme, 0.1) for scheme in ("ex_post", "ex_ante"))
    fall = 100 * (1 - ante / post)
    return Slip(
        f"The text: ex ante disclosure lowers the cost at alpha 0.1 by {PRINTED_COST_REDUCTION_PERCENT:g}%.",
        f"From {post:,.0f} to {ante:,.0f} $ is {-fall:.1f}%.",
        PRINTED_COST_REDUCTION_PERCENT,
        fall,
    )


def _local_share() -> Slip:
    scenario = SETTINGS[PAPER].at(PRINTED_ALPHAS[-1])
    (hyperscaler,) = scenario.hyperscalers
    work = sum(float(hours) for hours in hyperscaler.batches_mw.values() if not isinstance(hours, list))
    cost, price = printed("cost.mdc", "ex_post", 0.1), printed("lease_price.mdc1", "ex_post", 0.1)
    leased = cost / price * scenario.gpu_rating_kw / 1000
    share = 100 * (1 - leased / work)
    return Slip(
        f"The text: {PRINTED_LOCAL_SHARE_PERCENT:g}% of the workload is processed locally.",
        f"Leases for {cost:,.0f} $ at {price} $/GPU are {leased:.1f} of {work:.0f} MWh (ex post, alpha 0.1); the "
        f"other {share:.1f}% are local.",
        PRINTED_LOCAL_SHARE_PERCENT,
        share,
    )


def _same_loads() -> Slip:
    scenario = SETTINGS[PAPER].at(PRINTED_ALPHAS[-1])
    system = [printed("co2.system", scheme, 0.9) for scheme in SCHEMES]
    prices = [[printed(f"power_price.{name}", scheme, 0.9) for name in DATACENTERS[:2]] for scheme in SCHEMES]
    full = [
        sum(
            printed(f"lease_price.{mdc.name}", scheme, 0.9) * mdc.capacity_mw / (scenario.gpu_rating_kw / 1000)
            for mdc in scenario.modular_datacenters
        )
        for scheme in SCHEMES
    ]
    paid = [printed("cost.mdc", scheme, 0.9) for scheme in SCHEMES]
    return Slip(
        f"Tables I and II, alpha 0.9: power prices {prices[0][0]} / {prices[0][1]} $/MWh and system CO2 {system[0]:,} "
        f"t ex post, {prices[1][0]} / {prices[1][1]} $/MWh and {system[1]:,} t ex ante.",
        f"At the printed lease prices full leases cost {full[0]:,.0f} $ ex post and {full[1]:,.0f} $ ex ante; "
        f"{paid[0]:,.0f} and {paid[1]:,.0f} $ are printed. So leases are full in both, loads are the same, and prices "
        "and system CO2, unique for given loads, cannot differ.",
        system[1],
        system[0],
    )


def _footprint(cases: Cases) -> Slip:
    before, after = (printed("co2.total", "ex_post", alpha) for alpha in (0.1, 0.9))
    dirty, clean = (printed("intensity.mdc2", "ex_post", alpha) for alpha in (0.1, 0.9))
    setting, first = cases.own, SETTINGS[cases.own].alpha(0.1)
    bought = float(at(cases.spot(setting, "ex_post"), first)["lease.mdc2.purchases_mwh"])
    moved = bought * (dirty - clean) / 1000
    ends = [float(at(cases.spot(setting, "ex_post", side), first)["co2_t.mdc"]) for side in ("least", "largest")]
    return Slip(
        "The text: raising alpha ex post lowers the footprint of the workload by "
        f"{PRINTED_FOOTPRINT_REDUCTION_PERCENT:g}% ({before} to {after} t), as an effect of alpha.",
        f"The fall of {before - after:.2f} t is one contract: mdc2's {bought:.0f} MWh move from a unit at {dirty:g} "
        f"to one at {clean:g} kg/MWh, {moved:.2f} t. Which unit it is, is not determined: all equilibria of one and "
        f"the same market span {ends[0]:.2f} to {ends[1]:.2f} t for the modular datacenters.",
        before - after,
        moved,
    )
