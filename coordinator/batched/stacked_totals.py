"""Problems of totals side by side, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ..market import FloatArray, IntArray
from .totals import Totals

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class StackedTotals:
    """Totals of several agents; `Totals` says what they are. Parts of one total stand together.

    Parameters
    ----------
    agent_names : tuple of str, one a total
    total_of_part, first_part : arrays of shape (parts,) and (totals,)
    part_columns, part_of_column : arrays of int
        Variables of the market that are in a part, and in which.
    first_column : array of shape (parts,)
        One variable of each part.
    part_copy, part_weight : arrays of shape (parts,)
        The copy in the market whose rho bends a part, and how much.
    total_copy, total_of_copy, total_weight : arrays of shape (traded totals,)
    reserve_column, total_of_reserve, reserve_most : arrays of shape (reserves,)
    least, most : arrays of shape (totals,)
    has_best_part : array of shape (totals,)
    side_rows : sparse array of shape (side limits, variables of the market)
    side_limits, agent_of_side : arrays of shape (side limits,)
        The agent's position among those that were stacked.
    """

    agent_names: tuple[str, ...]
    total_of_part: IntArray
    first_part: IntArray
    part_columns: IntArray
    part_of_column: IntArray
    first_column: IntArray
    part_copy: IntArray
    part_weight: FloatArray
    total_copy: IntArray
    total_of_copy: IntArray
    total_weight: FloatArray
    reserve_column: IntArray
    total_of_reserve: IntArray
    reserve_most: FloatArray
    least: FloatArray
    most: FloatArray
    has_best_part: BoolArray
    side_rows: sp.csr_array
    side_limits: FloatArray
    agent_of_side: IntArray


def stacked_totals(
    names: Sequence[str], problems: Sequence[Totals], copies: Sequence[slice], columns: Sequence[slice], variables: int
) -> StackedTotals:
    """Stack problems.

    Parameters
    ----------
    names : sequence of str
        Of the agents whose problems these are.
    problems : sequence of Totals
    copies, columns : sequences of slice
        Where the goods and the variables of each problem stand in the market.
    variables : int
        Of the market.
    """
    totals_each, parts_each = [len(p.least) for p in problems], [len(p.part_trade) for p in problems]
    first_total, first_part = np.cumsum([0, *totals_each[:-1]]), np.cumsum([0, *parts_each[:-1]])
    first_copy, first_column = [place.start for place in copies], [place.start for place in columns]

    def shifted(name: str, by: Sequence[int] | IntArray) -> IntArray:
        return np.concatenate([getattr(p, name) + begin for p, begin in zip(problems, by, strict=True)]).astype(
            np.int64
        )

    def joined(name: str) -> FloatArray:
        return np.concatenate([getattr(p, name) for p in problems])

    total_of_part = shifted("total_of_part", first_total)
    part_columns = np.concatenate(
        [np.flatnonzero(p.part_of_column >= 0) + begin for p, begin in zip(problems, first_column, strict=True)]
    )
    part_of_column = np.concatenate(
        [p.part_of_column[p.part_of_column >= 0] + begin for p, begin in zip(problems, first_part, strict=True)]
    )
    _, first = np.unique(part_of_column, return_index=True)
    sides = [p.side_rows for p in problems]
    sides_each = [side.shape[0] for side in sides]
    first_side = np.cumsum([0, *sides_each[:-1]])
    side_rows = np.concatenate([side.row + begin for side, begin in zip(sides, first_side, strict=True)])
    side_columns = np.concatenate([side.col + begin for side, begin in zip(sides, first_column, strict=True)])
    entries = np.concatenate([side.data for side in sides])
    return StackedTotals(
        agent_names=tuple(np.repeat(names, totals_each).tolist()),
        total_of_part=total_of_part,
        first_part=np.flatnonzero(np.diff(total_of_part, prepend=-1)),
        part_columns=part_columns,
        part_of_column=part_of_column,
        first_column=part_columns[first],
        part_copy=shifted("part_trade", first_copy),
        part_weight=joined("part_factor") ** 2,
        total_copy=shifted("trade_of_total", first_copy),
        total_of_copy=shifted("total_of_trade", first_total),
        total_weight=joined("total_factor") ** 2,
        reserve_column=shifted("reserve_column", first_column),
        total_of_reserve=shifted("total_of_reserve", first_total),
        reserve_most=joined("reserve_most"),
        least=joined("least"),
        most=joined("most"),
        has_best_part=np.repeat([p.has_best_part for p in problems], totals_each),
        side_rows=sp.csr_array((entries, (side_rows, side_columns)), shape=(sum(sides_each), variables)),
        side_limits=joined("side_limits"),
        agent_of_side=np.repeat(np.arange(len(problems)), sides_each),
    )
