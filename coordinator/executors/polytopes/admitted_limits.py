"""The limits of a polytope that have ever been broken, few of all, and the way back to where they are kept."""

from __future__ import annotations

import daqp
import numpy as np

from ....agents.arrays import FloatArray, IntArray
from .polytope import Polytope

# Searches after which a limit that did not bind in any of them is forgotten, when others are admitted.
_FORGOTTEN_AFTER = 10


class AdmittedLimits:
    """Some limits of one block of a polytope, in the metric of one rho.

    A limit's row says, through the map's factors, how far each trade yields to it: for a line of a grid
    these are its distribution factors. The way back lies in the span of such vectors. In an orthonormal
    basis of it DAQP, a dual active-set method exact to rounding, searches from its last active set.

    Parameters
    ----------
    polytope : Polytope
    rho : array of shape (trades,)
    block : int

    Attributes
    ----------
    variables : array of int
        Of the block.
    rows : array of int
        The admitted limits, as rows of the polytope.
    """

    def __init__(self, polytope: Polytope, rho: FloatArray, block: int) -> None:
        self._polytope = polytope
        self.variables = np.flatnonzero(polytope.block_of_variable == block)
        self._trades = np.flatnonzero(polytope.block_of_trade == block)
        own = rho[self._trades]
        # DAQP's tolerances are absolute: let them be in units of the trades.
        self._yielding = np.sqrt(np.median(own) / own)[:, None]
        self.rows = np.zeros(0, dtype=np.int64)
        self._factors = np.zeros((len(own), 0))
        self._last_bound = np.zeros(0, dtype=np.int64)

    def admit(self, rows: IntArray, search: int) -> None:
        """Admit limits in the search of some number, and forget those that have not bound for long."""
        kept = self._last_bound >= search - _FORGOTTEN_AFTER
        map_, gradients = self._polytope.map, self._polytope.rows[rows].toarray()
        factors = map_.solve(np.asfortranarray(gradients.T), trans="T")[self._trades]
        self.rows = np.concatenate([self.rows[kept], rows])
        self._factors = np.hstack([self._factors[:, kept], factors])
        self._last_bound = np.concatenate([self._last_bound[kept], np.full(len(rows), search)])
        basis, coordinates = np.linalg.qr(self._yielding * self._factors)
        steps = np.zeros((len(gradients.T), basis.shape[1]), order="F")
        steps[self._trades] = self._yielding * basis
        self._steps = map_.solve(steps)[self.variables]
        self._daqp = daqp.Model()
        self._daqp.settings = {"primal_tol": 1e-9, "eps_prox": 0.0}
        dimensions, count = coordinates.shape
        self._daqp.setup(
            np.eye(dimensions),
            np.zeros(dimensions),
            np.ascontiguousarray(coordinates.T),
            np.zeros(count),
            np.full(count, -np.inf),
            np.zeros(count, dtype=np.int32),
        )

    def way_back(self, room: FloatArray, search: int) -> FloatArray | None:
        """Shortest change of the block's variables after which the admitted limits are kept.

        None if DAQP does not find it: there is none, or it cycles.

        Parameters
        ----------
        room : array of shape (admitted limits,)
            Limit less value of the rows, negative where a limit is broken.
        search : int
            Number of the search.
        """
        self._daqp.update(bupper=room)
        coordinates, _, flag, details = self._daqp.solve()
        if flag <= 0:
            return None
        self._last_bound[details["lam"] != 0] = search
        return np.asarray(self._steps @ coordinates)
