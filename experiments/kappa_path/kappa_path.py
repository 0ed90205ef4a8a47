"""All figures of a market as functions of kappa, the hyperscalers' price of emissions, with breakpoints by name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...agents.arrays import FloatArray
from .kappa_piece import KappaPiece

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
