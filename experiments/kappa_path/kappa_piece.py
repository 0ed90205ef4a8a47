"""A piece of a path: between two prices of emissions all figures are smooth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...agents.arrays import FloatArray
from .interpolant import Form, interpolated


@dataclass(frozen=True, eq=False)
class KappaPiece:
    """Figures between two prices of emissions.

    Parameters
    ----------
    low, high : float
        Prices of emissions [$/kg].
    names : tuple of str
        Figures by their dotted paths.
    form : Form
        What figures are as functions of kappa.
    kappas, values : arrays of shape (points,) and (points, figures)
        Where the market was solved, and figures there.
    error : float
        Largest difference, in parts of each figure's scale, between the points and the functions through every other
        of them.
    """

    low: float
    high: float
    names: tuple[str, ...]
    form: Form
    kappas: FloatArray
    values: FloatArray
    error: float

    def table(self, kappas: FloatArray) -> FloatArray:
        """All figures at some prices of emissions of the piece: shape (kappas, figures)."""
        return interpolated(self.form, self.kappas, self.values, kappas)

    def at(self, kappa: float) -> dict[str, float]:
        """All figures at a price of emissions of the piece, its ends included."""
        return dict(zip(self.names, self.table(np.array([kappa]))[0].tolist(), strict=True))


def scales(names: tuple[str, ...], values: FloatArray) -> FloatArray:
    """What differences of figures are to be compared with: the largest value of each, or a thousandth of its kind's.

    Figures of a kind begin and end with the same word, as all lease prices or the CO2 of whomever.

    Parameters
    ----------
    names : tuple of str
    values : array of shape (any, figures)
    """
    largest = np.nanmax(np.abs(values), axis=0, initial=0.0, where=np.isfinite(values))
    kinds = [_kind(name) for name in names]
    of_kind = {kind: max(size for size, own in zip(largest, kinds, strict=True) if own == kind) for kind in kinds}
    floor = np.array([max(1e-3 * of_kind[kind], 1e-9) for kind in kinds])
    return np.asarray(np.maximum(largest, floor))


def _kind(name: str) -> tuple[str, ...]:
    words = name.split(".")
    return (words[0], words[-1]) if words[0] == "lease" else (words[0],)
