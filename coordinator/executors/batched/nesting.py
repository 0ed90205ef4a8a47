"""Nested sets: any two are disjoint, or one holds the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....agents.arrays import IntArray, Positions


@dataclass(frozen=True, eq=False)
class Nesting:
    """Nested sets of leaves, each before its subsets.

    Parameters
    ----------
    position : list of int
        Which set each of the given ones is.
    parent : list of int
        Smallest set that holds each set; -1 for the outermost.
    first : list of int
        A leaf of each set.
    innermost : array of shape (leaves,)
        Smallest set that each leaf is in; -1 for none.
    overlapping : list of int
        A leaf of each set that overlaps another without holding it or being held; these sets mean nothing.
    """

    position: list[int]
    parent: list[int]
    first: list[int]
    innermost: IntArray
    overlapping: list[int]


def nesting(sets: Sequence[Positions], leaves: int) -> Nesting:
    """Order sets by inclusion.

    Parameters
    ----------
    sets : sequence of arrays of int
        Members in rising order; the same set may come again.
    leaves : int
    """
    number: dict[bytes, int] = {}
    position = [number.setdefault(members.tobytes(), len(number)) for members in sets]
    distinct: list[Positions] = [np.zeros(0, dtype=np.int64)] * len(number)
    for index, members in zip(position, sets, strict=True):
        distinct[index] = members
    order = sorted(range(len(distinct)), key=lambda index: (-len(distinct[index]), distinct[index][0]))
    rank = [0] * len(order)
    innermost = np.full(leaves, -1, dtype=np.int64)
    parent, overlapping = [], []
    for place, index in enumerate(order):
        members = distinct[index]
        rank[index] = place
        around = innermost[members]
        if (around != around[0]).any():
            overlapping.append(int(members[0]))
        parent.append(int(around[0]))
        innermost[members] = place
    first = [int(distinct[index][0]) for index in order]
    return Nesting([rank[index] for index in position], parent, first, innermost, overlapping)
