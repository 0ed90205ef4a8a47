"""Problems of nested sums side by side: trees whose leaves are variables, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ..market import FloatArray, IntArray
from .nested_sums import NestedSums, outermost_set

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees of nested sums; a leaf holds what its variable is above its least value.

    Leaves of one tree stand together, and in it those of one node. Nodes of one depth stand together,
    the roots first.

    Parameters
    ----------
    tree_of_leaf, node_of_leaf : arrays of shape (leaves,)
        Roots are the first nodes: the tree's number is that of its root.
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
    node_weights, leaf_weights : sparse arrays of shape (nodes, copies) and (leaves, copies)
        What the rho of each copy adds.
    expressed : sparse array of shape (variables, leaves)
        All variables of the market are ``expressed @ leaves + least``; zero rows for other agents.
    least : array of shape (variables,)
    has_best_leaf : array of shape (trees,)
        Whether without any rho one leaf takes all.
    agent_names : tuple of str, one a tree
    """

    tree_of_leaf: IntArray
    node_of_leaf: IntArray
    first_leaf_of_tree: IntArray
    first_leaf_of_run: IntArray
    node_of_run: IntArray
    levels: tuple[slice, ...]
    parent: IntArray
    room: FloatArray
    need: FloatArray
    node_curvature: FloatArray
    leaf_curvature: FloatArray
    node_weights: sp.csr_array
    leaf_weights: sp.csr_array
    expressed: sp.csr_array
    least: FloatArray
    has_best_leaf: BoolArray
    agent_names: tuple[str, ...]


def forest(
    names: Sequence[str],
    problems: Sequence[NestedSums],
    copies: Sequence[slice],
    columns: Sequence[slice],
    shape: tuple[int, int],
) -> Forest:
    """Stack problems.

    Parameters
    ----------
    names : sequence of str
        Of the agents whose problems these are.
    problems : sequence of NestedSums
    copies, columns : sequence of slice
        Where the goods and the variables of each problem stand in the market.
    shape : tuple of int
        Numbers of copies and of variables in the market.
    """
    sets_each = [len(problem.parent) for problem in problems]
    first_set = np.cumsum([0, *sets_each[:-1]])
    parent = np.concatenate(
        [
            np.where(problem.parent < 0, -1, problem.parent + first)
            for problem, first in zip(problems, first_set, strict=True)
        ]
    )
    innermost = np.concatenate([problem.innermost + first for problem, first in zip(problems, first_set, strict=True)])
    depth = _depths(parent)
    order = np.argsort(depth, kind="stable")
    number = np.argsort(order)
    parent = np.where(parent[order] < 0, -1, number[parent[order]])
    node_of_leaf = number[innermost]
    tree_of_leaf = outermost_set(parent)[node_of_leaf]
    leaf_order = np.lexsort((node_of_leaf, tree_of_leaf))
    node_of_leaf, tree_of_leaf = node_of_leaf[leaf_order], tree_of_leaf[leaf_order]
    first_leaf_of_run = np.flatnonzero(np.diff(node_of_leaf, prepend=-1))
    trees = int((depth == 0).sum())
    lowest = np.concatenate([problem.lowest for problem in problems])[leaf_order]
    lowest_sum = np.bincount(tree_of_leaf, weights=lowest, minlength=trees)
    most = np.concatenate([problem.most for problem in problems])[order][:trees]
    least = np.concatenate([problem.least for problem in problems])[order][:trees]
    room = np.maximum(most - lowest_sum, 0.0)
    level_ends = np.cumsum([0, *np.bincount(depth)])
    expressed = _stacked([p.substitution.expressed for p in problems], columns, shape[1])[:, leaf_order]
    offsets = np.zeros(shape[1])
    for problem, where in zip(problems, columns, strict=True):
        offsets[where] = problem.substitution.offset
    has_best_leaf = np.repeat([problem.has_best_leaves for problem in problems], sets_each)
    names_of_sets = np.repeat(names, sets_each)
    return Forest(
        tree_of_leaf=tree_of_leaf,
        node_of_leaf=node_of_leaf,
        first_leaf_of_tree=np.flatnonzero(np.diff(tree_of_leaf, prepend=-1)),
        first_leaf_of_run=first_leaf_of_run,
        node_of_run=node_of_leaf[first_leaf_of_run],
        levels=tuple(slice(int(a), int(b)) for a, b in pairwise(level_ends)),
        parent=parent,
        room=room,
        need=np.clip(least - lowest_sum, 0.0, room),
        node_curvature=np.concatenate([problem.set_curvature for problem in problems])[order],
        leaf_curvature=np.concatenate([problem.leaf_curvature for problem in problems])[leaf_order],
        node_weights=sp.csr_array(
            _stacked([sp.csr_array(p.set_weights.T) for p in problems], copies, shape[0])[:, order].T
        ),
        leaf_weights=sp.csr_array(
            _stacked([sp.csr_array(p.leaf_weights.T) for p in problems], copies, shape[0])[:, leaf_order].T
        ),
        expressed=sp.csr_array(expressed),
        least=expressed @ lowest + offsets,
        has_best_leaf=has_best_leaf[order][:trees],
        agent_names=tuple(names_of_sets[order][:trees].tolist()),
    )


def _depths(parent: IntArray) -> IntArray:
    depth = np.zeros(len(parent), dtype=np.int64)
    for node in np.flatnonzero(parent >= 0):
        depth[node] = depth[parent[node]] + 1
    return depth


def _stacked(blocks: Sequence[sp.csr_array], places: Sequence[slice], height: int) -> sp.csc_array:
    """Blocks one beside the other, each in its own rows of a matrix of some height."""
    tall = [sp.csc_array((height, 0))]
    for block, place in zip(blocks, places, strict=True):
        columns = sp.csc_array(block)
        data = (columns.data, columns.indices + place.start, columns.indptr)
        tall.append(sp.csc_array(data, shape=(height, columns.shape[1])))
    return sp.csc_array(sp.hstack(tall, format="csc"))
