"""All agents' canonical problems side by side, as block-diagonal matrices that everybody shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ..arrays import BoolArray, FloatArray, IntArray
from .canonical_problem import CanonicalProblem


@dataclass(frozen=True, eq=False)
class StackedMatrices:
    """Minimise ``x @ P @ x / 2 + c @ x`` subject to ``A x = b``, ``G x <= h`` and bounds; trades are ``T x + offset``.

    All agents' variables, equalities, inequalities and goods stand one agent after the other.

    Parameters
    ----------
    P, rows, T : sparse arrays of shape (variables, variables), (rows, variables) and (copies, variables)
        With sorted 32-bit indices, and without zeros; `rows` are A and below it G.
    c : array of shape (variables,)
    b, h, trade_offset, constants : arrays of shape (equalities,), (inequalities,), (copies,), (agents,)
    variables, equalities, inequalities, copies : arrays of int, shape (agents + 1,)
        Where each agent's begin; the last one is how many there are.
    problems : sequence of CanonicalProblem
    """

    P: sp.csr_array
    c: FloatArray
    rows: sp.csr_array
    b: FloatArray
    h: FloatArray
    T: sp.csr_array
    trade_offset: FloatArray
    constants: FloatArray
    variables: IntArray
    equalities: IntArray
    inequalities: IntArray
    copies: IntArray
    problems: Sequence[CanonicalProblem]

    @cached_property
    def variables_of_agents(self) -> ByAgent:
        """Whose each variable is."""
        return ByAgent(np.diff(self.variables))

    @cached_property
    def equalities_of_agents(self) -> ByAgent:
        """Whose each equality is."""
        return ByAgent(np.diff(self.equalities))

    @property
    def curvature(self) -> FloatArray:
        """Diagonal of P, made anew."""
        return np.asarray(self.P.diagonal())

    @cached_property
    def curved(self) -> tuple[IntArray, FloatArray]:
        """Variables with curvature of their own, hardly any, and that curvature."""
        curvature = self.curvature
        variables = np.flatnonzero(curvature)
        return variables, curvature[variables]

    def bounds(self) -> tuple[FloatArray, FloatArray]:
        """Least and largest values of all variables, made anew: they are for set-up."""
        lower, upper = (np.concatenate([getattr(p, name) for p in self.problems]) for name in ("lower", "upper"))
        return lower, upper

    def sides(self) -> tuple[BoolArray, BoolArray]:
        """Which copies can be supplied, and which taken, by the signs of bounds and offsets: shape (copies,) each.

        Made anew. A variable that is fixed at zero has both signs: it belongs to somebody without capacity.
        """
        copy = np.repeat(np.arange(self.T.shape[0]), np.diff(self.T.indptr))
        lower, upper = (bound[self.T.indices] for bound in self.bounds())
        rises, is_fixed = self.T.data > 0, upper == lower
        goes_up, goes_down = (upper > 0) | is_fixed, (lower < 0) | is_fixed
        supplied, taken = self.trade_offset > 0, self.trade_offset < 0
        supplied[copy[np.where(rises, goes_up, goes_down)]] = True
        taken[copy[np.where(rises, goes_down, goes_up)]] = True
        return supplied, taken

    @cached_property
    def equality_rows(self) -> sp.csr_array:
        """Equalities, which share the numbers of `rows`."""
        return _rows_between(self.rows, 0, len(self.b))

    @property
    def inequality_rows(self) -> sp.csr_array:
        """Inequalities, made anew: they are for set-up."""
        return _rows_between(self.rows, len(self.b), self.rows.shape[0])

    @cached_property
    def from_trades(self) -> sp.csc_array:
        """From copies to variables; it shares the numbers of T."""
        return self.T.T

    @cached_property
    def from_rows(self) -> sp.csc_array:
        """From rows to variables; it shares the numbers of `rows`."""
        return self.rows.T

    def costs(self, x: FloatArray) -> FloatArray:
        """Each agent's own cost [$] at variables of shape (variables,)."""
        marginal = self.P @ x
        marginal /= 2
        marginal += self.c
        marginal *= x
        return self.variables_of_agents.sums(marginal) + self.constants


def stacked_matrices(problems: Sequence[CanonicalProblem]) -> StackedMatrices:
    """Stack canonical problems."""
    c, b, h, trade_offset = (
        np.concatenate([getattr(problem, name) for problem in problems]) for name in ("c", "b", "h", "trade_offset")
    )
    if not trade_offset.any():
        trade_offset = np.broadcast_to(0.0, len(trade_offset))
    variables, equalities, inequalities, copies = (
        np.cumsum([0, *(len(getattr(problem, name)) for problem in problems)])
        for name in ("c", "b", "h", "trade_offset")
    )
    P, A, G, T = (
        _block_diagonal([getattr(problem, name) for problem in problems], begins, variables)
        for name, begins in (("P", variables), ("A", equalities), ("G", inequalities), ("T", copies))
    )
    constants = np.array([problem.constant for problem in problems])
    rows = sp.csr_array(sp.vstack([A, G], format="csr"))
    return StackedMatrices(
        P, c, rows, b, h, T, trade_offset, constants, variables, equalities, inequalities, copies, problems
    )


class ByAgent:
    """Values that stand one agent after the other.

    Parameters
    ----------
    count : array of int, shape (agents,)
        How many each agent has.
    """

    def __init__(self, count: IntArray) -> None:
        self.count = count
        self._filled = np.flatnonzero(count)
        self._begins = (np.cumsum(count) - count)[self._filled]

    def sums(self, values: FloatArray) -> FloatArray:
        """Each agent's sum, shape (agents,)."""
        return self._reduced(np.add, values, 0.0)

    def least(self, values: FloatArray) -> FloatArray:
        """Each agent's least value, infinite for agents without any, shape (agents,)."""
        return self._reduced(np.minimum, values, np.inf)

    def repeated(self, of_agent: FloatArray) -> FloatArray:
        """A value of each agent, for each of its values."""
        return np.repeat(of_agent, self.count)

    def _reduced(self, reduce: np.ufunc, values: FloatArray, of_none: float) -> FloatArray:
        result = np.full(len(self.count), of_none)
        if len(self._filled):
            result[self._filled] = reduce.reduceat(values, self._begins)
        return result


def owners(begins: IntArray) -> IntArray:
    """Whose each one is, from where each agent's begin."""
    return np.repeat(np.arange(len(begins) - 1), np.diff(begins))


def _rows_between(matrix: sp.csr_array, begin: int, end: int) -> sp.csr_array:
    first, last = matrix.indptr[begin], matrix.indptr[end]
    data = (matrix.data[first:last], matrix.indices[first:last], matrix.indptr[begin : end + 1] - first)
    return sp.csr_array(data, shape=(end - begin, matrix.shape[1]))


def _block_diagonal(blocks: list[sp.csc_array], above: IntArray, beside: IntArray) -> sp.csr_array:
    """What SciPy's block_diag gives, without its cost for each block.

    Parameters
    ----------
    blocks : list of sparse arrays
    above, beside : arrays of int, shape (blocks + 1,)
        Where each block's rows and columns begin; the last ones are how many there are.
    """
    before = np.cumsum([0, *(len(block.indices) for block in blocks)])
    indices = np.concatenate([block.indices for block in blocks], dtype=np.int32, casting="same_kind")
    indices += np.repeat(above[:-1].astype(np.int32), np.diff(before))
    begins = np.concatenate([block.indptr[:-1] for block in blocks], dtype=np.int32, casting="same_kind")
    begins += np.repeat(before[:-1].astype(np.int32), np.diff(beside))
    begins = np.append(begins, before[-1:].astype(np.int32))
    data = np.concatenate([block.data for block in blocks])
    result = sp.csc_array((data, indices, begins), shape=(above[-1], beside[-1])).tocsr()
    if not data.all():
        result.eliminate_zeros()
    return result
