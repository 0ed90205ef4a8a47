"""What all participants have together at announced prices, from the document alone, by SciPy's `milp`."""

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp


def proven_usd(document, plan):
    """What a plan's prices prove, or its branches if it has some: the greatest dual value of any of them.

    Raises AssertionError if branches leave out a way in which jobs may run.
    """
    if not plan["branches"]:
        return dual_value_usd(document, plan["prices"])
    ways = {name: _ways(document, job) for name, job in document["jobs"].items()}
    boxes = [
        {name: ways[name] & _ways(document, job) for name, job in branch["jobs"].items()} for branch in plan["branches"]
    ]
    assert _is_covered(ways, boxes), "a way in which jobs may run is in no branch"
    return max(dual_value_usd(_within(document, branch["jobs"]), branch["prices"]) for branch in plan["branches"])


def _ways(document, job):
    """Where and when a job may run; None where it does not."""
    if job is None:
        return {None}
    starts = range(job["release"], min(job["deadline"], document["slots"] - 1) - job["slots"] + 2)
    return {(site, start) for site in job["sites"] for start in starts} | (set() if job["mandatory"] else {None})


def _is_covered(ways, boxes):
    """Whether any choice of a way for each job is in a box, which says of some jobs which ways it has."""
    if not all(ways.values()):
        return True
    boxes = [box for box in boxes if all(own & ways[name] for name, own in box.items())]
    if not boxes:
        return False
    for name, own in boxes[0].items():
        if ways[name] - own:
            halves = (ways[name] & own, ways[name] - own)
            return all(_is_covered({**ways, name: half}, boxes) for half in halves)
    return True


def _within(document, jobs):
    """The instance of a branch: a job that does not run is none of it."""
    changed = {**document["jobs"], **jobs}
    return {**document, "jobs": {name: job for name, job in changed.items() if job is not None}}


def dual_value_usd(document, prices):
    """Value of the Lagrangian dual at prices as JSON has them; no plan of the instance is worth more."""
    hours, total = document["slot_hours"], 0.0
    for region, classes in document["demand_mw"].items():
        for kind, demand in classes.items():
            own = document["classes"][kind]
            for power, price in zip(demand, prices["inference_usd_per_mwh"][region][kind], strict=True):
                worth = own["revenue_usd_per_mwh"] + own["drop_usd_per_mwh"] - price
                total += hours * power * (max(worth, 0.0) - own["drop_usd_per_mwh"])
    for name, job in document["jobs"].items():
        gain = job["value_usd"] - prices["job_usd"][name]
        total += gain if job["mandatory"] else max(gain, 0.0)
    if document["carbon_budget_t"] is not None:
        total += max(prices["carbon_usd_per_t"], 0.0) * document["carbon_budget_t"]
    return total + sum(_Site(document, name, prices).profit_usd() for name in document["sites"])


class _Site:
    """A site's own problem, with a choice of direction in every slot."""

    def __init__(self, document, name, prices):
        site, hours, slots = document["sites"][name], document["slot_hours"], range(document["slots"])
        unit, battery = site["dispatchable"], site["battery"]
        assert unit.get("ramp_mw_per_slot") is None, "ramps are not stated here"
        assert site.get("carbon_budget_t") is None, "budgets of single sites are not stated here"
        self.costs, self.bounds, self.whole, self.rows = {}, {}, set(), []
        ton = document["carbon_price_usd_per_t"] + prices["carbon_usd_per_t"]
        for t in slots:
            self._add("import", t, hours * (site["import_usd_per_mwh"][t] + ton * site["grid_t_per_mwh"][t]))
            self._add("export", t, -hours * site["export_usd_per_mwh"][t])
            self._add("renewable", t, 0.0, site["renewable_mw"][t])
            self._add("unit", t, hours * (unit["cost_usd_per_mwh"] + ton * unit["e_t_per_mwh"]))
            self._add("charge", t, 0.0)
            self._add("discharge", t, hours * battery["wear_usd_per_mwh"])
            least = battery["initial_mwh"] if t == slots[-1] else battery["min_mwh"]
            self._add("content", t, 0.0, battery["max_mwh"], least)
            self._add("began", t, unit["start_usd"], 1.0)
            for choice in ("on", "buys", "charges"):
                self._add(choice, t, 0.0, 1.0)
                self.whole.add((choice, t))
        loads = {t: {} for t in slots}
        for job, own in document["jobs"].items():
            first_too_late = min(own["deadline"], slots[-1]) - own["slots"] + 2
            for start in range(own["release"], first_too_late) if name in own["sites"] else ():
                self._add("start", (job, start), -prices["job_usd"][job], 1.0)
                self.whole.add(("start", (job, start)))
                for t in range(start, start + own["slots"]):
                    loads[t]["start", (job, start)] = own["it_mw"]
        for region, classes in document["demand_mw"].items():
            for kind in classes:
                if document["latency_ms"][region][name] <= document["classes"][kind]["latency_ms"]:
                    paid = prices["inference_usd_per_mwh"][region][kind]
                    for t in slots:
                        own = hours * (document["network_usd_per_mwh"][region][name] - paid[t])
                        self._add("served", (region, kind, t), own)
                        loads[t]["served", (region, kind, t)] = 1.0
        for t in slots:
            self._row(loads[t], -np.inf, site["it_capacity_mw"])
            supply = {("import", t): 1.0, ("renewable", t): 1.0, ("unit", t): 1.0, ("discharge", t): 1.0}
            use = {key: -site["pue"][t] * power for key, power in loads[t].items()}
            idle = site["pue"][t] * site["idle_mw"]
            self._row(supply | {("export", t): -1.0, ("charge", t): -1.0} | use, idle, idle)
            content = {("content", t): 1.0, ("charge", t): -hours * battery["charge_efficiency"]}
            content["discharge", t] = hours / battery["discharge_efficiency"]
            before = battery["initial_mwh"] if t == 0 else 0.0
            self._row(content | ({("content", t - 1): -1.0} if t else {}), before, before)
            self._row({("unit", t): 1.0, ("on", t): -unit["max_mw"]}, -np.inf, 0.0)
            self._row({("unit", t): 1.0, ("on", t): -unit["min_mw"]}, 0.0, np.inf)
            self._row({("began", t): 1.0, ("on", t): -1.0} | ({("on", t - 1): 1.0} if t else {}), 0.0, np.inf)
            self._row({("import", t): 1.0, ("buys", t): -site["import_mw"]}, -np.inf, 0.0)
            self._row({("export", t): 1.0, ("buys", t): site["export_mw"]}, -np.inf, site["export_mw"])
            self._row({("charge", t): 1.0, ("charges", t): -battery["max_mw"]}, -np.inf, 0.0)
            self._row({("discharge", t): 1.0, ("charges", t): battery["max_mw"]}, -np.inf, battery["max_mw"])
        for job in document["jobs"]:
            self._row({key: 1.0 for key in self.costs if key[0] == "start" and key[1][0] == job}, -np.inf, 1.0)

    def _add(self, kind, index, cost, most=np.inf, least=0.0):
        self.costs[kind, index], self.bounds[kind, index] = cost, (least, most)

    def _row(self, entries, least, most):
        if entries:
            self.rows.append((entries, least, most))

    def profit_usd(self):
        """Income of inference and jobs less all that the site pays."""
        position = {key: number for number, key in enumerate(self.costs)}
        matrix = sp.lil_array((len(self.rows), len(position)))
        for number, (entries, _, _) in enumerate(self.rows):
            for key, value in entries.items():
                matrix[number, position[key]] = value
        rows = LinearConstraint(sp.csr_array(matrix), [low for _, low, _ in self.rows], [up for _, _, up in self.rows])
        bounds = Bounds([self.bounds[key][0] for key in position], [self.bounds[key][1] for key in position])
        whole = np.array([key in self.whole for key in position], dtype=int)
        costs = np.array(list(self.costs.values()))
        found = milp(costs, constraints=rows, bounds=bounds, integrality=whole, options={"mip_rel_gap": 0.0})
        assert found.status == 0, found.message
        return -found.fun
