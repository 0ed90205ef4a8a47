"""The disclosure scheme of a scenario."""

from __future__ import annotations

from ...agents.goods import Good
from ...agents.modular_datacenter import ModularDatacenter
from ...coordinator.market import Market
from ..settlement.scheme import DisclosureScheme
from ..settlement.selection import Selection
from .schema import Scenario


def disclosure_scheme(scenario: Scenario, market: Market) -> DisclosureScheme:
    """Which leases are disclosed, with what in the denominator, and which mixes are imposed.

    With renewables in the denominator a lease's intensity rises with its volume beyond the curtailed
    energy. Per purchased MWh it is the mix itself, whatever the volume. A modular datacenter that
    cannot buy at all discloses none.
    """
    selection = None if scenario.selection == "none" else Selection(scenario.selection)
    if scenario.disclosure == "ex_post":
        return DisclosureScheme(selection, {}, {})
    lenders = [agent for agent in market.agents if isinstance(agent, ModularDatacenter)]
    curtailed = {
        good: float(lender.curtailed_mwh[good.period])
        for lender in lenders
        for good in lender.leases
        if lender.capacity_mw > lender.curtailed_mwh[good.period] and _is_traded(market, good)
    }
    if scenario.disclosed_intensity == "per_purchased_mwh":
        curtailed = dict.fromkeys(curtailed, 0.0)
    return DisclosureScheme(selection, curtailed, _imposed(scenario, curtailed))


def _is_traded(market: Market, lease: Good) -> bool:
    return bool(market.traders[market.good_index[lease]] > 1)


def _imposed(scenario: Scenario, disclosed: dict[Good, float]) -> dict[Good, float]:
    imposed = scenario.purchase_mix_kg_per_mwh or {}
    result = {}
    for good in disclosed:
        if good.seller in imposed:
            value = imposed[good.seller]
            result[good] = float(value[good.period] if isinstance(value, list) else value)
    return result
