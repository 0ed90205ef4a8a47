"""Answers near targets of all agents whose problems are nested sums."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ....agents.agent import AgentError
from ....agents.arrays import BoolArray, FloatArray
from .active_set import first_filled, misplaced
from .forest import Forest


class WaterFilling:
    """Trees filled to the level at which no leaf would gain, for one rho and any linear terms.

    Which leaves hold anything is found by primal-dual active sets: Hintermueller, Ito and Kunisch, "The
    primal-dual active set strategy as a semismooth Newton method", SIAM J. Optimization 13(3), 2003. The
    Hessian of nested sums is inverse to an M-matrix (it is a diagonal and an ultrametric one; Martinez,
    Michon and San Martin, SIAM J. Matrix Analysis 15(1), 1994), for which the method ends after finitely
    many steps from any start; it starts with the leaves that would hold something if no sum counted. For
    given leaves a sweep from the leaves to the roots and back solves the equations exactly, and limits cut off
    the sum at the root. For one set
    it is the water-filling of textbooks: a Newton method for the level.

    Parameters
    ----------
    trees : Forest
    rho : array of shape (copies,)
    T, P : sparse arrays
        Trades and quadratic cost of all variables of the market.
    """

    def __init__(self, trees: Forest, rho: FloatArray, T: sp.csr_array, P: sp.csr_array) -> None:
        self._trees = trees
        of_nodes, of_leaves = trees.weights.curvatures(rho, len(trees.node_curvature), trees.variable_of_leaf)
        self._curvature = trees.node_curvature + of_nodes
        leaf_curvature = trees.leaf_curvature + of_leaves
        # Where there is no room, leaves do not yield at all.
        self._tree_of_leaf, self._node_of_leaf = trees.tree_of_leaf, trees.node_of_leaf
        self._yielding = (trees.room > 0)[self._tree_of_leaf] / leaf_curvature
        least = trees.least
        self._pull = P @ least + T.T @ (rho * (T @ least))

    def solve(self, linear: FloatArray) -> FloatArray:
        """Variables of the market, those of other agents mean nothing.

        Parameters
        ----------
        linear : array of shape (variables,)
        """
        trees = self._trees
        slope = trees.slopes(linear + self._pull)
        # What a leaf would hold if its sums did not bend.
        wanted = -self._yielding * slope
        begins, group = trees.first_leaf_of_tree, self._tree_of_leaf
        filled = first_filled(wanted, begins, group)
        for _ in range(len(wanted) + 2):
            level = self._levels(wanted, filled)[self._node_of_leaf]
            taken = self._yielding * level
            held = wanted - taken
            changed = misplaced(held, taken, filled, slope, self._yielding, begins, group)
            if not len(changed):
                return trees.variables(np.maximum(held, 0.0))
            filled[changed] ^= True
        unsettled = trees.agent_names[trees.agent_of_tree[trees.tree_of_leaf[changed[0]]]]
        raise AgentError(f"agent {unsettled} has no response: the active sets of its nested sums do not settle")

    def _levels(self, wanted: FloatArray, filled: BoolArray) -> FloatArray:
        """Marginal cost of all sums around the leaves of each node, if exactly the filled leaves hold anything."""
        trees, curvature = self._trees, self._curvature
        supply, yielding = np.zeros(len(curvature)), np.zeros(len(curvature))
        supply[trees.node_of_run] = np.add.reduceat(wanted * filled, trees.first_leaf_of_run)
        yielding[trees.node_of_run] = np.add.reduceat(self._yielding * filled, trees.first_leaf_of_run)
        # A node holds (supply - yielding * level around it) * damping.
        damping = np.empty(len(curvature))
        for nodes in reversed(trees.levels[1:]):
            damping[nodes] = 1 / (1 + curvature[nodes] * yielding[nodes])
            np.add.at(supply, trees.parent[nodes], supply[nodes] * damping[nodes])
            np.add.at(yielding, trees.parent[nodes], yielding[nodes] * damping[nodes])
        roots = trees.levels[0]
        level = np.empty(len(curvature))
        damping[roots] = 1 / (1 + curvature[roots] * yielding[roots])
        unlimited = supply[roots] * damping[roots]
        held = np.clip(unlimited, trees.need, trees.room)
        limited = held != unlimited
        level[roots] = curvature[roots] * unlimited
        level[roots][limited] = (supply[roots][limited] - held[limited]) / yielding[roots][limited]
        for nodes in trees.levels[1:]:
            around = level[trees.parent[nodes]]
            level[nodes] = around + curvature[nodes] * (supply[nodes] - yielding[nodes] * around) * damping[nodes]
        return level
