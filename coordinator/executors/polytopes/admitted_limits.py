"""Some limits of a polytope, few of all, and the way back to where they are kept."""

from __future__ import annotations

from collections.abc import Sequence

import daqp
import numpy as np

from ....agents.arrays import FloatArray
from .polytope import Polytope


class AdmittedLimits:
    """Some limits of one block of a polytope, in the metric of one rho.

    A limit's row says, through the map's factors, how far each trade yields to it: for a line of a grid
    these are its distribution factors. The way back lies in the span of such vectors. In an orthonormal
    basis of it DAQP, a dual active-set method exact to rounding, searches from no active limit.

    Parameters
    ----------
    polytope : Polytope
    rho : array of shape (trades,)
    block : int
    rows : sequence of int
        The admitted limits, as rows of the polytope.

    Attributes
    ----------
    variables : array of int
        Of the block.
    """

    def __init__(self, polytope: Polytope, rho: FloatArray, block: int, rows: Sequence[int]) -> None:
        self.variables = np.flatnonzero(polytope.block_of_variable == block)
        trades = np.flatnonzero(polytope.block_of_trade == block)
        # DAQP's tolerances are absolute: let them be in units of the trades.
        yielding = np.sqrt(np.median(rho[trades]) / rho[trades])[:, None]
        gradients = polytope.rows[list(rows)].toarray()
        factors = polytope.map.solve(np.asfortranarray(gradients.T), trans="T")[trades]
        basis, coordinates = np.linalg.qr(yielding * factors)
        steps = np.zeros((len(gradients.T), basis.shape[1]), order="F")
        steps[trades] = yielding * basis
        self._steps = polytope.map.solve(steps)[self.variables]
        self._daqp = daqp.Model()
        self._daqp.settings = {"primal_tol": 1e-9, "eps_prox": 0.0}
        dimensions, count = coordinates.shape
        self._sense = np.zeros(count, dtype=np.int32)
        self._daqp.setup(
            np.eye(dimensions),
            np.zeros(dimensions),
            np.ascontiguousarray(coordinates.T),
            np.zeros(count),
            np.full(count, -np.inf),
            self._sense,
        )

    def way_back(self, room: FloatArray) -> FloatArray | None:
        """Shortest change of the block's variables after which the admitted limits are kept.

        None if DAQP does not find it: there is none, or it cycles.

        Parameters
        ----------
        room : array of shape (admitted limits,)
            Limit less value of the rows, negative where a limit is broken.
        """
        # Told the sense anew, DAQP forgets its last active set.
        self._daqp.update(bupper=room, sense=self._sense)
        coordinates, _, flag, _ = self._daqp.solve()
        return np.asarray(self._steps @ coordinates) if flag > 0 else None
