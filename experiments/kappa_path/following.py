"""Following a scenario in kappa, the hyperscalers' price of emissions, from breakpoint to breakpoint."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ..scenario.disclosures import disclosure_scheme
from ..scenario.market_builder import build_market
from ..scenario.schema import Scenario
from .cost_weights import alpha_of, kappa_of
from .invariant_stretches import Stretch, invariant_stretches
from .kappa_market import kappa_market
from .kappa_path import Breakpoint, KappaPath
from .kappa_piece import KappaPiece, scales
from .kappa_samples import Sampler
from .limits_in_words import changes
from .selection_changes import selected
from .smooth_pieces import smooth_pieces

# Where figures of both sides differ by more than this part of their scales they jump.
_JUMP = 1e-3


def follow_kappa(scenario: Scenario, least_alpha: float = 0.05, most_alpha: float = 1.0) -> KappaPath:
    """Follow all figures of a scenario from one weight on cost to another.

    Ex post the market is a quadratic programme in which kappa moves the linear cost alone: prices and quantities are
    piecewise affine, and all breakpoints are found, to 1e-9. Ex ante, for purchase mixes that are given, pieces are
    smooth and breakpoints as exact. Mixes that the selection rule picks are followed with it, and breakpoints
    known to 1e-6, jumps to 1e-4; where the selection jumps, the path has a branch on either side.

    At kappa = 0 the path has the limit from above: there own emissions count nothing, and contracts are arbitrary.

    Parameters
    ----------
    scenario : Scenario
        Its own weights on cost do not matter: all hyperscalers have the same one.
    least_alpha, most_alpha : float
        Weights on cost: ``kappa = (1 - alpha) / alpha`` goes from that of the second to that of the first.

    Raises
    ------
    ScenarioError
        If a reference leads nowhere or the fixed load cannot be served.
    InfeasibleError
        If no allocation clears.
    RuntimeError
        If a market is not solved, or it cannot be told which limits bind.
    ValueError
        If the weights are not in order, or not above 0 and at most 1.
    """
    if not 0 < least_alpha < most_alpha <= 1:
        raise ValueError(f"alpha from {least_alpha:g} to {most_alpha:g}: two numbers above 0 up to 1, in order")
    market = build_market(scenario)
    sampler = Sampler(kappa_market(market, disclosure_scheme(scenario, market)))
    stretches = invariant_stretches(sampler, Stretch(kappa_of(most_alpha), kappa_of(least_alpha)))
    pieces = [piece for stretch in stretches for piece in smooth_pieces(sampler, stretch)]
    return KappaPath(scenario.name, str(scenario.disclosure), tuple(pieces), tuple(_breakpoints(sampler, pieces)))


def _breakpoints(sampler: Sampler, pieces: list[KappaPiece]) -> list[Breakpoint]:
    names = pieces[0].names
    size = scales(names, np.concatenate([piece.values for piece in pieces]))
    found = []
    for left, right in pairwise(pieces):
        kappa = right.low
        gap = np.abs(left.table(np.array([kappa]))[0] - right.table(np.array([kappa]))[0]) / size
        is_jump = bool(np.nanmax(gap, initial=0.0) > _JUMP)
        name = _name(sampler, left, right)
        if name or is_jump:
            found.append(Breakpoint(kappa, alpha_of(kappa), name or "the selection jumps", is_jump))
    return found


def _name(sampler: Sampler, left: KappaPiece, right: KappaPiece) -> str:
    """What is different on both sides, as the middles of two pieces have it."""
    before, after = (sampler.at(_middle(piece)) for piece in (left, right))
    told = [changes(before.states, after.states)]
    told += [f"{buyer} stops buying from {seller}" for buyer, seller in sorted(selected(before) - selected(after))]
    told += [f"{buyer} starts to buy from {seller}" for buyer, seller in sorted(selected(after) - selected(before))]
    return "; ".join(filter(None, told))


def _middle(piece: KappaPiece) -> float:
    return float(piece.kappas[len(piece.kappas) // 2])
