"""Nested sums in order: trees whose leaves are variables, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ....agents.arrays import BoolArray, FloatArray, IntArray, one_if_equal
from .nested_sums import NestedSums, TradeWeights, outermost_set
from .substitution import Substitution


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees of nested sums; a leaf holds what its variable is above its least value.

    Leaves of one tree stand together, and in it those of one node. Nodes of one depth stand together,
    the roots first: a tree's number is that of its root.

    Parameters
    ----------
    variable_of_leaf : array of shape (leaves,)
    first_leaf_of_tree : array of shape (trees,)
    first_leaf_of_run, node_of_run : arrays of shape (runs,)
        Runs of leaves that hang on the same node.
    levels : tuple of slice
        Nodes of each depth.
    parent : array of shape (nodes,)
    room, need : arrays of shape (trees,)
        Most and least that the leaves of a tree hold together.
    node_curvature, leaf_curvature : arrays of shape (nodes,) and (leaves,)
        Without any rho.
    weights : TradeWeights
        What the rho of each copy adds.
    least : array of shape (variables,)
        Variables of the market at their least values; zero for other agents.
    has_best_leaf : array of shape (trees,)
        Whether without any rho one leaf takes all.
    agent_of_tree : array of shape (trees,)
    agent_names : sequence of str, one for each of the market's agents
    substitution : Substitution
    """

    variable_of_leaf: IntArray
    first_leaf_of_tree: IntArray
    first_leaf_of_run: IntArray
    node_of_run: IntArray
    levels: tuple[slice, ...]
    parent: IntArray
    room: FloatArray
    need: FloatArray
    node_curvature: FloatArray
    leaf_curvature: FloatArray
    weights: TradeWeights
    least: FloatArray
    has_best_leaf: BoolArray
    agent_of_tree: IntArray
    agent_names: Sequence[str]
    substitution: Substitution

    @property
    def node_of_leaf(self) -> IntArray:
        """Shape (leaves,), made anew."""
        leaves = np.diff(self.first_leaf_of_run, append=len(self.variable_of_leaf))
        return np.repeat(self.node_of_run, leaves)

    @property
    def tree_of_leaf(self) -> IntArray:
        """Shape (leaves,)."""
        leaves = np.diff(self.first_leaf_of_tree, append=len(self.variable_of_leaf))
        return np.repeat(np.arange(len(leaves)), leaves)

    def variables(self, held: FloatArray) -> FloatArray:
        """All variables of the market from what the leaves hold, those of other agents mean nothing."""
        x = self.least.copy()
        x[self.variable_of_leaf] += held
        x[self.substitution.defined] = 0.0
        return self.substitution.completed(x)

    def slopes(self, linear: FloatArray) -> FloatArray:
        """Linear term of each leaf, from that of the market's variables."""
        return np.asarray(self.substitution.gathered(linear)[self.variable_of_leaf])


def forest(nested: NestedSums, agent_names: Sequence[str]) -> Forest:
    """Order sets by depth, and leaves by the sets that they are in."""
    depth = _depths(nested.parent)
    order = np.argsort(depth, kind="stable")
    number = np.argsort(order)
    parent = np.where(nested.parent[order] < 0, -1, number[nested.parent[order]])
    node_of_leaf = number[nested.innermost]
    tree_of_leaf = outermost_set(parent)[node_of_leaf]
    leaf_order = np.lexsort((node_of_leaf, tree_of_leaf))
    node_of_leaf, tree_of_leaf = node_of_leaf[leaf_order], tree_of_leaf[leaf_order]
    first_leaf_of_run = np.flatnonzero(np.diff(node_of_leaf, prepend=-1))
    trees = int((depth == 0).sum())
    agent_of_tree = nested.agent_of_set[order][:trees]
    lowest = nested.lowest[leaf_order]
    lowest_sum = np.bincount(tree_of_leaf, weights=lowest, minlength=trees)
    most, least = nested.most[order][:trees], nested.least[order][:trees]
    room = np.maximum(most - lowest_sum, 0.0)
    variable_of_leaf = nested.leaves[leaf_order]
    at_least = np.zeros(len(nested.substitution.is_defined))
    at_least[variable_of_leaf] = lowest
    level_ends = np.cumsum([0, *np.bincount(depth)])
    return Forest(
        variable_of_leaf=variable_of_leaf.astype(np.int32),
        first_leaf_of_tree=np.flatnonzero(np.diff(tree_of_leaf, prepend=-1)),
        first_leaf_of_run=first_leaf_of_run,
        node_of_run=node_of_leaf[first_leaf_of_run],
        levels=tuple(slice(int(a), int(b)) for a, b in pairwise(level_ends)),
        parent=parent,
        room=room,
        need=np.clip(least - lowest_sum, 0.0, room),
        node_curvature=nested.set_curvature[order],
        leaf_curvature=one_if_equal(nested.leaf_curvature[leaf_order]),
        weights=replace(nested.weights, sets=number[nested.weights.sets]),
        least=one_if_equal(nested.substitution.completed(at_least)),
        has_best_leaf=nested.has_best_leaves[agent_of_tree],
        agent_of_tree=agent_of_tree,
        agent_names=agent_names,
        substitution=nested.substitution,
    )


def _depths(parent: IntArray) -> IntArray:
    depth = np.zeros(len(parent), dtype=np.int64)
    for node in np.flatnonzero(parent >= 0):
        depth[node] = depth[parent[node]] + 1
    return depth
