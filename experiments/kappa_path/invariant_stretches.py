"""A range of emission prices cut into stretches on which the optimal partition does not change."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from .kappa_samples import Sampler
from .stretch_ends import end_of, place_at

# Where in a gap the market is solved, one after the other: next to a breakpoint no partition can be read.
_PROBES = (0.5, 0.618, 0.382, 0.71, 0.29)


@dataclass(frozen=True)
class Stretch:
    """An interval of emission prices [$/kg]."""

    low: float
    high: float


def invariant_stretches(sampler: Sampler, within: Stretch) -> list[Stretch]:
    """All stretches of a range, in order, each beginning where the one before ends: there something happens.

    In the middle of what is left the market is solved, and linear programmes say how far its partition goes. So
    there are as many solutions as stretches, and none is passed over that is wider than rounding. Ex ante the
    programmes are repeated where the last one ended until they stay there, with the purchase mixes of that place.

    Raises
    ------
    InfeasibleError
        If no allocation clears.
    RuntimeError
        If a market is not solved, or its partition cannot be read from the solution.
    """
    found = _stretches(sampler, within)
    cuts = [(left.high + right.low) / 2 for left, right in pairwise(found)]
    return [Stretch(low, high) for low, high in pairwise([within.low, *cuts, within.high])]


def _stretches(sampler: Sampler, within: Stretch) -> list[Stretch]:
    if _is_narrow(sampler, within):
        return []
    found = _stretch_in(sampler, within)
    before = _stretches(sampler, Stretch(within.low, found.low))
    after = _stretches(sampler, Stretch(found.high, within.high))
    return [*before, *([] if _is_narrow(sampler, found) else [found]), *after]


def _stretch_in(sampler: Sampler, within: Stretch) -> Stretch:
    ends = (within.low, within.high)
    for share in _PROBES:
        kappa = within.low + share * (within.high - within.low)
        place = place_at(sampler, kappa)
        low, high = (end_of(sampler, place, ends, direction) for direction in (-1.0, 1.0))
        same = sampler.market.narrow(kappa)
        if low is not None and high is not None and low - kappa <= same >= kappa - high:
            return Stretch(low, high)
    raise RuntimeError(
        f"no solution between {within.low:.9g} and {within.high:.9g} $/kg tells which limits bind: their costs or "
        "their distances are no more than rounding"
    )


def _is_narrow(sampler: Sampler, stretch: Stretch) -> bool:
    """Whether there is nothing between its ends but rounding."""
    return stretch.high - stretch.low <= sampler.market.narrow(stretch.high)
