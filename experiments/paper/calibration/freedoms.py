"""What the paper leaves open, as numbers to be searched: marginal costs by unit type, and the injection of hydro."""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy.optimize import Bounds

from ....agents.arrays import FloatArray
from ....network.reader import read_case
from .nodal_model import NodalModel, Supply

# Logarithms of factors on published costs.
_LEAST, _MOST = np.log(0.2), np.log(2.0)


class Freedoms:
    """The free numbers of a model and what a point among them stands for.

    A point holds the logarithm of a cost factor for each unit type, then the share of hydro capacity that is injected.
    At the published data it is `published`.

    Parameters
    ----------
    model : NodalModel
    hydro_mw : float
        Capacity of the units with fixed dispatch.
    """

    def __init__(self, model: NodalModel, hydro_mw: float) -> None:
        self.unit_types = tuple(dict.fromkeys(unit.unit_type for unit in model.units))
        self._type_of = np.array([self.unit_types.index(unit.unit_type) for unit in model.units])
        self._cost = np.array([unit.cost_usd_per_mwh for unit in model.units])
        self._slope = np.array([unit.cost_slope_usd_per_mwh2 for unit in model.units])
        self._hydro_mw = hydro_mw
        types = len(self.unit_types)
        self.bounds = Bounds(np.append(np.full(types, _LEAST), 0.0), np.append(np.full(types, _MOST), 1.0))
        self.published = np.append(np.zeros(len(self.unit_types)), 1.0)

    @classmethod
    def of_case(cls, model: NodalModel, source: str) -> Self:
        """Those of a model, with the hydro of the case that it stands on."""
        return cls(model, sum(group.capacity_mw for group in read_case(source).unit_groups if group.fixed))

    def supply(self, point: FloatArray) -> Supply:
        """What a point stands for."""
        factors = np.exp(point[self._type_of])
        return Supply(factors * self._cost, factors * self._slope, self._hydro_mw * float(point[-1]))

    def departure(self, point: FloatArray) -> float:
        """How far a point is from published data: the sum of squares, a factor of e and all of hydro as one."""
        return float(np.sum((point - self.published) ** 2))

    def words(self, point: FloatArray) -> dict[str, float]:
        """A point by the names of its numbers: cost factors by unit type, and hydro in MW."""
        factors = np.exp(point[:-1]).tolist()
        return {**dict(zip(self.unit_types, factors, strict=True)), "hydro_mw": self._hydro_mw * float(point[-1])}
