"""Variables that equalities define are expressed in the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents import CanonicalProblem
from ..market import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Substitution:
    """All variables from those that remain: ``x = expressed @ x[kept] + offset``.

    Parameters
    ----------
    kept, defined : arrays of int
        Positions of the variables that remain, and of those that the equalities define.
    expressed : sparse array of shape (variables, kept)
    offset : array of shape (variables,)
    """

    kept: IntArray
    defined: IntArray
    expressed: sp.csr_array
    offset: FloatArray


def substitution(problem: CanonicalProblem) -> Substitution | None:
    """Solve every equality for an unbounded variable of its own; None where that cannot be done.

    CVXPY writes the square of a sum in this way: as that of a new variable, and an equality.
    """
    rows = sp.csr_array(problem.A)
    free = np.isinf(problem.lower) & np.isinf(problem.upper)
    in_one_row = np.diff(problem.A.indptr) == 1
    candidates = np.flatnonzero(free & in_one_row)
    row_of_candidate = problem.A.indices[problem.A.indptr[candidates]]
    own_rows, first = np.unique(row_of_candidate, return_index=True)
    if len(own_rows) < len(problem.b):
        return None
    defined = candidates[first]
    kept = np.setdiff1d(np.arange(len(problem.c)), defined)
    pivots = problem.A.data[problem.A.indptr[defined]]
    n = len(problem.c)
    place = sp.csr_array((np.ones(len(defined)), (defined, np.arange(len(defined)))), shape=(n, len(defined)))
    identity = sp.csr_array((np.ones(len(kept)), (kept, np.arange(len(kept)))), shape=(n, len(kept)))
    solved = sp.diags_array(-1 / pivots) @ rows[:, kept] if len(defined) else rows[:, kept]
    offset = np.zeros(n)
    offset[defined] = problem.b / pivots
    return Substitution(kept, defined, sp.csr_array(identity + place @ solved), offset)
