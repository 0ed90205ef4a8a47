"""From prices and trades to a point of the paper's MLCP: the multipliers that an outcome does not carry."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import nnls

from ...agents.arrays import FloatArray
from ...agents.goods import lease, wheeling
from ...network.flow import ptdf_matrix
from ..results.hub_price import BINDING, wheeling_fees
from ..results.ledger import Ledger
from .hour import Buyer, Hour, columns_of, incidence
from .paper_mlcp import PaperMLCP, Values


def recover(mlcp: PaperMLCP, ledger: Ledger) -> Values:
    """Values of all unknowns at the prices and trades of a market outcome.

    Both sides of every trade are taken as they are, so an imbalance shows. Multipliers solve each agent's own dual
    problem at the prices, which needs no guess about what is active; for the grid operator they are the nonnegative
    rents of lines at their limits that fit the fees best.

    Parameters
    ----------
    mlcp : PaperMLCP
    ledger : Ledger
        Of the market for which the MLCP is stated.
    """
    hour = mlcp.hour
    bought, sold = _contracts(hour, ledger)
    price = np.array([ledger.price(good) for good in hour.contracts])
    fees = wheeling_fees(ledger)[:, hour.period]
    withdrawal = _withdrawals(hour, ledger)
    forward, backward = _line_rents(hour, withdrawal, fees)
    leased, lease_price = _leases(hour, ledger)
    rented, local = _placement(hour, ledger)
    energy_value, lease_rent = _datacenter_values(hour, price, lease_price)
    work_value, local_value = _work_values(mlcp, price, lease_price)
    purchases = mlcp.block("energy_value", "bought") @ bought
    return {
        "bought": bought,
        "sold": sold,
        "leased": leased,
        "rented": rented,
        "spillover": leased * hour.gpu_rating_mw - purchases,
        "local": local,
        "unit_rent": _unit_rents(hour, sold, price, fees),
        "forward_rent": forward,
        "backward_rent": backward,
        "lease_rent": lease_rent,
        "spillover_rent": np.maximum(energy_value, 0.0),
        "withdrawal": withdrawal,
        "energy_value": energy_value,
        "work_value": work_value,
        "local_value": local_value,
        "hub_fee": np.zeros(1),
        "contract_price": price,
        "lease_price": lease_price,
        "wheeling_fee": fees[hour.other_buses],
    }


def _contracts(hour: Hour, ledger: Ledger) -> tuple[FloatArray, FloatArray]:
    """What buyers take and what producers give of every contract [MWh]."""
    trades = {agent.name: ledger.trades(agent) for agent in (*hour.buyers, *hour.producers)}
    bought = np.array([-trades[good.buyer][good] for good in hour.contracts])
    return bought, np.array([trades[good.seller][good] for good in hour.contracts])


def _leases(hour: Hour, ledger: Ledger) -> tuple[FloatArray, FloatArray]:
    """GPUs that every modular datacenter leases out, and their price [$/GPU]."""
    goods = [lease(agent.name, hour.period, agent.gpu_rating_mw) for agent in hour.datacenters]
    gpus = [ledger.trades(agent)[good] for agent, good in zip(hour.datacenters, goods, strict=True)]
    return np.array(gpus), np.array([ledger.price(good) for good in goods])


def _withdrawals(hour: Hour, ledger: Ledger) -> FloatArray:
    """Net withdrawal at every bus [MWh]; what the operator delivers beyond the hub comes from the hub."""
    operator = hour.operator
    trades = ledger.trades(operator)
    beyond = [trades[wheeling(operator.grid.buses[i], hour.period)] for i in hour.other_buses]
    total = operator.fixed_withdrawal_mw[:, hour.period].copy()
    total[hour.other_buses] += beyond
    total[operator.grid.hub_index] -= sum(beyond)
    return total


def _line_rents(hour: Hour, withdrawal: FloatArray, fees: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rents of the lines forward and backward [$/MWh], by least squares on ``w = PTDF.T (back - forth)``."""
    ptdf = ptdf_matrix(hour.operator.grid)
    limit = hour.operator.line_limit_mw
    flow = -ptdf @ withdrawal
    columns = np.hstack([-ptdf.T, ptdf.T])
    at_limit = np.concatenate([flow, -flow]) >= np.tile(limit * (1 - BINDING), 2)
    rents = np.zeros(len(at_limit))
    if at_limit.any():
        rents[at_limit] = nnls(columns[:, at_limit], fees)[0]
    forward, backward = np.split(rents, 2)
    return forward, backward


def _unit_rents(hour: Hour, sold: FloatArray, price: FloatArray, fees: FloatArray) -> FloatArray:
    """What every unit's best customer pays above marginal cost, net of wheeling [$/MWh]."""
    cost = np.array([unit.cost_usd_per_mwh for unit in hour.producers])
    slope = np.array([unit.cost_slope_usd_per_mwh2 for unit in hour.producers])
    margin = price - fees @ hour.deliveries - hour.sales.T @ (cost + slope * (hour.sales @ sold))
    return np.array([np.max(margin[own], initial=0.0) for own in columns_of(hour.sales)])


def _lowest_price(hour: Hour, buyers: Sequence[Buyer], price: FloatArray) -> FloatArray:
    """Lowest price among the contracts of each of some buyers [$/MWh], shape (buyers,)."""
    return np.array([np.min(price[own], initial=np.inf) for own in columns_of(hour.purchases(buyers))])


def _datacenter_values(hour: Hour, price: FloatArray, lease_price: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Value of energy and rent of capacity of every modular datacenter [$/MWh].

    Its dual: least ``K max(0, r/eta - value) + V max(0, value)`` with the value at most the lowest price. Convex
    and piecewise linear, so the minimum is at a kink or at the bound.
    """
    values = []
    lowest_price = _lowest_price(hour, hour.datacenters, price)
    for agent, lowest, income in zip(hour.datacenters, lowest_price, lease_price / hour.gpu_rating_mw, strict=True):
        kinks = [min(value, lowest) for value in (income, 0.0)]
        spillover_mwh = agent.curtailed_mwh[hour.period]
        dual_usd = [agent.capacity_mw * max(income - value, 0.0) + spillover_mwh * max(value, 0.0) for value in kinks]
        values.append(kinks[int(np.argmin(dual_usd))])
    energy_value = np.array(values)
    return energy_value, np.maximum(lease_price / hour.gpu_rating_mw - energy_value, 0.0)


def _work_values(mlcp: PaperMLCP, price: FloatArray, lease_price: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Value of every batch and of local energy [$/MWh], emissions included: the cheapest way to have one more MWh."""
    hour = mlcp.hour
    local = _lowest_price(hour, hour.hyperscalers, price + mlcp.constant[mlcp.families["bought"]])
    of_name = dict(zip((agent.name for agent in hour.hyperscalers), local, strict=True))
    leased_mwh_price = hour.lent.T @ lease_price / hour.gpu_rating_mw
    work = [
        min(of_name[renter], np.min(leased_mwh_price[ways], initial=np.inf))
        for (renter, _), ways in zip(hour.work, columns_of(hour.served), strict=True)
    ]
    return np.array(work), local


def _placement(hour: Hour, ledger: Ledger) -> tuple[FloatArray, FloatArray]:
    """GPUs rented for every batch at every lender, and local work [MWh], from the totals that were rented.

    Which batch goes where costs nothing, so any nonnegative placement that adds up will do.
    """
    trades = {agent.name: ledger.trades(agent) for agent in hour.hyperscalers}
    pairs = list(dict.fromkeys((h, m) for h, m, _ in hour.rented))
    eta = hour.gpu_rating_mw
    rented_mwh = [-trades[h][lease(m, hour.period, eta)] * eta for h, m in pairs]
    workload = [series[hour.period] for agent in hour.hyperscalers for series in agent.workload_mwh]
    if not hour.rented:
        return np.zeros(0), np.array(workload)
    lent = incidence(pairs, [(h, m) for h, m, _ in hour.rented]).toarray()
    rows = np.block([[lent, np.zeros((len(pairs), len(hour.work)))], [hour.served.toarray(), np.eye(len(hour.work))]])
    rented, local = np.split(nnls(rows, np.concatenate([rented_mwh, workload]))[0], [len(hour.rented)])
    return rented / eta, local
