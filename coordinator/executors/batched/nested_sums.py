"""Problems of nested sums: consumers and producers, recognised from their matrices and not from their kind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import BoolArray, FloatArray, IntArray, Positions
from ....agents.canonical.stacked_matrices import StackedMatrices, owners
from .nesting import nesting
from .substitution import Substitution, substitution


@dataclass(frozen=True, eq=False)
class NestedSums:
    """Agents whose squares and trades are sums over nested sets of variables that are bounded from below.

    Their Hessian is a diagonal and a multiple of ones for each set; what a trade bends, its rho says.

    Parameters
    ----------
    substitution : Substitution
    is_recognised : array of bool, shape (agents,)
    leaves : array of int
        Variables that remain, agent by agent.
    innermost : array of shape (leaves,)
        Smallest set that each leaf is in.
    parent : array of shape (sets,)
        Smallest set that holds each set, and stands before it; -1 for the outermost.
    agent_of_set : array of shape (sets,)
    set_curvature, leaf_curvature : arrays of shape (sets,) and (leaves,)
        Curvature without any rho.
    lowest : array of shape (leaves,)
    least, most : arrays of shape (sets,)
        Limits of each set's sum, for outermost sets.
    weights : TradeWeights
        What the rho of each copy adds to the curvature.
    """

    substitution: Substitution
    is_recognised: BoolArray
    leaves: IntArray
    innermost: IntArray
    parent: IntArray
    agent_of_set: IntArray
    set_curvature: FloatArray
    leaf_curvature: FloatArray
    lowest: FloatArray
    least: FloatArray
    most: FloatArray
    weights: TradeWeights

    @cached_property
    def has_best_leaves(self) -> BoolArray:
        """Agents of whose outermost sets, without any rho, one leaf takes all, and not without end."""
        result = self.is_recognised.copy()
        # What bends the only leaf of an outermost set bends the set.
        is_lone = (np.bincount(self.innermost, minlength=len(self.parent)) == 1) & (self.parent < 0)
        is_lone[self.parent[self.parent >= 0]] = False
        bent = self.innermost[self.leaf_curvature > 0]
        result[self.agent_of_set[bent[~is_lone[bent]]]] = False
        is_outermost, bends = self.parent < 0, self.set_curvature > 0
        bends[bent[is_lone[bent]]] = True
        has_end = np.isfinite(self.most) | bends
        result[self.agent_of_set[np.where(is_outermost, ~has_end, bends)]] = False
        return result


@dataclass(frozen=True, eq=False)
class TradeWeights:
    """Squares of trades: of one leaf, or of a set.

    Parameters
    ----------
    trades : sparse array of shape (copies, variables)
        In variables that remain.
    is_counted : array of bool, shape (agents,)
    agent_begins : array of int, shape (agents + 1,)
        Where each agent's copies begin.
    set_copies, sets : arrays of int
        Copies that are the sum of a set, and which.
    """

    trades: sp.csr_array
    is_counted: BoolArray
    agent_begins: IntArray
    set_copies: IntArray
    sets: IntArray

    def curvatures(self, rho: FloatArray, sets: int, variable_of_leaf: IntArray) -> tuple[FloatArray, FloatArray]:
        """What the rho of each copy adds to the curvature of sets and of leaves."""
        indptr, data = self.trades.indptr, self.trades.data
        of_one = np.flatnonzero((np.diff(indptr) == 1) & np.repeat(self.is_counted, np.diff(self.agent_begins)))
        entries = indptr[of_one]
        to_variables = rho[of_one] * data[entries] ** 2
        to_sets = rho[self.set_copies] * data[indptr[self.set_copies]] ** 2
        of_variables = np.bincount(self.trades.indices[entries], to_variables, minlength=self.trades.shape[1])
        of_sets = np.bincount(self.sets, to_sets, minlength=sets)
        return np.asarray(of_sets, dtype=np.float64), np.asarray(of_variables[variable_of_leaf], dtype=np.float64)


def nested_sums(stacked: StackedMatrices) -> NestedSums:
    """Recognise the agents whose problems are nested sums, and have a solution."""
    return _Recognition(stacked).result()


class _Sums:
    """Rows that are multiples of sums of variables."""

    def __init__(self, rows: sp.csr_array, agents: IntArray, is_recognised: BoolArray) -> None:
        self.rows, self.agents = rows, agents
        self.size = np.diff(rows.indptr)
        filled = np.flatnonzero(self.size)
        begins = rows.indptr[filled]
        self.factor = np.zeros(len(self.size))
        self.factor[filled] = rows.data[begins]
        if len(filled):
            uneven = np.minimum.reduceat(rows.data, begins) != np.maximum.reduceat(rows.data, begins)
            is_recognised[agents[filled[uneven]]] = False

    def of_one(self, is_recognised: BoolArray) -> tuple[IntArray, Positions]:
        """Rows of one variable, and that variable."""
        rows = np.flatnonzero((self.size == 1) & is_recognised[self.agents])
        return rows, self.rows.indices[self.rows.indptr[rows]]

    def of_several(self, is_recognised: BoolArray) -> tuple[IntArray, list[Positions]]:
        """Rows of several variables, and these."""
        rows = np.flatnonzero((self.size > 1) & is_recognised[self.agents])
        bounds = zip(self.rows.indptr[rows].tolist(), self.rows.indptr[rows + 1].tolist(), strict=True)
        # Equal sets are told by their bytes.
        indices = self.rows.indices.astype(np.int32, copy=False)
        return rows, [indices[begin:end] for begin, end in bounds]


class _Recognition:
    """Agents fall out one reason after the other; those that remain are recognised."""

    def __init__(self, stacked: StackedMatrices) -> None:
        self._stacked = stacked
        self._agent = owners(stacked.variables)
        self._substitution = solved = substitution(stacked)
        self._is_recognised = recognised = solved.solved.copy()
        self._lower, self._upper = stacked.bounds()
        P = stacked.P
        beside = np.flatnonzero(np.repeat(np.arange(len(stacked.c)), np.diff(P.indptr)) != P.indices)
        mixed = P.indices[beside[P.data[beside] != 0]]
        recognised[self._agent[mixed]] = False
        self._bent, self._curvature = stacked.curved
        every = sp.csr_array(
            (np.ones(len(self._bent)), self._bent, np.arange(len(self._bent) + 1)),
            shape=(len(self._bent), len(stacked.c)),
        )
        self._trades = _Sums(solved.expressed(stacked.T), owners(stacked.copies), recognised)
        self._squares = _Sums(solved.expressed(every), self._agent[self._bent], recognised)
        self._limits = _Sums(solved.expressed(stacked.inequality_rows), owners(stacked.inequalities), recognised)
        is_kept = ~solved.is_defined
        recognised[np.bincount(self._agent[is_kept], minlength=len(recognised)) == 0] = False
        recognised[self._agent[is_kept & ~np.isfinite(self._lower)]] = False
        self._is_kept = is_kept

    def result(self) -> NestedSums:
        recognised, agent = self._is_recognised, self._agent
        families = (self._trades, self._squares, self._limits)
        several = [sums.of_several(recognised) for sums in families]
        nested = nesting([members for _, sets in several for members in sets], len(agent))
        recognised[agent[nested.overlapping]] = False
        # Sets that remain, and each leaf that is in none of these.
        innermost, set_agent = nested.innermost, agent[np.array(nested.first, dtype=np.int64)]
        alone = np.flatnonzero(self._is_kept & recognised[agent] & (innermost < 0))
        innermost[alone] = len(set_agent) + np.arange(len(alone))
        parent = np.concatenate([np.array(nested.parent, dtype=np.int64), np.full(len(alone), -1)])
        agent_of_set = np.concatenate([set_agent, agent[alone]])
        set_of_row = np.split(np.array(nested.position, dtype=np.int64), np.cumsum([len(rows) for rows, _ in several]))
        least, most = self._limits_of_sets(
            innermost, parent, agent_of_set, len(set_agent), several[2][0], set_of_row[2]
        )
        leaf_curvature, set_curvature = np.zeros(len(agent)), np.zeros(len(parent))
        rows, variables = self._squares.of_one(recognised)
        curvature = self._curvature
        np.add.at(leaf_curvature, variables, curvature[rows] * self._squares.factor[rows] ** 2)
        rows = several[1][0]
        np.add.at(set_curvature, set_of_row[1], curvature[rows] * self._squares.factor[rows] ** 2)
        self._refuse_leaves_that_never_bend(leaf_curvature)
        return self._of_recognised(
            innermost, parent, agent_of_set, set_curvature, leaf_curvature, least, most, several[0][0], set_of_row[0]
        )

    def _refuse_leaves_that_never_bend(self, leaf_curvature: FloatArray) -> None:
        """With every rho above 0 each leaf must have curvature of its own."""
        bends = leaf_curvature > 0
        bends[self._trades.of_one(self._is_recognised)[1]] = True
        self._is_recognised[self._agent[self._is_kept & ~bends]] = False

    def _limits_of_sets(
        self,
        innermost: IntArray,
        parent: IntArray,
        agent_of_set: IntArray,
        large: int,
        rows_of_several: IntArray,
        set_of_row: IntArray,
    ) -> tuple[FloatArray, FloatArray]:
        """Least and most of each set's sum; others than outermost sets must not be limited from above."""
        stacked, recognised, agent = self._stacked, self._is_recognised, self._agent
        least, most = np.full(len(parent), -np.inf), np.full(len(parent), np.inf)
        bounded = np.flatnonzero(self._is_kept & recognised[agent] & np.isfinite(self._upper))
        is_alone = innermost[bounded] >= large
        recognised[agent[bounded[~is_alone]]] = False
        bounded = bounded[is_alone]
        most[innermost[bounded]] = self._upper[bounded]
        sums = self._limits
        recognised[sums.agents[sums.size == 0]] = False
        rows_of_one, variables = sums.of_one(recognised)
        recognised[agent[variables[innermost[variables] < large]]] = False
        rows = np.concatenate([rows_of_one, rows_of_several])
        sets = np.concatenate([innermost[variables], set_of_row])
        recognised[agent_of_set[sets[parent[sets] >= 0]]] = False
        room = (stacked.h - (stacked.rows @ self._substitution.offset)[len(stacked.b) :])[rows]
        factor = sums.factor[rows]
        rises = factor > 0
        np.minimum.at(most, sets[rises], room[rises] / factor[rises])
        np.maximum.at(least, sets[~rises], room[~rises] / factor[~rises])
        leaves = np.flatnonzero(self._is_kept & recognised[agent])
        outermost = outermost_set(parent)
        lowest_sum = np.bincount(outermost[innermost[leaves]], self._lower[leaves], minlength=len(parent))
        least = np.maximum(least, lowest_sum)
        # Obligations of 1/7 each may take up more than 1 by rounding, and still be met.
        widened = np.maximum(most, least)
        recognised[agent_of_set[~np.isclose(widened, most, rtol=1e-9, atol=1e-12)]] = False
        return least, widened

    def _of_recognised(
        self,
        innermost: IntArray,
        parent: IntArray,
        agent_of_set: IntArray,
        set_curvature: FloatArray,
        leaf_curvature: FloatArray,
        least: FloatArray,
        most: FloatArray,
        copies_of_several: IntArray,
        set_of_copy: IntArray,
    ) -> NestedSums:
        """Sets and leaves of recognised agents alone, counted anew."""
        recognised = self._is_recognised
        leaves = np.flatnonzero(self._is_kept & recognised[self._agent])
        sets = np.flatnonzero(recognised[agent_of_set])
        number = np.full(len(parent) + 1, -1, dtype=np.int64)
        number[sets] = np.arange(len(sets))
        is_own = recognised[self._trades.agents[copies_of_several]]
        copies_of_several, set_of_copy = copies_of_several[is_own], set_of_copy[is_own]
        return NestedSums(
            substitution=self._substitution,
            is_recognised=recognised,
            leaves=leaves,
            innermost=number[innermost[leaves]],
            # No parent is the last entry.
            parent=number[parent[sets]],
            agent_of_set=agent_of_set[sets],
            set_curvature=set_curvature[sets],
            leaf_curvature=leaf_curvature[leaves],
            lowest=self._lower[leaves],
            least=least[sets],
            most=most[sets],
            weights=TradeWeights(
                trades=self._trades.rows,
                is_counted=recognised,
                agent_begins=self._stacked.copies,
                set_copies=copies_of_several,
                sets=number[set_of_copy],
            ),
        )


def outermost_set(parent: IntArray) -> IntArray:
    """The outermost set around each set, shape (sets,); a set stands behind those that hold it."""
    result = np.arange(len(parent))
    for index in np.flatnonzero(parent >= 0):
        result[index] = result[parent[index]]
    return result
