"""Functions of kappa through values at Chebyshev points, of the form that figures have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from ...agents.arrays import FloatArray


@dataclass(frozen=True)
class Form:
    """Polynomials of kappa, or of its inverse with a multiple of kappa.

    Ex post, quantities and prices are affine in kappa, and costs their products. Ex ante a disclosed volume levels off
    as ``1 / kappa`` does, while the price of work rises with kappa for ever.

    Parameters
    ----------
    shift : float or None
        Added to kappa before it is inverted [$/kg]; None where it is not.
    """

    shift: float | None

    def coordinate(self, kappas: FloatArray) -> FloatArray:
        """What figures are polynomials of."""
        return kappas if self.shift is None else 1 / (kappas + self.shift)

    def kappas(self, coordinates: FloatArray) -> FloatArray:
        """Prices of emissions [$/kg] from coordinates."""
        return coordinates if self.shift is None else 1 / coordinates - self.shift

    def basis(self, ends: FloatArray, kappas: FloatArray, count: int) -> FloatArray:
        """As many functions, one column each: Chebyshev polynomials between two coordinates, and kappa."""
        place = (2 * self.coordinate(kappas) - ends.sum()) / (ends[1] - ends[0])
        if self.shift is None:
            return chebyshev.chebvander(place, count - 1)
        return np.column_stack([chebyshev.chebvander(place, count - 2), kappas])


POLYNOMIAL = Form(None)


def levelling_off(low: float, high: float) -> Form:
    """The form of ex ante figures between two prices of emissions.

    Their poles lie below, so that little is added to kappa; zero has no inverse.
    """
    return Form(low / 10 if low > 0 else high)


def lobatto_kappas(form: Form, low: float, high: float, margin: float, count: int) -> FloatArray:
    """Prices of emissions at Chebyshev points of the coordinate, ascending, with both ends but for a margin.

    Those of ``count`` are among those of ``2 count - 1``.

    Parameters
    ----------
    margin : float
        In parts of the interval.
    """
    first, last = form.coordinate(np.array([low, high])).tolist()
    first, last = first + margin * (last - first), last - margin * (last - first)
    shares = (1 - np.cos(np.pi * np.arange(count) / (count - 1))) / 2
    return form.kappas(first + (last - first) * shares)


def interpolated(form: Form, kappas: FloatArray, values: FloatArray, at: FloatArray) -> FloatArray:
    """The functions of a form through values.

    Parameters
    ----------
    form : Form
    kappas : array of shape (points,)
    values : array of shape (points, functions)
    at : array of shape (places,)

    Returns
    -------
    array of shape (places, functions)
    """
    ends = form.coordinate(kappas[[0, -1]])
    known, wanted = (form.basis(ends, where, len(kappas)) for where in (kappas, at))
    return np.asarray(wanted @ np.linalg.lstsq(known, values, rcond=1e-13)[0])
