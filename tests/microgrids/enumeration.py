"""The greatest benefit by trying out every start of every job and every commitment of one unit."""

from itertools import product

import highspy
import numpy as np


def greatest_benefit(document):
    """Of an instance whose first site alone has a unit, and where nobody gains by buying and selling at once."""
    slots = range(document["slots"])
    unit_site, unit = next(iter(document["sites"].items()))[0], next(iter(document["sites"].values()))["dispatchable"]
    model = _Model(document)
    best = -np.inf
    for runs in product(*(_runs(document, job) for job in document["jobs"].values())):
        value, it_mw = 0.0, {site: np.zeros(len(slots)) for site in document["sites"]}
        for job, run in zip(document["jobs"].values(), runs, strict=True):
            if run is not None:
                site, start = run
                value += job["value_usd"]
                it_mw[site][start : start + job["slots"]] += job["it_mw"]
        if any((it_mw[site] > own["it_capacity_mw"]).any() for site, own in document["sites"].items()):
            continue
        for on in product((0, 1), repeat=len(slots)):
            starts = sum(now and not before for before, now in zip((0, *on), on, strict=False))
            least = model.least_cost(it_mw, unit_site, on)
            if least is not None:
                best = max(best, value - unit["start_usd"] * starts - least)
    return best


def _runs(document, job):
    last = min(job["deadline"], document["slots"] - 1) - job["slots"] + 1
    return [None, *((site, start) for site in job["sites"] for start in range(job["release"], last + 1))]


class _Model:
    """All that is left is linear; what differs from one try to the next is a few limits."""

    def __init__(self, document):
        self.document = document
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.columns, self.rows, self.constant = {}, {}, 0.0
        hours, slots, price = document["slot_hours"], range(document["slots"]), document["carbon_price_usd_per_t"]
        emitted = {}
        for name, site in document["sites"].items():
            battery, unit = site["battery"], site["dispatchable"]
            for t in slots:
                bought = hours * (site["import_usd_per_mwh"][t] + price * site["grid_t_per_mwh"][t])
                self._column(("import", name, t), bought, site["import_mw"])
                self._column(("export", name, t), -hours * site["export_usd_per_mwh"][t], site["export_mw"])
                self._column(("renewable", name, t), 0.0, site["renewable_mw"][t])
                fuel = hours * (unit["cost_usd_per_mwh"] + price * unit["e_t_per_mwh"])
                self._column(("unit", name, t), fuel, unit["max_mw"])
                self._column(("charge", name, t), 0.0, battery["max_mw"])
                self._column(("discharge", name, t), hours * battery["wear_usd_per_mwh"], battery["max_mw"])
                least = battery["initial_mwh"] if t == slots[-1] else battery["min_mwh"]
                self._column(("content", name, t), 0.0, battery["max_mwh"], least)
                emitted[("import", name, t)] = hours * site["grid_t_per_mwh"][t]
                emitted[("unit", name, t)] = hours * unit["e_t_per_mwh"]
        for region, classes in document["demand_mw"].items():
            for kind, demand in classes.items():
                own = document["classes"][kind]
                for t in slots:
                    self.constant += hours * own["drop_usd_per_mwh"] * demand[t]
                    reached = [s for s, ms in document["latency_ms"][region].items() if ms <= own["latency_ms"]]
                    for site in reached:
                        network = document["network_usd_per_mwh"][region][site]
                        worth = own["revenue_usd_per_mwh"] + own["drop_usd_per_mwh"] - network
                        self._column(("routed", region, kind, site, t), -hours * worth, demand[t])
                    self._row(
                        ("served", region, kind, t),
                        {("routed", region, kind, s, t): 1.0 for s in reached},
                        0,
                        demand[t],
                    )
        for name, site in document["sites"].items():
            battery = site["battery"]
            for t in slots:
                routed = [key for key in self.columns if key[0] == "routed" and key[3:] == (name, t)]
                self._row(("capacity", name, t), dict.fromkeys(routed, 1.0), -np.inf, 0.0)
                supply = {("import", name, t): 1.0, ("renewable", name, t): 1.0, ("unit", name, t): 1.0}
                supply |= {("discharge", name, t): 1.0, ("export", name, t): -1.0, ("charge", name, t): -1.0}
                self._row(("balance", name, t), supply | dict.fromkeys(routed, -site["pue"][t]), 0.0, 0.0)
                content = {("content", name, t): 1.0, ("charge", name, t): -hours * battery["charge_efficiency"]}
                content[("discharge", name, t)] = hours / battery["discharge_efficiency"]
                if t > 0:
                    content[("content", name, t - 1)] = -1.0
                before = battery["initial_mwh"] if t == 0 else 0.0
                self._row(("content", name, t), content, before, before)
        if document["carbon_budget_t"] is not None:
            self._row(("budget",), emitted, -np.inf, document["carbon_budget_t"])

    def _column(self, key, cost, most, least=0.0):
        self.columns[key] = len(self.columns)
        self.highs.addCol(cost, least, most, 0, [], [])

    def _row(self, key, entries, least, most):
        self.rows[key] = len(self.rows)
        self.highs.addRow(least, most, len(entries), [self.columns[c] for c in entries], list(entries.values()))

    def least_cost(self, it_mw, unit_site, on):
        for name, site in self.document["sites"].items():
            for t, power in enumerate(it_mw[name]):
                self.highs.changeRowBounds(self.rows["capacity", name, t], -np.inf, site["it_capacity_mw"] - power)
                load = site["pue"][t] * (site["idle_mw"] + power)
                self.highs.changeRowBounds(self.rows["balance", name, t], load, load)
        unit = self.document["sites"][unit_site]["dispatchable"]
        for t, is_on in enumerate(on):
            self.highs.changeColBounds(
                self.columns["unit", unit_site, t], unit["min_mw"] * is_on, unit["max_mw"] * is_on
            )
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return self.highs.getInfo().objective_function_value + self.constant
