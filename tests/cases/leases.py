"""A hyperscaler, a modular datacenter (MDC) and a producer at one bus: three lease prices by hand.

The hyperscaler needs 50 MWh and weighs emissions with kappa $/kg; the producer emits 30 kg/MWh, so local computing
costs p + 30 kappa a MWh. The MDC has 4 MWh of curtailed energy and 10 MW of capacity, and buys at p without a thought
for emissions. A GPU takes 0.0005 MW. How much of the workload the MDC can process in time decides who sets the price:

* saturated (all 50 MWh): the MDC leases 10 MWh and buys 6; local 40, output 46. The hyperscaler would pay up to its
  local cost: lease 0.0005 * (p + 30 kappa). Without emissions both ways cost the
  same: prices stay as they are, trades are open.
* spare capacity (8 MWh): it leases 8 and buys 4; local 42, output 46. It would lease more at its own cost:
  lease 0.0005 * p.
* spare renewables (3 MWh): it leases 3 and buys nothing; local 47, output 47. Another MWh costs nothing: lease 0.

Marginal cost is 15.4 + 0.1 s: p = 20 at output 46 and p = 20.1 at 47. With cost weight 0.6, kappa = 0.4/0.6 = 2/3 and
30 kappa = 20 $/MWh: the saturated lease costs 0.0005 * 40 = 0.02 $/GPU. With cost weight 1 it is 0.01.
Costs: output 15.4 s + 0.05 s^2 = 814.2 (s = 46) or 834.25 (s = 47), emissions 30 kappa * local.
"""

import numpy as np
from cases.known import Known

from walras.agents import Customer, Hyperscaler, ModularDatacenter, Producer, contract, lease
from walras.coordinator import Market, Scale

GPU_MW = 0.0005
LOCAL_ENERGY = contract("plant", "hyperscaler", 0)
MDC_ENERGY = contract("plant", "mdc", 0)
LEASE = lease("mdc", 0, GPU_MW)


def saturated(cost_weight: float = 0.6) -> Known:
    weight = 30 * (1 - cost_weight) / cost_weight
    return _known(cost_weight, 50.0, price=20.0, lease_price=GPU_MW * (20 + weight), leased=10.0, cost=814.2)


def spare_capacity(cost_weight: float = 0.6) -> Known:
    return _known(cost_weight, 8.0, price=20.0, lease_price=GPU_MW * 20, leased=8.0, cost=814.2)


def spare_renewables(cost_weight: float = 0.6) -> Known:
    return _known(cost_weight, 3.0, price=20.1, lease_price=0.0, leased=3.0, cost=834.25)


def _known(
    cost_weight: float, processable_mwh: float, *, price: float, lease_price: float, leased: float, cost: float
) -> Known:
    batches = {"quick": processable_mwh, "other": 50 - processable_mwh}
    market = Market(
        (
            Hyperscaler(
                name="hyperscaler",
                bus=1,
                sellers=("plant",),
                emission_rates_kg_per_mwh=np.array([30.0]),
                cost_weight=cost_weight,
                batches=tuple(batches),
                workload_mwh=np.array(list(batches.values()))[:, None],
                processable={"mdc": ("quick",)},
                gpu_rating_mw=GPU_MW,
            ),
            ModularDatacenter("mdc", 1, ("plant",), 10.0, np.array([4.0]), GPU_MW),
            Producer("plant", 1, 1, (Customer("hyperscaler", 1), Customer("mdc", 1)), 200.0, 15.4, 0.1, 30.0, 1),
        ),
        {LOCAL_ENERGY: Scale(20.0, 20.0), MDC_ENERGY: Scale(20.0, 20.0), LEASE: Scale(0.01, 40000.0)},
    )
    bought = max(leased - 4, 0.0)
    emissions_usd = 30 * (1 - cost_weight) / cost_weight * (50 - leased)
    trades = {
        ("hyperscaler", LOCAL_ENERGY): leased - 50,
        ("mdc", MDC_ENERGY): -bought,
        ("mdc", LEASE): leased / GPU_MW,
        ("hyperscaler", LEASE): -leased / GPU_MW,
    }
    is_indifferent = emissions_usd == 0 and bought > 0
    return Known(
        market=market,
        prices={LOCAL_ENERGY: price, LEASE: lease_price} | ({MDC_ENERGY: price} if bought else {}),
        trades={} if is_indifferent else trades,
        welfare_usd=-cost - emissions_usd,
    )
