"""Problems of nested sums: consumers and producers, recognised from their matrices and not from their kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents import CanonicalProblem
from ..market import FloatArray, IntArray
from .nesting import Multiple, Nesting, multiples_of_sums, nesting
from .substitution import Substitution, substitution


@dataclass(frozen=True, eq=False)
class NestedSums:
    """A problem whose squares and trades are sums over nested sets of variables that are bounded from below.

    Its Hessian is a diagonal and a multiple of ones for each set; what a trade bends, its rho says.

    Parameters
    ----------
    substitution : Substitution
        The variables that remain are the leaves.
    parent, innermost : arrays of shape (sets,) and (leaves,)
        As in `Nesting`.
    set_weights, leaf_weights : sparse arrays of shape (sets, goods) and (leaves, goods)
        What the rho of each good adds to the curvature.
    set_curvature, leaf_curvature : arrays of shape (sets,) and (leaves,)
        Curvature without any rho.
    lowest : array of shape (leaves,)
    least, most : arrays of shape (sets,)
        Limits of each set's sum; finite for outermost sets only.
    """

    substitution: Substitution
    parent: IntArray
    innermost: IntArray
    set_weights: sp.csr_array
    leaf_weights: sp.csr_array
    set_curvature: FloatArray
    leaf_curvature: FloatArray
    lowest: FloatArray
    least: FloatArray
    most: FloatArray

    @property
    def has_best_leaves(self) -> bool:
        """Whether without any rho one leaf of each outermost set takes all, and not without end."""
        outermost = self.parent < 0
        bends_within = self.leaf_curvature.any() or self.set_curvature[~outermost].any()
        ends = np.isfinite(self.most[outermost]) | (self.set_curvature[outermost] > 0)
        return not bends_within and bool(ends.all())


def nested_sums(problem: CanonicalProblem) -> NestedSums | None:
    """Recognise a problem of nested sums; None if it is another one, or has no solution."""
    substituted = substitution(problem)
    if substituted is None or not len(substituted.kept) or sp.triu(problem.P, k=1).count_nonzero():
        return None
    expressed = substituted.expressed
    curvature = problem.P.diagonal()
    bent = np.flatnonzero(curvature)
    trades = multiples_of_sums(sp.csr_array(problem.T @ expressed))
    squares = multiples_of_sums(expressed[bent])
    limits = multiples_of_sums(sp.csr_array(problem.G @ expressed))
    if trades is None or squares is None or limits is None:
        return None
    nested = nesting((sum_.members for sum_ in [*trades, *squares, *limits]), len(substituted.kept))
    if nested is None:
        return None
    bounds = _bounds(problem, substituted, nested, limits)
    if bounds is None:
        return None
    set_weights, leaf_weights = _curvatures(trades, np.ones(len(trades)), nested)
    set_squares, leaf_squares = _curvatures(squares, curvature[bent], nested)
    every_square = np.ones(len(squares))
    leaf_curvature = leaf_squares @ every_square
    # With every rho above 0 each leaf must have curvature of its own.
    if not (leaf_weights @ np.ones(len(trades)) + leaf_curvature > 0).all():
        return None
    return NestedSums(
        substituted,
        nested.parent,
        nested.innermost,
        set_weights,
        leaf_weights,
        set_squares @ every_square,
        leaf_curvature,
        *bounds,
    )


def _curvatures(sums: list[Multiple], weights: FloatArray, nested: Nesting) -> tuple[sp.csr_array, sp.csr_array]:
    """Weight of each sum's square, shape (sets, sums), and shape (leaves, sums) for those of one leaf."""
    of_sets, of_leaves = [], []
    for column, (sum_, weight) in enumerate(zip(sums, weights, strict=True)):
        value = weight * sum_.factor**2
        if len(sum_.members) == 1:
            of_leaves.append((value, sum_.members[0], column))
        elif sum_.members:
            of_sets.append((value, nested.position[sum_.members], column))
    return (
        _from_triples(of_sets, (len(nested.parent), len(sums))),
        _from_triples(of_leaves, (len(nested.innermost), len(sums))),
    )


def _from_triples(triples: list[tuple[float, int, int]], shape: tuple[int, int]) -> sp.csr_array:
    values, rows, columns = zip(*triples, strict=True) if triples else ((), (), ())
    places = (np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64))
    return sp.csr_array((np.array(values, dtype=np.float64), places), shape=shape)


def _bounds(
    problem: CanonicalProblem, substituted: Substitution, nested: Nesting, limits: list[Multiple]
) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    """Least values of leaves, and limits of sets; None if others than outermost sets are limited from above."""
    lowest, highest = problem.lower[substituted.kept], problem.upper[substituted.kept]
    least, most = np.full(len(nested.parent), -np.inf), np.full(len(nested.parent), np.inf)
    for leaf in np.flatnonzero(np.isfinite(highest)):
        alone = nested.position.get((int(leaf),))
        if alone is None:
            return None
        most[alone] = highest[leaf]
    for sum_, limit in zip(limits, problem.h - problem.G @ substituted.offset, strict=True):
        index = nested.position.get(sum_.members)
        if index is None or nested.parent[index] >= 0:
            return None
        if sum_.factor > 0:
            most[index] = min(most[index], limit / sum_.factor)
        else:
            least[index] = max(least[index], limit / sum_.factor)
    outermost_sums = np.zeros(len(nested.parent))
    outermost = outermost_set(nested.parent)
    np.add.at(outermost_sums, outermost[nested.innermost], lowest)
    least = np.maximum(least, outermost_sums)
    # Obligations of 1/7 each may take up more than 1 by rounding, and still be met.
    widened = np.maximum(most, least)
    beyond_rounding = ~np.isclose(widened, most, rtol=1e-9, atol=1e-12)
    if not np.isfinite(lowest).all() or beyond_rounding.any():
        return None
    return lowest, least, widened


def outermost_set(parent: IntArray) -> IntArray:
    """The outermost set around each set, shape (sets,); a set stands behind those that hold it."""
    result = np.arange(len(parent))
    for index in np.flatnonzero(parent >= 0):
        result[index] = result[parent[index]]
    return result
