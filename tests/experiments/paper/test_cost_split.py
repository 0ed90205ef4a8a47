"""What the hyperscaler pays, in parts: on paper, and on a market whose parts are known."""

import pandas as pd
import pytest

from walras.experiments.paper.cases import run_chain
from walras.experiments.paper.chains import Chain
from walras.experiments.paper.claims.cost_split import cost_split, split_in_words
from walras.experiments.paper.lookup import Cases, at
from walras.experiments.paper.paper_settings import SETTINGS
from walras.experiments.paper.printed import DATACENTERS


def on_paper(alpha, price, leased, surplus, local_t, welfare):
    """10 MWh of local work at a nodal price of 200 $, paid at `price`."""
    return {
        "alpha": alpha,
        "price_usd_per_mwh.7": 200.0,
        "workload_mwh.local": 10.0,
        "workload_cost_usd.local": 10 * price,
        "workload_cost_usd.mdc": leased,
        **{f"surplus_usd.{name}": surplus / 3 for name in DATACENTERS},
        "co2_t.local": local_t,
        "welfare_usd": welfare,
    }


def test_the_parts_on_paper():
    """At alpha 0.5 kappa is 1: welfare of 1000 $ less nothing leaves out 2000 $ for 2 t."""
    rows = pd.DataFrame(
        [on_paper(0.5, 230.0, 500.0, 400.0, 2.0, 1000.0), on_paper(1.0, 205.0, 300.0, 150.0, 4.0, 3050.0)]
    )
    split = cost_split(rows.set_index("alpha"), 7)
    assert split.loc[0.5].to_dict() == pytest.approx(
        {
            "local_usd": 2300.0,
            "mdc_usd": 500.0,
            "total_usd": 2800.0,
            "energy_usd": 2000.0,
            "clean_rent_usd": 300.0,
            "lease_rent_usd": 400.0,
            "lease_energy_usd": 100.0,
            "used_up_usd": -3000.0,
        }
    )
    words = split_in_words(at(split, 0.5), at(split, 1.0))
    assert words.startswith("of the fall of 450 $ between these two 250 $ are rent of supply")
    assert "250 $ rent of datacenters, and -50 $ energy" in words
    assert "costs 50.00 $ less: 88.9% of the fall are transfers" in words


def test_ex_post_all_of_the_fall_are_transfers_where_dispatch_does_not_change():
    """With surrogate rates nuclear energy covers all work: loads and prices are the same at every alpha."""
    setting = SETTINGS["surrogate"]
    chain = Chain(setting.name, "ex_post", "generator", 0.0, (0.1, 0.9))
    split = cost_split(Cases(run_chain(chain)).spot(setting.name, "ex_post"), setting.bus_of_local_work)
    fall = split.loc[0.1] - split.loc[0.9]
    # 24 MWh of leases, each paid 145 kg times kappa beyond the price of energy.
    assert fall["lease_rent_usd"] == pytest.approx(24 * 145 * (9 - 1 / 9), rel=1e-4)
    assert fall["total_usd"] == pytest.approx(fall["lease_rent_usd"], rel=1e-4)
    assert fall["used_up_usd"] == pytest.approx(0.0, abs=0.5)
