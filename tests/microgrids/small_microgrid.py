"""Small instances of the second system by a seed: two sites, four slots, three jobs, one unit."""

import numpy as np

from walras.experiments.microgrid.instance import Instance

NO_UNIT = {"max_mw": 0.0, "min_mw": 0.0, "cost_usd_per_mwh": 0.0, "start_usd": 0.0, "e_t_per_mwh": 0.0}
UNIT = {"max_mw": 8.0, "min_mw": 3.0, "cost_usd_per_mwh": 75.0, "start_usd": 60.0, "e_t_per_mwh": 0.45}


def document(seed, sites=2, slots=4, jobs=3, **changes):
    """An instance as JSON has it; prices are anything, so that the unit may pay and renewables may be curtailed."""
    random = np.random.default_rng(seed)

    def between(low, high, count=None):
        return float(random.uniform(low, high)) if count is None else random.uniform(low, high, count).tolist()

    names = [f"s{number}" for number in range(sites)]
    result = {"slots": slots, "slot_hours": 1.0, "sites": {}, "jobs": {}}
    for number, name in enumerate(names):
        bought = between(20, 120, slots)
        result["sites"][name] = {
            "it_capacity_mw": between(8, 15),
            "idle_mw": between(0.2, 1),
            "pue": between(1.1, 1.4, slots),
            "renewable_mw": between(0, 15, slots),
            "dispatchable": UNIT if number == 0 else NO_UNIT,
            "battery": {
                "max_mwh": 10.0,
                "min_mwh": 1.0,
                "max_mw": 4.0,
                "charge_efficiency": 0.92,
                "discharge_efficiency": 0.92,
                "initial_mwh": 5.0,
                "wear_usd_per_mwh": 4.0,
            },
            "import_mw": between(10, 20),
            "export_mw": between(12, 14),
            "import_usd_per_mwh": bought,
            "export_usd_per_mwh": [0.85 * price - 3 for price in bought],
            "grid_t_per_mwh": between(0.1, 0.6, slots),
        }
    for number in range(jobs):
        lasts = int(random.integers(1, 3))
        release = int(random.integers(0, slots - lasts + 1))
        power = between(2, 5)
        result["jobs"][f"j{number}"] = {
            "it_mw": power,
            "slots": lasts,
            "release": release,
            "deadline": int(random.integers(release + lasts - 1, slots)),
            "value_usd": power * lasts * between(30, 300),
            "sites": names,
            "mandatory": False,
        }
    result["classes"] = {
        "chat": {"latency_ms": 60.0, "revenue_usd_per_mwh": 400.0, "drop_usd_per_mwh": 200.0},
        "batch": {"latency_ms": 200.0, "revenue_usd_per_mwh": 120.0, "drop_usd_per_mwh": 50.0},
    }
    regions = {f"r{number}": number for number in range(sites)}
    result["demand_mw"] = {r: {"chat": between(1, 6, slots), "batch": between(1, 4, slots)} for r in regions}
    away = {r: {name: 8.0 + 70 * abs(n - k) for k, name in enumerate(names)} for r, n in regions.items()}
    result["latency_ms"] = away
    result["network_usd_per_mwh"] = {r: {name: 0.05 * ms for name, ms in to.items()} for r, to in away.items()}
    return {**result, "carbon_budget_t": None, "carbon_price_usd_per_t": 0.0, **changes}


def small_instance(seed, **changes):
    """The instance of a seed."""
    return Instance.model_validate(document(seed, **changes))
