"""Pure best responses of all agents whose problems are nested sums: all from the best leaf."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import FloatArray
from .forest import Forest


class BestSellers:
    """Trees without rho: only the cheapest leaf of a tree holds anything beyond its least value.

    Where several are equally cheap it is the first. Trees that have no such leaf stay at their least values.

    Parameters
    ----------
    trees : Forest
    P : sparse array
        Quadratic cost of all variables of the market.
    """

    def __init__(self, trees: Forest, P: sp.csr_array) -> None:
        self._trees, self._P = trees, P

    def solve(self, linear: FloatArray) -> FloatArray:
        """Variables of the market, those of other agents mean nothing.

        Parameters
        ----------
        linear : array of shape (variables,)
        """
        trees = self._trees
        slope = trees.slopes(linear + self._P @ trees.least)
        tree_of_leaf = trees.tree_of_leaf
        lowest = np.minimum.reduceat(slope, trees.first_leaf_of_tree)
        ties = np.flatnonzero(slope == lowest[tree_of_leaf])
        _, first = np.unique(tree_of_leaf[ties], return_index=True)
        curvature = (
            trees.node_curvature[trees.levels[0]] + np.broadcast_to(trees.leaf_curvature, slope.shape)[ties[first]]
        )
        bends = curvature > 0
        wanted = np.where(lowest < 0, trees.room, 0.0)
        wanted[bends] = -lowest[bends] / curvature[bends]
        held = np.zeros(len(slope))
        held[ties[first]] = np.where(trees.has_best_leaf, np.clip(wanted, trees.need, trees.room), 0.0)
        return trees.variables(held)
