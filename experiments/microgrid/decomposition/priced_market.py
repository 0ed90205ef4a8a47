"""The market in which sites are paid for inference and training, and pay for carbon."""

from __future__ import annotations

import numpy as np

from ....agents.agent import Agent
from ....agents.goods import Family, Good, inference
from ....agents.relaxed import Relaxed
from ....coordinator.market import Market, Scale
from ..instance import Instance
from ..participants import Participants

# What a ton may cost, as an order of magnitude [$ per t].
_CARBON_USD_PER_T = 50.0


def priced_market(instance: Instance, agents: Participants) -> Market:
    """Relaxed sites, and buyers slot by slot; sites come first.

    Parameters
    ----------
    instance : Instance
    agents : Participants
        Those of the instance.
    """
    buyers = [part for region in agents.regions for part in region.by_slot()]
    everybody: tuple[Agent, ...] = (*(Relaxed(site) for site in agents.sites), *buyers, *agents.owners, *agents.budgets)
    market = Market(everybody)
    volumes_mwh = {
        inference(region, name, slot): power * instance.slot_hours
        for region, classes in instance.demand_mw.items()
        for name, demand in classes.items()
        for slot, power in enumerate(demand)
    }
    typical_mwh = float(np.mean(list(volumes_mwh.values()))) if volumes_mwh else 1.0

    def scale(good: Good) -> Scale:
        match good.family:
            case Family.TRAINING:
                return Scale(_at_least(instance.jobs[good.buyer].value_usd), 1.0)
            case Family.CARBON:
                return Scale(_CARBON_USD_PER_T, _at_least(instance.carbon_budget_t or 0.0))
            case _:
                paid = instance.classes[good.buyer.rpartition(", ")[2]]
                return Scale(
                    _at_least(paid.revenue_usd_per_mwh + paid.drop_usd_per_mwh),
                    _at_least(max(volumes_mwh[good], 1e-3 * typical_mwh)),
                )

    return market.with_scales({good: scale(good) for good in market.goods})


def _at_least(value: float) -> float:
    return value if value > 0 else 1.0
