"""Where the selection rule has modular datacenters buy from others than before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .kappa_samples import Sample, Sampler

# Less is rounding of the selection rule [MWh].
_BUYS_MWH = 1e-5
# Of the way to where a contract ends by what is known, so that the next point is still on this side.
_NEARER = 0.9
_MOST_STEPS = 40
# Relative: how far an end still moves that has come to rest.
_SETTLED = 1e-6
# Through so many points a contract is followed to its end.
_REMEMBERED = 3

Contract = tuple[str, str]


def selection_change(sampler: Sampler, samples: Sequence[Sample]) -> float | None:
    """Where between two neighbours of some samples a contract begins or ends, or jumps; None where all have the same.

    A contract that shrinks to nothing is followed to its end by the parabola through its last three points; one
    that does not is bracketed by bisection.

    Parameters
    ----------
    sampler : Sampler
    samples : sequence of Sample
        In the order of kappa.
    """
    for left, right in pairwise(range(len(samples))):
        changed = selected(samples[left]) ^ selected(samples[right])
        if changed:
            contract = min(changed)
            holds_left = samples[left].bought_mwh[contract] > _BUYS_MWH
            before = samples[: left + 1] if holds_left else samples[:left:-1]
            holding = [sample for sample in before if sample.bought_mwh[contract] > _BUYS_MWH][-_REMEMBERED:]
            return _end(sampler, contract, holding, samples[right if holds_left else left].kappa)
    return None


def selected(sample: Sample) -> set[Contract]:
    """Who buys from whom."""
    return {contract for contract, mwh in sample.bought_mwh.items() if mwh > _BUYS_MWH}


def _end(sampler: Sampler, contract: Contract, holding: list[Sample], without: float) -> float:
    """Where a contract ends, between the last sample that has it and a kappa without it."""
    end = holding[-1].kappa
    for _ in range(_MOST_STEPS):
        last, before = holding[-1].kappa, end
        end = _extrapolated(contract, holding)
        same = sampler.market.narrow(max(last, without))
        if abs(without - last) <= same:
            return (last + without) / 2
        is_between = min(last, without) < end < max(last, without)
        if is_between and abs(end - before) <= _SETTLED * max(end, 1.0):
            return end
        step = _NEARER * (end - last) if is_between else (without - last) / 2
        sample = sampler.at(last + step)
        if sample.bought_mwh[contract] > _BUYS_MWH:
            holding = [*holding, sample][-_REMEMBERED:]
        else:
            without = sample.kappa
    return end


def _extrapolated(contract: Contract, holding: Sequence[Sample]) -> float:
    """Where the polynomial of kappa through contracts is zero: kappa as a function of MWh, at 0."""
    mwh = np.array([sample.bought_mwh[contract] for sample in holding])
    result = 0.0
    for own, sample in enumerate(holding):
        others = np.delete(mwh, own)
        gaps = mwh[own] - others
        if not gaps.all():
            return sample.kappa
        result += sample.kappa * float(np.prod(-others / gaps))
    return result
