"""How far kappa can go from where the market was solved before its optimal partition changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...agents.arrays import FloatArray
from .kappa_market import KappaMarket
from .kappa_samples import Sampler
from .optimal_partition import Partition

# Ex ante a step takes kappa to so many times itself at most, and so far beyond [$/kg].
_REACH, _STRIDE = 3.0, 0.05
_MOST_STEPS = 60
_SAME_VOLUME_MWH = 1e-8
# Relative: how far an end still moves that has come to rest, for mixes that vary and for given ones.
_SETTLED, _SETTLED_FOR_MIX = 1e-6, 1e-9
# A step leaves at least so much of what a lease has above its curtailed energy: below that nothing is disclosed.
_KEPT = 0.25
# Mixes that vary are looked at again so much of the way to the end that those before told, but not nearer than that
# [relative]: next to an end no solver tells at which limits contracts are.
_NEARER, _NEAREST = 0.9, 1e-4
_SAME_MIX_KG_PER_MWH = 1e-4
# Mixes that differ by more than this part from what was told of them may be those of another branch.
_JUMP = 0.02
# Through so many places mixes are told beforehand, by a polynomial.
_REMEMBERED = 3


@dataclass(frozen=True, eq=False)
class Place:
    """Where the market was solved: kappa, purchase mixes [kg/MWh], the optimal partition, disclosed volumes [MWh]."""

    kappa: float
    mix: FloatArray
    partition: Partition
    volumes: FloatArray


def place_at(sampler: Sampler, kappa: float) -> Place:
    """Solve the market at a price of emissions, with the mixes of the selection rule unless they are imposed.

    Raises
    ------
    InfeasibleError, RuntimeError
        As `Sampler.at`.
    """
    market, scheme = sampler.market, sampler.market.scheme
    mix_of, near = scheme.imposed_kg_per_mwh, scheme.curtailed_mwh
    if not market.mixes_are_given:
        mix_of, near = sampler.at(kappa).mix_kg_per_mwh, sampler.at(kappa).volume_mwh
    mix, near_mwh = (np.array([of[good] for good in scheme.curtailed_mwh]) for of in (mix_of, near))
    return Place(kappa, mix, *market.solved(kappa, mix, near_mwh))


def end_of(sampler: Sampler, place: Place, within: tuple[float, float], direction: float) -> float | None:
    """Where the partition of a place ends, upwards (1) or downwards (-1), its mixes followed on the way.

    Returns
    -------
    float or None
        None if it cannot be told, as next to a breakpoint.
    """
    market, partition, known = sampler.market, place.partition, [place]
    end = _end_for_mixes(market, partition, known, within, direction)
    share, wall = _NEARER, None
    for _ in range(_MOST_STEPS):
        if end is None or market.mixes_are_given:
            return end
        last, aim = known[-1], end
        near = _NEAREST * max(end, 1.0)
        if wall is not None and direction * (end - wall.kappa) > 0:
            aim, near = wall.kappa, market.narrow(wall.kappa)
        if abs(aim - last.kappa) <= near:
            return aim
        nearer = place_at(sampler, last.kappa + share * (aim - last.kappa))
        if _is_elsewhere(nearer, known):
            # Where the selection rule jumps the difference does not shrink with the way.
            wall, share = nearer, 1 / 2
            continue
        if aim == end and np.abs(nearer.mix - last.mix).max(initial=0.0) <= _SAME_MIX_KG_PER_MWH:
            return end
        found = _end_for_mixes(market, partition, [*known, nearer], within, direction)
        if found is None or direction * (found - nearer.kappa) < -market.narrow(found):
            # It lies beyond the end, and its mixes are those of another stretch.
            share /= 2
            continue
        known, before, end = [*known, nearer], end, found
        if wall is not None and not _is_elsewhere(wall, known):
            wall = None
        share = _NEARER if wall is None else 1 / 2
        if wall is None and abs(end - before) <= _SETTLED * max(end, 1.0):
            return end
    return None


def _is_elsewhere(place: Place, known: list[Place]) -> bool:
    """Whether the mixes of a place are far from those that the places known tell of it."""
    told, _ = _mix_at(known[-_REMEMBERED:], place.kappa)
    return bool((np.abs(place.mix - told) > _JUMP * np.abs(place.mix)).any())


def _end_for_mixes(
    market: KappaMarket, partition: Partition, known: list[Place], within: tuple[float, float], direction: float
) -> float | None:
    """Where a partition ends if mixes go on as in the places known; None if it cannot be told."""
    kappa, volumes = known[-1].kappa, known[-1].volumes
    is_curved = len(volumes) > 0
    for _ in range(_MOST_STEPS):
        low, high = within
        if is_curved:
            low, high = max(low, kappa / _REACH - _STRIDE), min(high, kappa * _REACH + _STRIDE)
        line = market.line(kappa, *_mix_at(known[-_REMEMBERED:], kappa), volumes)
        found = line.farthest(partition, (low, high), direction)
        if found is None:
            return None
        moved, kappa = abs(found[0] - kappa), found[0]
        new = market.volumes_of @ found[1]
        is_at_rest = moved <= _SETTLED_FOR_MIX * max(kappa, 1.0)
        if not is_curved or (is_at_rest and np.abs(new - volumes).max() <= _SAME_VOLUME_MWH):
            return kappa
        bought = np.maximum(volumes - market.curtailed_mwh, 0.0)
        volumes = np.where(bought > 0, np.maximum(new, market.curtailed_mwh + _KEPT * bought), new)
    return None


def _mix_at(known: list[Place], kappa: float) -> tuple[FloatArray, FloatArray]:
    """Mixes at a price of emissions and their slopes, by the polynomial through places."""
    at = np.array([place.kappa for place in known])
    mixes, slopes = np.zeros_like(known[0].mix), np.zeros_like(known[0].mix)
    for own, place in enumerate(known):
        others = np.delete(at, own)
        weight = np.prod((kappa - others) / (place.kappa - others))
        rest = [np.prod(np.delete(kappa - others, i)) for i in range(len(others))]
        mixes = mixes + weight * place.mix
        slopes = slopes + sum(rest) / np.prod(place.kappa - others) * place.mix
    return mixes, slopes
