"""The paper's conditions agent by agent, every coefficient written out row by row.

Nothing is mirrored: a row of a multiplier is written from the constraint and a row of a quantity from the
Lagrangian, so that the antisymmetry which makes the whole monotone is a finding and no construction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...network.flow import ptdf_matrix
from .hour import Hour, at, identity, incidence

Block = sp.csr_array | sp.csc_array


@dataclass(frozen=True, eq=False)
class Conditions:
    """Coefficients of some rows of ``F(u) = M u + q``.

    Parameters
    ----------
    blocks : dict of (row, column) to sparse array
        Between families of unknowns by their names.
    constants : dict of row to array
    """

    blocks: dict[tuple[str, str], Block]
    constants: dict[str, FloatArray]


def consumer_conditions(hour: Hour) -> Conditions:
    """Price less marginal benefit of every purchase: eq. (19)."""
    bought = hour.purchases(hour.consumers)
    slope = at(hour.period, [agent.slope_usd_per_mwh2 for agent in hour.consumers])
    willingness = at(hour.period, [agent.willingness_usd_per_mwh for agent in hour.consumers])
    hydro = at(hour.period, [agent.hydro_mwh for agent in hour.consumers])
    return Conditions(
        {
            ("bought", "bought"): bought.T @ sp.diags_array(slope) @ bought,
            ("bought", "contract_price"): _own(bought),
        },
        {"bought": bought.T @ (slope * hydro - willingness)},
    )


def producer_conditions(hour: Hour) -> Conditions:
    """Marginal cost, capacity rent and wheeling less price of every sale, and capacity: eqs. (20), (21)."""
    sold = hour.sales
    slope = np.array([unit.cost_slope_usd_per_mwh2 for unit in hour.producers])
    cost = np.array([unit.cost_usd_per_mwh for unit in hour.producers])
    return Conditions(
        {
            ("sold", "sold"): sold.T @ sp.diags_array(slope) @ sold,
            ("sold", "unit_rent"): sold.T,
            ("sold", "wheeling_fee"): hour.deliveries[hour.other_buses].T,
            ("sold", "contract_price"): -identity(len(hour.contracts)),
            ("unit_rent", "sold"): -sold,
        },
        {"sold": sold.T @ cost, "unit_rent": np.array([unit.capacity_mw for unit in hour.producers])},
    )


def grid_operator_conditions(hour: Hour) -> Conditions:
    """Fees against line rents, balance, and limits in both directions by PTDF: eqs. (22)-(25).

    The paper has a limit on every line; one without gets the operator's bound on what it can ever carry.
    """
    grid = hour.operator.grid
    # Withdrawals are negative injections: flow = -PTDF y.
    ptdf = sp.csr_array(ptdf_matrix(grid))
    limit = hour.operator.line_limit_mw
    everywhere = sp.csr_array(np.ones((len(grid.buses), 1)))
    return Conditions(
        {
            ("withdrawal", "wheeling_fee"): -identity(len(grid.buses))[:, hour.other_buses],
            ("withdrawal", "hub_fee"): everywhere,
            ("withdrawal", "forward_rent"): -ptdf.T,
            ("withdrawal", "backward_rent"): ptdf.T,
            ("hub_fee", "withdrawal"): -everywhere.T,
            ("forward_rent", "withdrawal"): ptdf,
            ("backward_rent", "withdrawal"): -ptdf,
        },
        {"forward_rent": limit, "backward_rent": limit},
    )


def datacenter_conditions(hour: Hour) -> Conditions:
    """Purchases, leases and spillover of every MDC, its energy balance, capacity and spillover: eqs. (26)-(31)."""
    bought = hour.purchases(hour.datacenters)
    each = identity(len(hour.datacenters))
    return Conditions(
        {
            ("bought", "contract_price"): _own(bought),
            ("bought", "energy_value"): -bought.T,
            ("leased", "lease_price"): -each,
            ("leased", "energy_value"): hour.gpu_rating_mw * each,
            ("leased", "lease_rent"): hour.gpu_rating_mw * each,
            ("spillover", "energy_value"): -each,
            ("spillover", "spillover_rent"): each,
            ("energy_value", "bought"): bought,
            ("energy_value", "spillover"): each,
            ("energy_value", "leased"): -hour.gpu_rating_mw * each,
            ("lease_rent", "leased"): -hour.gpu_rating_mw * each,
            ("spillover_rent", "spillover"): -each,
        },
        {
            "lease_rent": np.array([agent.capacity_mw for agent in hour.datacenters]),
            "spillover_rent": at(hour.period, [agent.curtailed_mwh for agent in hour.datacenters]),
        },
    )


def hyperscaler_conditions(hour: Hour) -> Conditions:
    """Purchases, rented GPUs and local work of every hyperscaler, its batches and its energy: eqs. (32)-(34).

    Divided by alpha, so that its rows meet the prices with the same weight as everybody else's: the paper's
    multipliers are alpha times those here.
    """
    bought = hour.purchases(hour.hyperscalers)
    local = incidence([agent.name for agent in hour.hyperscalers], [name for name, _ in hour.work])
    each = identity(len(hour.work))
    emission_value = {
        (seller, agent.name): agent.emission_price_usd_per_kg * rate
        for agent in hour.hyperscalers
        for seller, rate in zip(agent.sellers, agent.emission_rates_kg_per_mwh.tolist(), strict=True)
    }
    workload = [series for agent in hour.hyperscalers for series in agent.workload_mwh]
    return Conditions(
        {
            ("bought", "contract_price"): _own(bought),
            ("bought", "local_value"): -bought.T,
            ("rented", "lease_price"): hour.lent.T,
            ("rented", "work_value"): -hour.gpu_rating_mw * hour.served.T,
            ("local", "work_value"): -each,
            ("local", "local_value"): local.T,
            ("work_value", "local"): each,
            ("work_value", "rented"): hour.gpu_rating_mw * hour.served,
            ("local_value", "bought"): bought,
            ("local_value", "local"): -local,
        },
        {
            "bought": np.array([emission_value.get((good.seller, good.buyer), 0.0) for good in hour.contracts]),
            "work_value": -at(hour.period, workload),
        },
    )


def clearing_conditions(hour: Hour) -> Conditions:
    """Sales are purchases, GPUs leased are GPUs rented, withdrawals are deliveries: eqs. (14)-(18).

    Clearing at the hub follows from that at the other buses and from the operator's balance.
    """
    each = identity(len(hour.contracts))
    buses = identity(len(hour.operator.grid.buses))
    return Conditions(
        {
            ("contract_price", "sold"): each,
            ("contract_price", "bought"): -each,
            ("lease_price", "leased"): identity(len(hour.datacenters)),
            ("lease_price", "rented"): -hour.lent,
            ("wheeling_fee", "withdrawal"): buses[hour.other_buses],
            ("wheeling_fee", "sold"): -hour.deliveries[hour.other_buses],
        },
        {"wheeling_fee": -hour.operator.fixed_withdrawal_mw[hour.other_buses, hour.period]},
    )


def _own(bought: sp.csr_array) -> sp.csr_array:
    """Ones on the diagonal for the contracts of some buyers, shape (contracts, contracts)."""
    return sp.csr_array(sp.diags_array(bought.sum(axis=0)))
