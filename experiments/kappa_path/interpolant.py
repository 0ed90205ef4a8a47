"""Functions of kappa through values at Chebyshev points, of the form that figures have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

from ...agents.arrays import FloatArray

# Added to kappa before it is inverted [$/kg], so that 0 has an inverse.
_SHIFT = 0.05


@dataclass(frozen=True)
class Form:
    """What figures are as functions of kappa, up to smooth remainders.

    Parameters
    ----------
    coordinate, kappa : callable
        From prices of emissions [$/kg] to what figures are polynomials of, and back.
    extra : tuple of callable
        Further functions of kappa that figures have shares of.
    """

    coordinate: Callable[[FloatArray], FloatArray]
    kappa: Callable[[FloatArray], FloatArray]
    extra: tuple[Callable[[FloatArray], FloatArray], ...]


def _itself(kappa: FloatArray) -> FloatArray:
    return kappa


def _inverse(kappa: FloatArray) -> FloatArray:
    return 1 / (kappa + _SHIFT)


def _of_inverse(inverse: FloatArray) -> FloatArray:
    return 1 / inverse - _SHIFT


# Quantities and prices are affine, and costs their products.
POLYNOMIAL = Form(_itself, _itself, ())
# A disclosed volume levels off as ``1 / kappa``, while the price of work rises with kappa for ever.
LEVELLING_OFF = Form(_inverse, _of_inverse, (_itself,))


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
    return form.kappa(first + (last - first) * shares)


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
    known, wanted = (_basis(form, ends, where, len(kappas)) for where in (kappas, at))
    return np.asarray(wanted @ np.linalg.lstsq(known, values, rcond=1e-13)[0])


def _basis(form: Form, ends: FloatArray, kappas: FloatArray, count: int) -> FloatArray:
    """Chebyshev polynomials of the coordinate and the form's further functions, as many as points: one column each."""
    place = (2 * form.coordinate(kappas) - ends.sum()) / (ends[1] - ends[0])
    columns = [function(kappas) for function in form.extra]
    return np.column_stack([chebyshev.chebvander(place, count - 1 - len(columns)), *columns])
