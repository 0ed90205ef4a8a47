"""All figures of a market as functions of kappa, the hyperscalers' price of emissions, with breakpoints by name."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...agents.arrays import FloatArray
from ..scenario.schema import Scenario
from .invariant_stretches import Stretch, invariant_stretches
from .kappa_market import alpha_of, kappa_market, kappa_of
from .kappa_piece import KappaPiece, scales
from .kappa_samples import Sampler
from .limits_in_words import changes
from .selection_changes import selected
from .smooth_pieces import smooth_pieces

# Where figures of both sides differ by more than this part of their scales they jump.
_JUMP = 1e-3
# Relative; kappa comes from alpha, and alpha from kappa.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Breakpoint:
    """Where a path bends or jumps.

    Parameters
    ----------
    kappa, alpha : float
    name : str
        What happens there as kappa rises.
    is_jump : bool
        Whether figures differ on both sides; those of a kilogram without a price can, and those that the selection
        rule picks.
    """

    kappa: float
    alpha: float
    name: str
    is_jump: bool


@dataclass(frozen=True, eq=False)
class KappaPath:
    """Figures of a market from one price of emissions to another.

    Parameters
    ----------
    scenario : str
        Its name.
    disclosure : str
    pieces : tuple of KappaPiece
        In the order of kappa, each beginning where the one before ends.
    breakpoints : tuple of Breakpoint
        In the order of kappa.
    """

    scenario: str
    disclosure: str
    pieces: tuple[KappaPiece, ...]
    breakpoints: tuple[Breakpoint, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Figures by their dotted paths."""
        return self.pieces[0].names

    def piece_at(self, kappa: float) -> KappaPiece:
        """The piece with a price of emissions; at a breakpoint the one above it.

        Raises
        ------
        ValueError
            If the path does not go there.
        """
        low, high = self.pieces[0].low, self.pieces[-1].high
        if not low * (1 - _ROUNDING) <= kappa <= high * (1 + _ROUNDING):
            raise ValueError(f"the path goes from {low:g} to {high:g} $/kg; {kappa:g} is not there")
        return next((piece for piece in reversed(self.pieces) if piece.low <= kappa), self.pieces[0])

    def table(self, kappa: float) -> FloatArray:
        """All figures at a price of emissions, in the order of their names; at a breakpoint those above it."""
        return np.asarray(self.piece_at(kappa).table(np.array([kappa]))[0])

    def at(self, kappa: float) -> dict[str, float]:
        """All figures at a price of emissions by name; at a breakpoint those above it."""
        return dict(zip(self.names, self.table(kappa).tolist(), strict=True))


def follow_kappa(scenario: Scenario, least_alpha: float = 0.05, most_alpha: float = 1.0) -> KappaPath:
    """Follow all figures of a scenario from one weight on cost to another.

    Ex post the market is a quadratic programme in which kappa moves the linear cost alone: prices and quantities are
    piecewise affine, and all breakpoints are found, to 1e-9. Ex ante, for purchase mixes that are given, pieces are
    smooth and breakpoints as exact. Mixes that the selection rule picks are followed with it, and breakpoints
    known to 1e-6; where the selection jumps, the path has a branch on either side.

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
    sampler = Sampler(kappa_market(scenario))
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
