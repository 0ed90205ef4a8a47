"""What sites would pay for energy if they drew more or less: the market's answer to one site's load, sampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cvxpy as cp
import numpy as np

from ....agents.arrays import BoolArray, FloatArray
from ..instance import Instance
from ..joint_programme import Declared
from .grid_connection import GridConnection
from .grid_signals import Standing

_SAMPLES = 9
# Of a site that neither draws nor feeds in, so that samples differ.
_LEAST_MW = 1.0
# Of all that it may: a load this near to a sample needs none of its own.
_APART = 1e-3
# Chords this much below a sample, relative to the largest payment, bend down.
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class ResidualCurve:
    """What a site pays in every hour by what it draws, all else as it was.

    Parameters
    ----------
    net_mw, paid_usd : arrays of shape (samples, slots)
        Rising loads; between them payments are on the chord.
    """

    net_mw: FloatArray
    paid_usd: FloatArray

    @property
    def is_convex(self) -> BoolArray:
        """In which hours payments rise faster and faster, shape (slots,)."""
        steps = np.diff(self.net_mw, axis=0)
        slopes = np.diff(self.paid_usd, axis=0) / steps
        least = _ROUNDING * max(1.0, float(np.abs(self.paid_usd).max()))
        return np.asarray((np.diff(slopes, axis=0) >= -least).all(axis=0))


def sampled_curves(
    instance: Instance, standing: Standing, connection: GridConnection, net_mw: FloatArray
) -> list[ResidualCurve]:
    """The curve of every site around what all draw, by clearing the market once for each sample.

    Samples are evenly spaced from all that a site may feed in to all that it may draw, one of them moved to what it
    draws. One site moves at a time, in all hours at once: what it changes for the others is left out, as is what an
    hour changes in another where ramps join them.

    Parameters
    ----------
    instance : Instance
    standing : Standing
    connection : GridConnection
    net_mw : array of shape (sites, slots)

    Raises
    ------
    ScenarioError
        If the market cannot serve a sample.
    """
    curves = []
    for row, site in enumerate(instance.sites.values()):
        samples = _samples(-site.export_mw, max(site.import_mw, _LEAST_MW), net_mw[row])
        paid = np.zeros_like(samples)
        for position, loads in enumerate(samples):
            tried = net_mw.copy()
            tried[row] = loads
            nodal = standing.prices(standing.clear(tried))[row]
            bought, sold = np.maximum(loads, 0.0), np.maximum(-loads, 0.0)
            paid[position] = connection.import_price(nodal) * bought - connection.export_price(nodal) * sold
        curves.append(ResidualCurve(samples, paid))
    return curves


def _samples(least_mw: float, most_mw: float, drawn_mw: FloatArray) -> FloatArray:
    """Rising loads hour by hour, shape (samples, slots)."""
    even = np.linspace(least_mw, most_mw, _SAMPLES)
    samples = np.tile(even[:, None], (1, len(drawn_mw)))
    apart = np.abs(samples - drawn_mw)
    moved = np.flatnonzero(apart.min(axis=0) > _APART * (most_mw - least_mw))
    # The ends stay where they are.
    nearest = 1 + apart[1:-1].argmin(axis=0)
    samples[nearest[moved], moved] = drawn_mw[moved]
    return samples


class Payments:
    """Payments along curves, in fresh variables: a share of each sample, of two neighbours where a curve bends down.

    Attributes
    ----------
    total_usd : scalar expression
    """

    def __init__(self, curves: Sequence[ResidualCurve], slot_hours: float) -> None:
        self._curves = curves
        self._shares = [cp.Variable(curve.net_mw.shape, nonneg=True) for curve in curves]
        both = zip(curves, self._shares, strict=True)
        self.total_usd = slot_hours * cp.sum([cp.sum(cp.multiply(curve.paid_usd, share)) for curve, share in both])

    def restrict(self, declared: Declared) -> list[cp.Constraint]:
        """Sites draw what their shares of samples say."""
        rules: list[cp.Constraint] = []
        for decided, curve, shares in zip(declared.decisions, self._curves, self._shares, strict=True):
            drawn = decided.energy.import_mw - decided.energy.export_mw
            rules += [drawn == cp.sum(cp.multiply(curve.net_mw, shares), axis=0), cp.sum(shares, axis=0) == 1]
            bent = np.flatnonzero(~curve.is_convex)
            if len(bent):
                chord = cp.Variable((len(curve.net_mw) - 1, len(bent)), boolean=True)
                nothing = np.zeros((1, len(bent)))
                beside = cp.vstack([chord, nothing]) + cp.vstack([nothing, chord])
                rules += [shares[:, bent] <= beside, cp.sum(chord, axis=0) == 1]
        return rules
