"""Disclosure schemes: what hyperscalers know of a lease's emissions when they rent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from ...agents.arrays import FloatArray
from ...agents.goods import Good
from ...agents.hyperscaler import Hyperscaler
from ...agents.producer import Producer
from ...coordinator.disclosure import Disclosure
from ...coordinator.market import Market
from .footprints import emission_rates
from .selection import Selection

# kg per MWh that its lender buys, for each disclosed lease.
PurchaseMix = Mapping[Good, float]
# The same of the contracts of an allocation: None for a lender that buys nothing.
ContractMix = Mapping[Good, float | None]
T = TypeVar("T")

MAX_MIXES = 20


@dataclass(frozen=True, eq=False)
class DisclosureScheme:
    """Which leases are disclosed, and how their purchase mixes come about.

    Parameters
    ----------
    selection : Selection or None
        Picks the contracts, and with them the mixes. None, where no lease is disclosed: any will do.
    curtailed_mwh : mapping of Good to float
        The disclosed leases with the curtailed energy that counts in the denominator of their
        intensity. Empty under ex post disclosure, when only the past is known.
    imposed_kg_per_mwh : mapping of Good to float
        Mixes that are given instead of selected.
    near_mwh : mapping of Good to float
        Disclosed volumes to begin with for each mix, as those of a market nearby; they change no solution.
    """

    selection: Selection | None
    curtailed_mwh: Mapping[Good, float]
    imposed_kg_per_mwh: PurchaseMix
    near_mwh: Mapping[Good, float] = field(default_factory=dict)

    def first_mix(self, market: Market) -> dict[Good, float]:
        """Mixes to begin with: the cleanest rate of all producers, the dirtiest, or the mean by capacity."""
        producers = [agent for agent in market.agents if isinstance(agent, Producer)]
        rates = [producer.emission_rate_kg_per_mwh for producer in producers]
        mean = np.average(rates, weights=[producer.capacity_mw for producer in producers]) if producers else 0.0
        match self.selection:
            case Selection.LEAST_NORM | None:
                guess = float(mean)
            case Selection.CLEANEST:
                guess = min(rates, default=0.0)
            case Selection.DIRTIEST:
                guess = max(rates, default=0.0)
        return {good: self.imposed_kg_per_mwh.get(good, guess) for good in self.curtailed_mwh}

    def mix_of_contracts(self, market: Market, trades: FloatArray, bought: ContractMix) -> dict[Good, float]:
        """The mixes that selected contracts have.

        Parameters
        ----------
        market : Market
        trades : array of shape (copies,)
        bought : ContractMix
            Mix of each lease's contracts. By convention the mix of a lender that buys nothing is
            the one that the rule would look for: the mean rate of all generation, the cleanest rate
            of a unit that generates, or the dirtiest.
        """
        sales = _sales_by_period(market, trades)
        rates = emission_rates(market)
        result = {}
        for good in self.curtailed_mwh:
            mix = bought[good]
            if good in self.imposed_kg_per_mwh:
                mix = self.imposed_kg_per_mwh[good]
            result[good] = self._would_be_mix(sales[good.period], rates) if mix is None else mix
        return result

    def disclosures(self, market: Market, mix: PurchaseMix) -> dict[Good, Disclosure]:
        """What the hyperscalers of a market are told for given mixes."""
        prices = {
            agent.name: agent.emission_price_usd_per_kg for agent in market.agents if isinstance(agent, Hyperscaler)
        }
        return {good: Disclosure(mix[good], curtailed, prices) for good, curtailed in self.curtailed_mwh.items()}

    def _would_be_mix(self, sales_mwh: Mapping[str, float], rates: Mapping[str, float]) -> float:
        generating = {name: mwh for name, mwh in sales_mwh.items() if mwh > 1e-6}
        if not generating:
            return 0.0
        match self.selection:
            case Selection.LEAST_NORM | None:
                return sum(rates[name] * mwh for name, mwh in generating.items()) / sum(generating.values())
            case Selection.CLEANEST:
                return min(rates[name] for name in generating)
            case Selection.DIRTIEST:
                return max(rates[name] for name in generating)


@dataclass(frozen=True, eq=False)
class Disclosed(Generic[T]):
    """An outcome with the mixes that were disclosed and how far its contracts are from them.

    Parameters
    ----------
    outcome : T
    mix_kg_per_mwh : mapping of Good to float
        Empty under ex post disclosure.
    inconsistency_kg_per_mwh : float
        Largest difference between a disclosed mix and that of the contracts.
    is_consistent : bool
        Whether what was disclosed is true, within the tolerance that was asked for.
    mixes : int
        How many mixes were tried.
    """

    outcome: T
    mix_kg_per_mwh: PurchaseMix
    inconsistency_kg_per_mwh: float
    is_consistent: bool
    mixes: int


def disclose_consistently(
    market: Market,
    scheme: DisclosureScheme,
    solve: Callable[[Market], T],
    contracts_of: Callable[[T], tuple[FloatArray, ContractMix] | None],
    tolerance_kg_per_mwh: float,
) -> Disclosed[T]:
    """Solve for one purchase mix after the other until contracts have the mix that was disclosed.

    For a given mix the market is convex; only the mix is iterated, by the selection rule, and
    extrapolated, since contracts may answer a dirtier mix with a cleaner one, to and fro. A lender that buys
    nothing keeps the mix of the last contracts that it had for another mix: they are what it would buy.
    Without disclosed leases one solution is all.

    Parameters
    ----------
    market : Market
    scheme : DisclosureScheme
    solve : callable
        Solves a market with disclosures.
    contracts_of : callable
        Stacked trades and mixes of an outcome's selected contracts; None if it has none and the search must end.
    tolerance_kg_per_mwh : float
        A mix that moves by less is consistent.
    """
    goods = list(scheme.curtailed_mwh)
    mix = scheme.first_mix(market)
    had: dict[Good, float | None] = {}
    tried_mixes: list[FloatArray] = []
    found_mixes: list[FloatArray] = []
    for tried in range(1, MAX_MIXES + 1):
        outcome = solve(market.with_disclosures(scheme.disclosures(market, mix)))
        contracts = contracts_of(outcome)
        if contracts is None:
            return Disclosed(outcome, mix, float("inf"), not mix, tried)
        trades, bought = contracts
        had |= {good: kg_per_mwh for good, kg_per_mwh in bought.items() if kg_per_mwh is not None}
        found = scheme.mix_of_contracts(market, trades, {**bought, **had})
        tried_mixes.append(np.array([mix[good] for good in goods]))
        found_mixes.append(np.array([found[good] for good in goods]))
        change = float(np.abs(found_mixes[-1] - tried_mixes[-1]).max(initial=0.0))
        if change <= tolerance_kg_per_mwh or tried == MAX_MIXES:
            break
        mix = dict(zip(goods, _next_mix(tried_mixes[-2:], found_mixes[-2:]).tolist(), strict=True))
    return Disclosed(outcome, mix, change, change <= tolerance_kg_per_mwh, tried)


def _next_mix(tried: list[FloatArray], found: list[FloatArray]) -> FloatArray:
    """The last mix that was found, extrapolated from the one before (Anderson mixing of depth one).

    Anderson, "Iterative procedures for nonlinear integral equations", J. ACM 12(4), 1965. Only
    differences that turn round are extrapolated: the result lies between the mixes that were found.
    """
    if len(tried) < 2:
        return found[-1]
    before, now = found[0] - tried[0], found[1] - tried[1]
    share = np.clip((now - before) @ now / max(float((now - before) @ (now - before)), 1e-300), 0.0, 1.0)
    return np.asarray(found[1] + share * (found[0] - found[1]))


def _sales_by_period(market: Market, trades: FloatArray) -> dict[int, dict[str, float]]:
    result: dict[int, dict[str, float]] = {}
    for agent, goods, copies in zip(market.agents, market.goods_of_agents, market.copies_of_agents, strict=True):
        if isinstance(agent, Producer):
            produced = set(agent.goods_produced)
            for good, quantity in zip(goods, trades[copies].tolist(), strict=True):
                sales = result.setdefault(good.period, {})
                if good in produced:
                    sales[agent.name] = sales.get(agent.name, 0.0) + quantity
    return result
