"""From a scenario to a market: calibrate demand, state the agents, weigh the goods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np

from ...agents.agent import Agent
from ...agents.consumer import Consumer
from ...agents.grid_operator import GridOperator
from ...agents.hyperscaler import Hyperscaler
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.pooled_consumer import PooledConsumer
from ...agents.pooled_grid_operator import PooledGridOperator
from ...agents.pooled_producer import PooledProducer
from ...agents.producer import Customer, Producer
from ...coordinator.market import Market
from ...network.case import Case, UnitGroup
from ..errors import Fault, ScenarioError
from ..own_parts.own_agents import with_own_agents
from ..settlement.stacked_market import StackedMarket, stack
from .calibration import inverse_demand
from .forward import forward_contracts, forward_purchase_mwh
from .names import GRID_OPERATOR, consumer_name
from .quantities import EmissionRates
from .references import case_and_faults, reference_faults
from .scales import scales_of
from .schema import Scenario, refuse_unless_scenario
from .servability import baseline_clears, refuse_unservable
from .setting import Setting, setting_of

OnStep = Callable[[str], object]

# The baseline is solved to about 1e-9; what lies below this is rounding.
_NO_PRICE_USD_PER_MWH = 1e-6


@dataclass(frozen=True, eq=False)
class BuiltMarket:
    """A market, with what building it took and later steps take too.

    Parameters
    ----------
    market : Market
    stacked : StackedMarket
        Of the market's agents.
    case : Case
        That they stand on.
    """

    market: Market
    stacked: StackedMarket
    case: Case


def build_market(scenario: Scenario) -> Market:
    """All agents of a scenario with the scales of their goods.

    Raises
    ------
    ScenarioError
        If a reference leads nowhere or the fixed load cannot be served.
    """
    return build(scenario).market


def build(scenario: Scenario, on_step: OnStep = lambda _: None) -> BuiltMarket:
    """All agents of a scenario with the scales of their goods, and stacked.

    Parameters
    ----------
    scenario : Scenario
    on_step : callable
        Called with what is done next, for progress: a year takes minutes.

    Raises
    ------
    ScenarioError
        If a reference leads nowhere or the fixed load cannot be served.
    TypeError
        If it is no scenario.
    """
    refuse_unless_scenario(scenario)
    case, faults = case_and_faults(scenario.model_dump())
    if faults or case is None:
        raise ScenarioError(scenario.name, faults)
    return _build(case, scenario, on_step)


def build_on(case: Case, scenario: Scenario, on_step: OnStep = lambda _: None) -> BuiltMarket:
    """All agents of a scenario on a case, whatever the scenario says of its source, as `build` does.

    Raises
    ------
    ScenarioError
        If a reference leads nowhere or the fixed load cannot be served.
    """
    faults = reference_faults(scenario.model_dump(), case)
    if faults:
        raise ScenarioError(scenario.name, faults)
    return _build(case, scenario, on_step)


def _build(case: Case, scenario: Scenario, on_step: OnStep) -> BuiltMarket:
    hours = count(1)
    setting = setting_of(scenario, case, lambda: on_step(f"calibrated hour {next(hours)} of {scenario.periods}"))
    on_step("stating the agents")
    consumers = _consumers(setting)
    datacenters = _modular_datacenters(setting)
    hyperscalers = _hyperscalers(setting)
    buyers: list[Consumer | ModularDatacenter | Hyperscaler] = [*consumers, *datacenters, *hyperscalers]
    # In a pool only those who mind emissions name their sellers.
    customers = tuple(Customer(buyer.name, buyer.bus) for buyer in buyers if buyer.sellers)
    agents: list[Agent] = [
        *consumers,
        *datacenters,
        *hyperscalers,
        *_producers(setting, customers),
        _grid_operator(setting),
    ]
    market = Market(with_own_agents(agents, scenario, setting.grid.hub))
    on_step("taking the agents' matrices")
    stacked = stack(market)
    if not baseline_clears(setting):
        on_step("making sure that all can be served")
        refuse_unservable(scenario, market, stacked)
    return BuiltMarket(market.with_scales(scales_of(setting, market)), stacked, case)


def _consumers(setting: Setting) -> list[Consumer]:
    section = setting.scenario.consumers
    floor = section.price_floor * _mean_baseline_price(setting)
    pooled = setting.scenario.trade == "pooled"
    kind = PooledConsumer if pooled else Consumer
    result: list[Consumer] = []
    for bus in setting.load_buses:
        index = setting.grid.bus_index[bus]
        price = np.maximum(setting.baseline.price_usd_per_mwh[index], floor)
        willingness, slope = inverse_demand(price, setting.load_mwh[index], section.price_elasticity)
        result.append(
            kind(
                name=consumer_name(bus),
                bus=bus,
                sellers=() if pooled else setting.sellers,
                willingness_usd_per_mwh=willingness,
                slope_usd_per_mwh2=slope,
                hydro_mwh=setting.hydro_mwh[index],
                forward_purchase_mwh=forward_purchase_mwh(setting, bus),
            )
        )
    return result


def _mean_baseline_price(setting: Setting) -> float:
    """Weighted with the loads of all buses and hours; 0 where nobody has load."""
    load = setting.load_mwh
    if not load.any():
        return 0.0
    price = float((setting.baseline.price_usd_per_mwh * load).sum() / load.sum())
    if not price > _NO_PRICE_USD_PER_MWH:
        raise ScenarioError(
            setting.scenario.name,
            [
                Fault(
                    "grid.line_limit_scale",
                    f"the mean baseline price is {price:.2f} $/MWh; demand can be calibrated only where it is above 0",
                )
            ],
        )
    return price


def _modular_datacenters(setting: Setting) -> list[ModularDatacenter]:
    return [
        ModularDatacenter(
            name=section.name,
            bus=section.bus,
            sellers=setting.sellers,
            capacity_mw=section.capacity_mw,
            curtailed_mwh=setting.per_period(section.curtailed_mw),
            gpu_rating_mw=setting.scenario.gpu_rating_kw / 1000,
        )
        for section in setting.scenario.modular_datacenters
    ]


def _hyperscalers(setting: Setting) -> list[Hyperscaler]:
    rates = setting.scenario.producers.emission_rates
    return [
        Hyperscaler(
            name=section.name,
            bus=section.bus,
            sellers=setting.sellers,
            emission_rates_kg_per_mwh=np.array([_emission_rate(unit, rates) for unit in setting.units]),
            cost_weight=section.cost_weight,
            batches=tuple(section.batches_mw),
            workload_mwh=np.array([setting.per_period(workload) for workload in section.batches_mw.values()]).reshape(
                len(section.batches_mw), setting.scenario.periods
            ),
            processable={lender.name: tuple(lender.batches) for lender in setting.scenario.modular_datacenters},
            gpu_rating_mw=setting.scenario.gpu_rating_kw / 1000,
        )
        for section in setting.scenario.hyperscalers
    ]


def _producers(setting: Setting, customers: tuple[Customer, ...]) -> list[Producer]:
    kind = PooledProducer if setting.scenario.trade == "pooled" else Producer
    return [
        kind(
            name=unit.name,
            bus=unit.bus,
            hub=setting.grid.hub,
            customers=customers,
            capacity_mw=unit.capacity_mw,
            cost_usd_per_mwh=unit.cost_usd_per_mwh,
            cost_slope_usd_per_mwh2=unit.cost_slope_usd_per_mwh2,
            emission_rate_kg_per_mwh=_emission_rate(unit, setting.scenario.producers.emission_rates),
            periods=setting.scenario.periods,
            forward_contracts=forward_contracts(setting, index),
            ramp_mw_per_h=unit.ramp_mw_per_h,
        )
        for index, unit in enumerate(setting.units)
    ]


def _grid_operator(setting: Setting) -> GridOperator:
    # No line ever carries more than all units and fixed injections together.
    throughput = sum(unit.capacity_mw for unit in setting.units) + float(
        np.abs(setting.fixed_withdrawal_mwh).sum(axis=0).max(initial=0.0)
    )
    kind = PooledGridOperator if setting.scenario.trade == "pooled" else GridOperator
    return kind(GRID_OPERATOR, setting.grid, setting.fixed_withdrawal_mwh, throughput)


def _emission_rate(unit: UnitGroup, rates: EmissionRates | None) -> float:
    if rates is None:
        return next(iter(unit.emission_rates_kg_per_mwh.values()))
    if isinstance(rates, str):
        return unit.emission_rates_kg_per_mwh[rates]
    return next(rates[key] for key in (unit.name, unit.unit_type, unit.fuel) if key in rates)
