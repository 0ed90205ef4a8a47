"""The least Lagrangian dual value by column generation: no line of it is the package's but what sites declare."""

import cvxpy as cp
import numpy as np
from scipy.optimize import linprog

from walras.experiments.microgrid.participants import participants

NEGLIGIBLE = 1e-7


class _Site:
    """A site whose columns are its best responses."""

    def __init__(self, site):
        self.declared = site.declare()
        self.goods, self.columns = self.declared.goods, []

    def respond(self, prices):
        """Add the best response to prices, by good; returns its profit."""
        own = np.array([prices.get(good, 0.0) for good in self.goods])
        profit = own @ self.declared.trades - self.declared.cost
        problem = cp.Problem(cp.Maximize(profit), self.declared.constraints)
        problem.solve(solver=cp.SCIPY, scipy_options={"mip_rel_gap": 0.0})
        self.columns.append((self.declared.trades.value.copy(), float(self.declared.cost.value)))
        return float(problem.value)


def _buyers(instance):
    """Of each good: $ for a unit, least and most units; and what all buyers pay if they get nothing."""
    found, dropped_usd = {}, 0.0
    for region, classes in instance.demand_mw.items():
        for name, demand in classes.items():
            own = instance.classes[name]
            for slot, power in enumerate(demand):
                most = instance.slot_hours * power
                found["inference", f"{region}, {name}", slot] = (
                    own.revenue_usd_per_mwh + own.drop_usd_per_mwh,
                    0.0,
                    most,
                )
                dropped_usd += own.drop_usd_per_mwh * most
    for name, job in instance.jobs.items():
        found["training", name, 0] = (job.value_usd, float(job.mandatory), 1.0)
    return found, dropped_usd


def least_dual_value(instance):
    """What no plan exceeds by the convex hulls of the sites [$]."""
    sites = [_Site(site) for site in participants(instance).sites]
    buyers, dropped_usd = _buyers(instance)
    goods = list(dict.fromkeys(good for site in sites for good in site.goods))
    terms = [buyers.get((str(good.family), good.buyer, good.period)) for good in goods]
    # Carbon is supplied free of charge up to the budget.
    bounds = [(-instance.carbon_budget_t, 0.0) if term is None else term[1:] for term in terms]
    worth = np.array([0.0 if term is None else term[0] for term in terms])
    for prices in ({}, dict(zip(goods, worth, strict=True)), dict(zip(goods, worth / 2, strict=True))):
        for site in sites:
            site.respond(prices)
    while True:
        costs = [*(cost for site in sites for _, cost in site.columns), *-worth]
        rows = np.zeros((len(goods) + len(sites), len(costs)))
        column = 0
        for number, site in enumerate(sites):
            places = [goods.index(good) for good in site.goods]
            for trades, _ in site.columns:
                rows[places, column] = trades
                rows[len(goods) + number, column] = 1.0
                column += 1
        rows[: len(goods), column:] = -np.eye(len(goods))
        sums = np.concatenate([np.zeros(len(goods)), np.ones(len(sites))])
        unmet = 1e5 * np.ones(2 * len(goods))
        slack = np.vstack(
            [np.hstack([np.eye(len(goods)), -np.eye(len(goods))]), np.zeros((len(sites), 2 * len(goods)))]
        )
        found = linprog(
            np.concatenate([costs, unmet]),
            A_eq=np.hstack([rows, slack]),
            b_eq=sums,
            bounds=[*[(0.0, None)] * column, *bounds, *[(0.0, None)] * len(unmet)],
        )
        duals = found.eqlin.marginals
        prices = dict(zip(goods, duals[: len(goods)], strict=True))
        gains = [site.respond(prices) + duals[len(goods) + number] for number, site in enumerate(sites)]
        if max(gains) <= NEGLIGIBLE * abs(found.fun):
            return -found.fun - dropped_usd
