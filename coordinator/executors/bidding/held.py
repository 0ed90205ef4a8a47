"""Variables that are held at a bound, since nobody can be on the other side of what they trade."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray, IntArray, Positions


@dataclass(frozen=True, eq=False)
class IdleGoods:
    """Balances that clear only where all who trade in them stay at a bound, and the variables that stay there.

    A balance is that of one good, or a weighted sum of those of joint goods. At an interior point a price would run
    away from whoever is to be kept at a bound to the last bit. Held there, agents say instead at which price they
    would leave it.

    Parameters
    ----------
    goods, balance : arrays of int, shape (idle goods,)
        Each idle good, and of which balance it is part.
    weight : array of shape (idle goods,)
        How often it counts there.
    begins : array of int, shape (balances,)
        Where each balance's entries begin.
    variables : array of int, shape (entries,)
        Those that the balance holds.
    per_unit : array of shape (entries,)
        What a unit of the variable adds to the balance.
    side : array of shape (entries,)
        1 where the balance can only be supplied, -1 where it can only be taken from.
    """

    goods: Positions
    balance: IntArray
    weight: FloatArray
    begins: IntArray
    variables: Positions
    per_unit: FloatArray
    side: FloatArray

    def held(self, lower: FloatArray, upper: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The bounds with every held variable fixed."""
        if not len(self.variables):
            return lower, upper
        lower, upper = lower.copy(), upper.copy()
        at_lower = self.side * self.per_unit > 0
        upper[self.variables[at_lower]] = lower[self.variables[at_lower]]
        lower[self.variables[~at_lower]] = upper[self.variables[~at_lower]]
        return lower, upper

    def of(self, variables: Positions) -> IdleGoods:
        """What some of all variables, ascending, are held for: of the goods their holders need not know."""
        place = np.searchsorted(variables, self.variables)
        own = np.flatnonzero(np.isin(self.variables, variables))
        none = np.zeros(0, dtype=np.int64)
        return IdleGoods(none, none, np.zeros(0), none, place[own], self.per_unit[own], self.side[own])

    def price_change(self, force: FloatArray) -> FloatArray:
        """Change of prices, in multiples of weights, at which the keenest trader of each balance turns indifferent.

        Parameters
        ----------
        force : array of shape (entries,)
            What its holder would gain by a unit more of each held variable [$].
        """
        if not len(self.goods):
            return np.zeros(0)
        keenness = self.side * force / self.per_unit
        return np.asarray(-self.side[self.begins] * np.maximum.reduceat(keenness, self.begins))
