"""The mixed linear complementarity problem (41) of arXiv 2602.19310 in its own unknowns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ...agents.arrays import FloatArray
from ...coordinator.market import Market
from .conditions import (
    Block,
    clearing_conditions,
    consumer_conditions,
    datacenter_conditions,
    grid_operator_conditions,
    hyperscaler_conditions,
    producer_conditions,
)
from .hour import Hour, hour_of

Values = dict[str, FloatArray]

# Quantities, then the multipliers of inequalities.
QUANTITIES = ("bought", "sold", "leased", "rented", "spillover", "local")
RENTS = ("unit_rent", "forward_rent", "backward_rent", "lease_rent", "spillover_rent")
# Net withdrawals, the multipliers of equalities, and the prices.
FREE = (
    "withdrawal",
    "energy_value",
    "work_value",
    "local_value",
    "hub_fee",
    "contract_price",
    "lease_price",
    "wheeling_fee",
)
UNKNOWNS = (*QUANTITIES, *RENTS, *FREE)


@dataclass(frozen=True, eq=False)
class PaperMLCP:
    """Find z >= 0 and free y with ``0 <= z _|_ q + M z + N y >= 0`` and ``r + S z + R y = 0``.

    Stated for one hour under ex post disclosure, from the agents' plain numbers and the PTDF: no declaration,
    no canonical form and no voltage angle takes part. Here u = (z, y), and all four blocks stand in `matrix`.

    Parameters
    ----------
    hour : Hour
    families : dict of name to slice
        Where each of `UNKNOWNS` stands in u. Every row bears the name of the unknown that it meets.
    matrix : sparse array of shape (n, n)
    constant : array of shape (n,)
        q and r.
    mwh_per_unit : array of shape (n,)
        eta for GPUs, 1/eta for the price of a GPU, otherwise 1.

    Notes
    -----
    The problem is monotone, exactly: S = -N.T, R = -R.T, and M is antisymmetric but for the curvature of benefit and
    of cost. So ``u @ matrix @ u`` is the sum of b_j d_j^2 over consumers and of b_g s_g^2 over units, with demand
    d_j and output s_g: never negative as no slope is, and zero where all d_j and s_g of positive slope are.
    The symmetric part is block diagonal with blocks ``b 1 1.T``, whose eigenvalues are b times their size, and zeros.
    """

    hour: Hour
    families: dict[str, slice]
    matrix: sp.csr_array
    constant: FloatArray
    mwh_per_unit: FloatArray

    @property
    def nonnegative(self) -> int:
        """How many of the unknowns, the first ones, are z."""
        return int(self.families[RENTS[-1]].stop)

    def block(self, rows: str, columns: str) -> sp.csr_array:
        """Coefficients of one family in the rows of another."""
        return sp.csr_array(self.matrix[self.families[rows], self.families[columns]])

    def vector(self, values: Values) -> FloatArray:
        """Join the values of all families to u."""
        return np.concatenate([values[name] for name in UNKNOWNS])

    def residuals(self, values: Values) -> dict[str, float]:
        """Largest natural residual in the rows of every family, in MWh and $/MWh.

        That is ``|min(z, F_z)|`` for z and ``|F_y|`` for y, with GPUs counted by their energy.
        """
        u = self.vector(values)
        condition = (self.matrix @ u + self.constant) / self.mwh_per_unit
        violation = np.abs(
            np.where(np.arange(len(u)) < self.nonnegative, np.minimum(u * self.mwh_per_unit, condition), condition)
        )
        return {name: float(violation[place].max(initial=0.0)) for name, place in self.families.items()}

    def residual(self, values: Values) -> float:
        """The largest of all natural residuals [MWh and $/MWh]."""
        return float(np.max(list(self.residuals(values).values())))

    def least_eigenvalue(self) -> float:
        """Smallest eigenvalue of the symmetric part of the whole matrix, block by block."""
        symmetric = sp.csr_array((self.matrix + self.matrix.T) / 2)
        symmetric.eliminate_zeros()
        count, block_of = connected_components(symmetric, directed=False)
        order = np.argsort(block_of, kind="stable")
        ends = np.searchsorted(block_of[order], np.arange(count + 1))
        blocks = (order[start:stop] for start, stop in pairwise(ends))
        return float(min(np.linalg.eigvalsh(symmetric[block][:, block].toarray())[0] for block in blocks))


def paper_mlcp(market: Market, period: int) -> PaperMLCP:
    """State all conditions of one hour of a market.

    Raises
    ------
    ValueError
        If the market is not one of the paper's: see `hour_of`.
    """
    hour = hour_of(market, period)
    sizes = _sizes(hour)
    ends = list(accumulate((sizes[name] for name in UNKNOWNS), initial=0))
    families = {name: slice(*ends_of) for name, ends_of in zip(UNKNOWNS, pairwise(ends), strict=True)}
    matrix = sp.csr_array((ends[-1], ends[-1]))
    constant = np.zeros(ends[-1])
    for state in (
        consumer_conditions,
        producer_conditions,
        grid_operator_conditions,
        datacenter_conditions,
        hyperscaler_conditions,
        clearing_conditions,
    ):
        conditions = state(hour)
        for (rows, columns), block in conditions.blocks.items():
            matrix = matrix + _placed(block, families[rows], families[columns], ends[-1])
        for rows, values in conditions.constants.items():
            constant[families[rows]] += values
    mwh_per_unit = np.ones(ends[-1])
    for name in ("leased", "rented"):
        mwh_per_unit[families[name]] = hour.gpu_rating_mw
    mwh_per_unit[families["lease_price"]] = 1 / hour.gpu_rating_mw
    return PaperMLCP(hour, families, sp.csr_array(matrix), constant, mwh_per_unit)


def _sizes(hour: Hour) -> dict[str, int]:
    contracts, lenders, buses = len(hour.contracts), len(hour.datacenters), len(hour.operator.grid.buses)
    return {
        **dict.fromkeys(("bought", "sold", "contract_price"), contracts),
        **dict.fromkeys(
            ("leased", "spillover", "energy_value", "lease_rent", "spillover_rent", "lease_price"), lenders
        ),
        **dict.fromkeys(("local", "work_value"), len(hour.work)),
        **dict.fromkeys(("forward_rent", "backward_rent"), len(hour.operator.grid.line_ids)),
        "rented": len(hour.rented),
        "unit_rent": len(hour.producers),
        "withdrawal": buses,
        "local_value": len(hour.hyperscalers),
        "hub_fee": 1,
        "wheeling_fee": buses - 1,
    }


def _placed(block: Block, rows: slice, columns: slice, size: int) -> sp.csr_array:
    if block.shape != (rows.stop - rows.start, columns.stop - columns.start):
        raise ValueError(f"a block of shape {block.shape} cannot stand in rows {rows} and columns {columns}")
    cells = sp.coo_array(block)
    return sp.csr_array((cells.data, (cells.row + rows.start, cells.col + columns.start)), shape=(size, size))
