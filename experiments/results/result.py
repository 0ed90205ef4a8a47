"""Results: what an allocation and its prices mean in the terms of the study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ...agents.arrays import FloatArray
from ...agents.consumer import Consumer
from ...agents.hyperscaler import Hyperscaler
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.producer import Producer
from ...coordinator.certificate import profits
from ...coordinator.measures.turnover import turnover_usd
from .ledger import Ledger
from .nodal import nodal_result

Series = dict[str, list[float]]
# Energy below this has no intensity.
NO_TRADE_MWH = 1e-6


@dataclass(frozen=True)
class LeaseResult:
    """A modular datacenter's business; lists run over the periods.

    `mix_kg_per_mwh` is per purchased MWh, `intensity_kg_per_mwh` per MWh used, curtailed energy
    counted; None in an hour without either.
    """

    price_usd_per_gpu: list[float]
    energy_mwh: list[float]
    purchases_mwh: list[float]
    mix_kg_per_mwh: list[float | None]
    intensity_kg_per_mwh: list[float | None]


@dataclass(frozen=True)
class Result:
    """The figures of a market outcome. Dictionaries run over buses, units, lines or agents, lists over periods.

    Parameters
    ----------
    welfare_usd : float
        Benefit of consumers less generation cost less the value of the hyperscalers' own emissions.
    turnover_usd : float
        Benefit of consumers plus generation cost.
    price_usd_per_mwh, demand_mwh, generation_mwh, flow_mw, line_price_usd_per_mw : dict of lists
        Demand counts the hydro share; generation leaves hydro out.
    lease : dict of LeaseResult
    workload_price_usd_per_mwh : dict of lists
        What one more MWh of local work costs a hyperscaler, its emissions valued.
    workload_mwh, workload_cost_usd, co2_t : dict of float
        Local work and work at modular datacenters; `co2_t` also of the system.
    congestion_rent_usd : float
    surplus_usd : dict of float
        Their sum is the welfare plus the value of the imbalance.
    unique : bool
        Whether nodal prices are pinned at the buses that trade.
    intervals : nested dict of lists of [low, high], optional
        Under the keys of the figures that are not unique, one pair a period, or None in the place of one that was
        not found within the budget; None for all where nothing is proven, as of a run that has not converged.
    """

    welfare_usd: float
    turnover_usd: float
    price_usd_per_mwh: Series
    demand_mwh: Series
    generation_mwh: Series
    flow_mw: Series
    lease: dict[str, LeaseResult]
    co2_t: dict[str, float]
    congestion_rent_usd: float
    line_price_usd_per_mw: Series
    workload_mwh: dict[str, float]
    workload_price_usd_per_mwh: Series
    workload_cost_usd: dict[str, float]
    surplus_usd: dict[str, float]
    unique: bool
    intervals: dict[str, Any] | None = None

    def document(self) -> dict[str, Any]:
        """As nested dictionaries for JSON."""
        return asdict(self)


def summarise(ledger: Ledger) -> Result:
    """Compute all figures of a market with one grid operator."""
    operator = ledger.grid_operator
    grid = operator.grid
    periods = operator.fixed_withdrawal_mw.shape[1]
    nodal = nodal_result(ledger)
    costs = ledger.allocation.costs
    rent = nodal.line_price_usd_per_mw * operator.line_limit_mw[:, None]
    surplus = profits(ledger.market, ledger.prices, ledger.allocation)
    return Result(
        welfare_usd=float(-costs.sum()),
        turnover_usd=turnover_usd(ledger.market, costs),
        price_usd_per_mwh=_series(grid.buses, nodal.price_usd_per_mwh),
        demand_mwh=_demand(ledger, periods),
        generation_mwh={
            producer.name: ledger.quantities(producer, producer.goods_produced, periods).sum(axis=0).tolist()
            for producer in ledger.of_kind(Producer)
        },
        flow_mw=_series(grid.line_ids, nodal.flow_mw),
        lease={mdc.name: _lease(ledger, mdc) for mdc in ledger.of_kind(ModularDatacenter)},
        co2_t=_co2(ledger, periods),
        congestion_rent_usd=float(rent.sum()),
        line_price_usd_per_mw=_series(grid.line_ids, nodal.line_price_usd_per_mw),
        workload_mwh=_workload(ledger, periods),
        workload_price_usd_per_mwh={
            hyperscaler.name: _workload_price(ledger, hyperscaler) for hyperscaler in ledger.of_kind(Hyperscaler)
        },
        workload_cost_usd=_workload_cost(ledger),
        surplus_usd={agent.name: float(surplus[i]) for i, agent in enumerate(ledger.market.agents)},
        unique=nodal.unique,
    )


def _series(names: tuple[int, ...] | tuple[str, ...], values: FloatArray) -> Series:
    return {str(name): row.tolist() for name, row in zip(names, values, strict=True)}


def _demand(ledger: Ledger, periods: int) -> Series:
    result: dict[str, FloatArray] = {}
    for consumer in ledger.of_kind(Consumer):
        bought = -ledger.quantities(consumer, consumer.goods_bought, periods).sum(axis=0)
        result[str(consumer.bus)] = result.get(str(consumer.bus), 0.0) + bought + consumer.hydro_mwh
    return {bus: demand.tolist() for bus, demand in result.items()}


def _lease(ledger: Ledger, mdc: ModularDatacenter) -> LeaseResult:
    periods = len(mdc.curtailed_mwh)
    energy = ledger.quantities(mdc, mdc.leases, periods)[0] * mdc.gpu_rating_mw
    bought = _purchases(ledger, mdc, periods)
    emissions = _emissions_kg(ledger, mdc, periods)
    return LeaseResult(
        price_usd_per_gpu=ledger.price_table(mdc.leases, periods)[0].tolist(),
        energy_mwh=energy.tolist(),
        purchases_mwh=bought.tolist(),
        mix_kg_per_mwh=_per_mwh(emissions, bought),
        intensity_kg_per_mwh=_per_mwh(emissions, energy),
    )


def _per_mwh(emissions_kg: FloatArray, energy_mwh: FloatArray) -> list[float | None]:
    """Emissions per MWh by hour, None in those without energy."""
    pairs = zip(emissions_kg.tolist(), energy_mwh.tolist(), strict=True)
    return [kg / mwh if mwh > NO_TRADE_MWH else None for kg, mwh in pairs]


def _purchases(ledger: Ledger, buyer: Hyperscaler | ModularDatacenter, periods: int) -> FloatArray:
    """Energy that a datacenter buys [MWh], shape (periods,)."""
    return np.asarray(-ledger.quantities(buyer, buyer.contracts, periods).sum(axis=0))


def _emissions_kg(ledger: Ledger, buyer: Hyperscaler | ModularDatacenter, periods: int) -> FloatArray:
    """Emissions of the energy that a datacenter buys, shape (periods,); zero in an hour without purchases."""
    rates = {producer.name: producer.emission_rate_kg_per_mwh for producer in ledger.of_kind(Producer)}
    bought = -ledger.quantities(buyer, buyer.contracts, periods)
    emissions = np.array([rates[seller] for seller in buyer.sellers]) @ bought
    return np.asarray(np.where(bought.sum(axis=0) > NO_TRADE_MWH, emissions, 0.0))


def _co2(ledger: Ledger, periods: int) -> dict[str, float]:
    system = sum(
        producer.emission_rate_kg_per_mwh * float(ledger.quantities(producer, producer.goods_produced, periods).sum())
        for producer in ledger.of_kind(Producer)
    )
    return {
        "system": system / 1000,
        "local": _footprint_kg(ledger, ledger.of_kind(Hyperscaler), periods) / 1000,
        "mdc": _footprint_kg(ledger, ledger.of_kind(ModularDatacenter), periods) / 1000,
    }


def _footprint_kg(ledger: Ledger, buyers: Sequence[Hyperscaler | ModularDatacenter], periods: int) -> float:
    return sum(float(_emissions_kg(ledger, buyer, periods).sum()) for buyer in buyers)


def _workload(ledger: Ledger, periods: int) -> dict[str, float]:
    local = mdc = 0.0
    for hyperscaler in ledger.of_kind(Hyperscaler):
        local -= float(ledger.quantities(hyperscaler, hyperscaler.contracts, periods).sum())
        mdc -= float(ledger.quantities(hyperscaler, hyperscaler.leases, periods).sum()) * hyperscaler.gpu_rating_mw
    return {"local": local, "mdc": mdc}


def _workload_cost(ledger: Ledger) -> dict[str, float]:
    local = mdc = 0.0
    for hyperscaler in ledger.of_kind(Hyperscaler):
        trades = ledger.trades(hyperscaler)
        local -= sum(trades[good] * ledger.price(good) for good in hyperscaler.contracts)
        mdc -= sum(trades[good] * ledger.price(good) for good in hyperscaler.leases)
    return {"local": local, "mdc": mdc}


def _workload_price(ledger: Ledger, hyperscaler: Hyperscaler) -> list[float]:
    periods = hyperscaler.workload_mwh.shape[1]
    purchases = -ledger.quantities(hyperscaler, hyperscaler.contracts, periods)
    emission_value = hyperscaler.emission_price_usd_per_kg * hyperscaler.emission_rates_kg_per_mwh
    full = ledger.price_table(hyperscaler.contracts, periods) + emission_value[:, None]
    bought = purchases.sum(axis=0)
    mean = (full * purchases).sum(axis=0) / np.where(bought > 0, bought, 1.0)
    return list(np.where(bought > 1e-6, mean, full.min(axis=0)).tolist())
