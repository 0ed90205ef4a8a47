"""Problems of one total in each hour: datacenters."""

from __future__ import annotations

from dataclasses import dataclass

import scipy.sparse as sp

from ....agents.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Totals:
    """Agents without curvature in which totals of variables above zero are limited and perhaps traded.

    A total has parts, each with a trade of its own, and perhaps a reserve, which is traded with the total
    only: bought energy, and energy that is there for free. A part is one variable, or the sum of several
    that nothing but side limits tells apart. Parts of one total stand together.

    Parameters
    ----------
    agents : array of int
        Their positions in the market.
    agent_of_total : array of shape (totals,)
        Which of them, counted in `agents`.
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
        Limits of each total.
    side_rows : sparse array of shape (side limits, variables of the market)
        ``side_rows @ x <= side_limits``, for limits of anything else.
    side_limits, agent_of_side : arrays of shape (side limits,)
    """

    agents: IntArray
    agent_of_total: IntArray
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
    side_rows: sp.csr_array
    side_limits: FloatArray
    agent_of_side: IntArray
