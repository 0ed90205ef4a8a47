"""Nested sets: any two are disjoint, or one holds the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..market import FloatArray, IntArray

Members = tuple[int, ...]


@dataclass(frozen=True)
class Multiple:
    """The sum of some variables, times a factor."""

    members: Members
    factor: float


def multiples_of_sums(rows: sp.csr_array) -> list[Multiple] | None:
    """Every row as a multiple of a sum; None if some row weighs its variables differently."""
    rows.eliminate_zeros()
    rows.sort_indices()
    result = []
    for begin, end in zip(rows.indptr[:-1], rows.indptr[1:], strict=True):
        factors: FloatArray = rows.data[begin:end]
        if len(factors) and (factors != factors[0]).any():
            return None
        members = tuple(int(column) for column in rows.indices[begin:end])
        result.append(Multiple(members, float(factors[0]) if members else 0.0))
    return result


@dataclass(frozen=True, eq=False)
class Nesting:
    """Nested sets of leaves, each before its subsets, so that every leaf is in one outermost set.

    Parameters
    ----------
    position : dict of set to int
        Sets of two leaves or more, and each leaf that is in none of these.
    parent : array of shape (sets,)
        Smallest set that holds each set; -1 for the outermost.
    innermost : array of shape (leaves,)
        Smallest set that each leaf is in.
    """

    position: dict[Members, int]
    parent: IntArray
    innermost: IntArray


def nesting(sums: Iterable[Members], leaves: int) -> Nesting | None:
    """Order sets by inclusion; None if two of them overlap otherwise. Sets of one leaf are left to the leaf."""
    sets = sorted({members for members in sums if len(members) > 1}, key=lambda members: (-len(members), members))
    innermost = np.full(leaves, -1, dtype=np.int64)
    parent = []
    for index, members in enumerate(sets):
        around = innermost[list(members)]
        if (around != around[0]).any():
            return None
        parent.append(int(around[0]))
        innermost[list(members)] = index
    alone = np.flatnonzero(innermost < 0)
    innermost[alone] = len(sets) + np.arange(len(alone))
    sets += [(int(leaf),) for leaf in alone]
    position = {members: index for index, members in enumerate(sets)}
    return Nesting(position, np.array([*parent, *(-1 for _ in alone)], dtype=np.int64), innermost)
