"""One site by hand: nothing idles, nobody asks for inference, all power is bought; what differs is said."""

from microgrids.small_microgrid import NO_UNIT

from walras.experiments.microgrid.instance import Instance

NO_BATTERY = {
    "max_mwh": 0.0,
    "min_mwh": 0.0,
    "max_mw": 0.0,
    "charge_efficiency": 1.0,
    "discharge_efficiency": 1.0,
    "initial_mwh": 0.0,
    "wear_usd_per_mwh": 0.0,
}


def job(it_mw, slots, release, deadline, value_usd, mandatory=False):
    """A job of the one site."""
    return {
        "it_mw": it_mw,
        "slots": slots,
        "release": release,
        "deadline": deadline,
        "value_usd": value_usd,
        "sites": ["s"],
        "mandatory": mandatory,
    }


def one_site(prices, jobs=None, demand_mw=None, **site):
    """An instance with these import prices, one an hour."""
    slots = len(prices)
    own = {
        "it_capacity_mw": 10.0,
        "idle_mw": 0.0,
        "pue": [1.0] * slots,
        "renewable_mw": [0.0] * slots,
        "dispatchable": NO_UNIT,
        "battery": NO_BATTERY,
        "import_mw": 20.0,
        "export_mw": 0.0,
        "import_usd_per_mwh": [float(price) for price in prices],
        "export_usd_per_mwh": [0.0] * slots,
        "grid_t_per_mwh": [0.0] * slots,
    }
    return Instance.model_validate(
        {
            "slots": slots,
            "slot_hours": 1.0,
            "sites": {"s": own | site},
            "jobs": jobs or {},
            "classes": {"chat": {"latency_ms": 60.0, "revenue_usd_per_mwh": 400.0, "drop_usd_per_mwh": 200.0}},
            "demand_mw": {"r": {"chat": demand_mw or [0.0] * slots}},
            "latency_ms": {"r": {"s": 10.0}},
            "network_usd_per_mwh": {"r": {"s": 0.0}},
        }
    )
