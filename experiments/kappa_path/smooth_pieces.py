"""A stretch of emission prices cut into pieces on which figures are smooth."""

from __future__ import annotations

import numpy as np

from .interpolant import POLYNOMIAL, Form, levelling_off, lobatto_kappas
from .invariant_stretches import Stretch
from .kappa_piece import KappaPiece, scales
from .kappa_samples import Sample, Sampler
from .selection_changes import selection_change

_COUNTS = (3, 5, 9, 17)
# Of each figure's scale, between points. What more points do not mend below the second is rounding of selections.
_TOLERANCE, _ROUNDING = 1e-5, 1e-4
# Next to an end solvers cannot tell what is at a limit: points keep so far from it, in parts of the piece.
_MARGIN = 1e-3
# A piece is halved so often before its error is taken as it is.
_MOST_HALVINGS = 3


def smooth_pieces(sampler: Sampler, stretch: Stretch, halvings: int = _MOST_HALVINGS) -> list[KappaPiece]:
    """Pieces of a stretch, in order.

    Ever more points are taken until those in between agree with the polynomials through the others. Where they do not,
    the selection rule has datacenters buy from others, or to and fro: the piece is cut there, else in the middle.

    Parameters
    ----------
    sampler : Sampler
    stretch : Stretch
    halvings : int
        How often a piece may still be halved.
    """
    form = levelling_off(stretch.low, stretch.high) if sampler.market.is_ex_ante else POLYNOMIAL
    coarser, cut = _solved(sampler, stretch, form, _COUNTS[0], None)[0], None
    for count in _COUNTS[1:]:
        piece, samples = _solved(sampler, stretch, form, count, coarser)
        if piece.error <= _TOLERANCE or coarser.error / 2 <= piece.error <= _ROUNDING:
            return [piece]
        room = max(_MARGIN * (stretch.high - stretch.low), sampler.market.narrow(stretch.high))
        if stretch.high - stretch.low < 2 * room:
            return [piece]
        coarser, cut = piece, _inside(stretch, selection_change(sampler, samples), room)
        if cut is not None:
            break
    if cut is None and halvings == 0:
        return [piece]
    if cut is None:
        cut, halvings = float(piece.kappas[len(piece.kappas) // 2]), halvings - 1
    parts = (Stretch(stretch.low, cut), Stretch(cut, stretch.high))
    return [piece for part in parts for piece in smooth_pieces(sampler, part, halvings)]


def _inside(stretch: Stretch, cut: float | None, room: float) -> float | None:
    """A cut that leaves so much on both sides [$/kg]."""
    return cut if cut is not None and stretch.low + room < cut < stretch.high - room else None


def _solved(
    sampler: Sampler, stretch: Stretch, form: Form, count: int, coarser: KappaPiece | None
) -> tuple[KappaPiece, list[Sample]]:
    """A piece through so many points, the samples there, and how far a coarser piece is from them."""
    kappas = lobatto_kappas(form, stretch.low, stretch.high, _MARGIN, count)
    samples = [sampler.at(kappa) for kappa in kappas.tolist()]
    names = tuple(samples[0].figures)
    values = np.array([[sample.figures[name] for name in names] for sample in samples])
    error = float("inf")
    # What means nothing on one side of a point means something on the other: that is a cut, too.
    odd = np.isnan(values).any(axis=0) & ~np.isnan(values).all(axis=0)
    if coarser is not None and not odd.any():
        differences = np.abs(coarser.table(kappas) - values) / scales(names, values)
        error = float(np.nanmax(differences, initial=0.0))
    return KappaPiece(stretch.low, stretch.high, names, form, kappas, values, error), samples
