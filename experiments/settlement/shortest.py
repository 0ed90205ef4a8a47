"""The shortest vector within linear constraints, by a dense active-set method, which needs no interior."""

from __future__ import annotations

import daqp
import numpy as np

from ...agents.arrays import FloatArray
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme

_EQUALITY = 5
# Of rows whose largest entry is 1.
_TOLERANCE = 1e-9
# Variables up to which dense factors are a matter of seconds.
_MOST = 1500


def shortest(programme: QuadraticProgramme) -> FloatArray | None:
    """The point with the least 2-norm; None if DAQP does not find it, or for too many variables.

    Arnstroem, Bemporad and Axehill, "A dual active-set solver for embedded quadratic programming using
    recursive LDL' updates", IEEE Trans. Automatic Control 67(8), 2022.

    Parameters
    ----------
    programme : QuadraticProgramme
        Of which only the constraints count.
    """
    q = programme
    if len(q.c) > _MOST:
        return None
    equal, at_most = q.A.toarray(), q.G.toarray()
    # Tightly held rows come with large entries, of which an absolute tolerance would ask too many digits.
    largest = np.maximum(np.abs(at_most).max(axis=1, initial=0.0), 1e-300)
    sense = np.zeros(len(q.c) + len(q.b) + len(q.h), dtype=np.int32)
    sense[len(q.c) : len(q.c) + len(q.b)] = _EQUALITY
    model = daqp.Model()
    model.settings = {"primal_tol": _TOLERANCE, "eps_prox": 0.0}
    flag, _ = model.setup(
        np.eye(len(q.c)),
        np.zeros(len(q.c)),
        np.vstack([equal, at_most / largest[:, None]]),
        np.concatenate([q.upper, q.b, q.h / largest]),
        np.concatenate([q.lower, q.b, np.full(len(q.h), -np.inf)]),
        sense,
    )
    if flag < 0:
        return None
    x, _, flag, _ = model.solve()
    return np.asarray(x) if flag > 0 else None
