"""A hyperscaler that is told what a modular datacenter (MDC) emits: the lease by hand.

At one bus a dirty plant sells at 20 $/MWh and a clean one, without emissions, at 30. With cost weight 0.8 a kilogram
weighs kappa = 0.25 $. Local energy from the dirty plant (900 kg/MWh) would cost 20 + 225 a MWh, so the hyperscaler
buys clean: 30. The MDC minds no emissions and buys dirty at 20 what it needs beyond its curtailed 4.3 MWh. For a
volume of q MWh it discloses ``E = 900 (1 - 4.3 / q)``.

* The hyperscaler rents as long as ``lease + kappa E <= 30``, the MDC leases what it buys for at 20 $/MWh and more:
  ``0.25 * 900 (1 - 4.3 / q) = 30 - 20`` gives ``4.3 / q = 215 / 225``, so q = 4.5 MWh, of which 0.2 are bought and
  E = 40 kg/MWh. The lease costs 20 $/MWh.
* Full, K = 4.4 MW: E = 900 * 0.1 / 4.4 = 20.4545.. and the lease costs 30 - 0.25 E = 24.886.. $/MWh.
* Curtailed energy for all GPUs, K = 4: nothing is bought, E = 0, the lease costs 30.
* Nothing curtailed: the first MWh has 900 kg, worth 225 $: nothing is leased, whatever the price.
* Only cost counts, alpha = 1: everybody buys at 20, and so the lease costs 20.

100 MWh are to be processed. Welfare counts costs of generation and, weighed, the hyperscaler's own emissions.
"""

from collections.abc import Mapping

import numpy as np
from cases.known import Known

from walras.agents import Customer, Hyperscaler, ModularDatacenter, Producer, contract, lease
from walras.coordinator import Disclosure, Market, Scale

GPU_MW = 0.0005
CLEAN_USD, DIRTY_USD, DIRTY_KG = 30.0, 20.0, 900.0
KAPPA = 0.25
LOCAL = contract("clean", "hyperscaler", 0)
BOUGHT = contract("dirty", "mdc", 0)
LEASE = lease("mdc", 0, GPU_MW)


def some_bought() -> Known:
    return _known(10.0, 4.3, leased=4.5, bought=0.2, lease_usd_per_mwh=20.0)


def full() -> Known:
    intensity = DIRTY_KG * 0.1 / 4.4
    return _known(4.4, 4.3, leased=4.4, bought=0.1, lease_usd_per_mwh=30 - KAPPA * intensity)


def curtailed_for_all() -> Known:
    return _known(4.0, 4.3, leased=4.0, bought=0.0, lease_usd_per_mwh=30.0)


def nothing_curtailed() -> Known:
    return _known(10.0, 0.0, leased=0.0, bought=0.0, lease_usd_per_mwh=None)


def per_purchased_mwh() -> Known:
    """Curtailed energy does not count: 225 $ for each MWh leased, so not even the curtailed 4.3 MWh are."""
    return _known(10.0, 4.3, leased=0.0, bought=0.0, lease_usd_per_mwh=None, counts_curtailed=False)


def cost_alone() -> Known:
    """Which of two ways of 20 $/MWh is taken is open."""
    market = market_of(10.0, {"hyperscaler": 100.0}, cost_weight=1.0, disclosed={LEASE: 4.3})
    prices = {contract("dirty", "hyperscaler", 0): 20.0, BOUGHT: 20.0, LEASE: 20.0 * GPU_MW}
    return Known(market=market, prices=prices, trades={}, welfare_usd=-20.0 * 95.7)


EX_ANTE = {
    "some bought": some_bought,
    "full": full,
    "curtailed for all": curtailed_for_all,
    "nothing curtailed": nothing_curtailed,
    "per purchased MWh": per_purchased_mwh,
    "cost alone": cost_alone,
}


def market_of(
    capacity_mw: float,
    workload_mwh: Mapping[str, float],
    *,
    cost_weight: float = 0.8,
    curtailed_mwh: float = 4.3,
    disclosed: Mapping,
) -> Market:
    """The market with hyperscalers by name; `disclosed`: curtailed energy that counts, by lease."""
    customers = tuple(Customer(name, 1) for name in (*workload_mwh, "mdc"))
    hyperscalers = [
        Hyperscaler(
            name=name,
            bus=1,
            sellers=("clean", "dirty"),
            emission_rates_kg_per_mwh=np.array([0.0, DIRTY_KG]),
            cost_weight=cost_weight,
            batches=(f"batch of {name}",),
            workload_mwh=np.array([[mwh]]),
            processable={"mdc": (f"batch of {name}",)},
            gpu_rating_mw=GPU_MW,
        )
        for name, mwh in workload_mwh.items()
    ]
    agents = (
        *hyperscalers,
        ModularDatacenter("mdc", 1, ("clean", "dirty"), capacity_mw, np.array([curtailed_mwh]), GPU_MW),
        Producer("clean", 1, 1, customers, 500.0, CLEAN_USD, 0.0, 0.0, 1),
        Producer("dirty", 1, 1, customers, 500.0, DIRTY_USD, 0.0, DIRTY_KG, 1),
    )
    goods = Market(agents).goods
    scales = {good: Scale(20.0 * good.mwh_per_unit, 5.0 / good.mwh_per_unit) for good in goods}
    kappas = {agent.name: agent.emission_price_usd_per_kg for agent in hyperscalers}
    disclosures = {good: Disclosure(DIRTY_KG, curtailed, kappas) for good, curtailed in disclosed.items()}
    return Market(agents, scales, disclosures)


def _known(
    capacity_mw: float,
    curtailed_mwh: float,
    *,
    leased: float,
    bought: float,
    lease_usd_per_mwh: float | None,
    counts_curtailed: bool = True,
) -> Known:
    market = market_of(
        capacity_mw,
        {"hyperscaler": 100.0},
        curtailed_mwh=curtailed_mwh,
        disclosed={LEASE: curtailed_mwh if counts_curtailed else 0.0},
    )
    return Known(
        market=market,
        prices={LOCAL: CLEAN_USD}
        | ({BOUGHT: DIRTY_USD} if bought else {})
        | ({} if lease_usd_per_mwh is None else {LEASE: lease_usd_per_mwh * GPU_MW}),
        trades={
            ("hyperscaler", LOCAL): leased - 100.0,
            ("clean", LOCAL): 100.0 - leased,
            ("mdc", BOUGHT): -bought,
            ("mdc", LEASE): leased / GPU_MW,
            ("hyperscaler", LEASE): -leased / GPU_MW,
        },
        welfare_usd=-CLEAN_USD * (100.0 - leased) - DIRTY_USD * bought,
    )
