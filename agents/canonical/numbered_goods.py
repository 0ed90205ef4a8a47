"""Goods numbered in the order in which they are met."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..goods import Good


class NumberedGoods:
    """Numbers goods, and gives all parties to a good one object for it: markets have hundreds of thousands of goods."""

    def __init__(self) -> None:
        self._number_of: dict[Good, int] = {}
        self._distinct: list[Good] = []
        self._numbers: list[npt.NDArray[np.int64]] = []

    def shared(self, goods: tuple[Good, ...]) -> tuple[Good, ...]:
        """The same goods, of which none stands twice, as the objects that others got for them."""
        number_of, known = self._number_of, len(self._distinct)
        numbers = [number_of.setdefault(good, len(number_of)) for good in goods]
        self._distinct += [good for good, number in zip(goods, numbers, strict=True) if number >= known]
        self._numbers.append(np.array(numbers, dtype=np.int64))
        return tuple(map(self._distinct.__getitem__, numbers))

    @property
    def distinct(self) -> tuple[Good, ...]:
        """Every good once, by its number."""
        return tuple(self._distinct)

    @property
    def numbers(self) -> npt.NDArray[np.int64]:
        """The number of every good that was met, in this order."""
        return np.concatenate([np.zeros(0, dtype=np.int64), *self._numbers])
