"""Given demand generated at least cost, or with least emissions, within the lines and free of contracts."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import FloatArray
from ....agents.grid_operator import GridOperator
from ....agents.producer import Producer
from ....coordinator.market import Market
from ....coordinator.programmes.linear_programme import linear_optimum
from ....coordinator.programmes.quadratic_programme import QuadraticProgramme, solve_programme
from ....network.flow import angle_matrices

_PIQP = {"eps_abs": 1e-9, "eps_rel": 1e-10, "max_iter": 500}


class GivenDemand:
    """Units and lines of a market of one hour, to be dispatched for one demand after the other.

    Parameters
    ----------
    market : Market
        Only its producers and its grid operator count.
    """

    def __init__(self, market: Market) -> None:
        (self._operator,) = (agent for agent in market.agents if isinstance(agent, GridOperator))
        self._units = [agent for agent in market.agents if isinstance(agent, Producer)]
        self._rates = np.array([unit.emission_rate_kg_per_mwh for unit in self._units])

    def cheapest_co2_t(self, bought_mwh: dict[int, float]) -> float:
        """Emissions of the dispatch of least cost.

        Parameters
        ----------
        bought_mwh : dict of int to float
            By bus, hydro left out.

        Raises
        ------
        InfeasibleProgrammeError
            If units and lines cannot serve it.
        UnsolvedProgrammeError
            If no solver can say.
        """
        slopes = np.array([unit.cost_slope_usd_per_mwh2 for unit in self._units])
        angles = len(self._lower) - len(slopes)
        programme = QuadraticProgramme(
            P=sp.csc_array(sp.diags_array(np.concatenate([slopes, np.zeros(angles)]))),
            c=np.concatenate([[unit.cost_usd_per_mwh for unit in self._units], np.zeros(angles)]),
            A=self._balance,
            b=self._withdrawn(bought_mwh),
            G=self._flow_limits,
            h=self._line_limits,
            lower=self._lower,
            upper=self._upper,
        )
        return self._co2_t(solve_programme(programme, _PIQP).x)

    def cleanest_co2_t(self, bought_mwh: dict[int, float]) -> float:
        """Least emissions of any dispatch; parameter and errors as in `cheapest_co2_t`."""
        found = linear_optimum(
            np.concatenate([self._rates, np.zeros(len(self._lower) - len(self._rates))]),
            A_eq=self._balance,
            b_eq=self._withdrawn(bought_mwh),
            A_ub=self._flow_limits,
            b_ub=self._line_limits,
            bounds=np.column_stack([self._lower, self._upper]),
        )
        return self._co2_t(found.x)

    def _co2_t(self, x: FloatArray) -> float:
        return float(self._rates @ x[: len(self._rates)]) / 1000

    def _withdrawn(self, bought_mwh: dict[int, float]) -> FloatArray:
        withdrawn = self._operator.fixed_withdrawal_mw[:, 0].copy()
        for bus, mwh in bought_mwh.items():
            withdrawn[self._operator.grid.bus_index[bus]] += mwh
        return withdrawn

    @cached_property
    def _balance(self) -> sp.csc_array:
        """Generation less injection into the lines, by bus, from outputs and angles."""
        grid = self._operator.grid
        place = np.zeros((len(grid.buses), len(self._units)))
        for column, unit in enumerate(self._units):
            place[grid.bus_index[unit.bus], column] = 1.0
        return sp.csc_array(sp.hstack([sp.csr_array(place), -angle_matrices(grid)[1]]))

    @cached_property
    def _flow_limits(self) -> sp.csc_array:
        flow = angle_matrices(self._operator.grid)[0]
        both = sp.vstack([flow, -flow])
        return sp.csc_array(sp.hstack([sp.csr_array((both.shape[0], len(self._units))), both]))

    @cached_property
    def _line_limits(self) -> FloatArray:
        return np.tile(self._operator.line_limit_mw, 2)

    @cached_property
    def _lower(self) -> FloatArray:
        return np.concatenate([np.zeros(len(self._units)), np.full(len(self._operator.grid.buses) - 1, -np.inf)])

    @cached_property
    def _upper(self) -> FloatArray:
        capacity = [unit.capacity_mw for unit in self._units]
        return np.concatenate([capacity, np.full(len(self._operator.grid.buses) - 1, np.inf)])
