"""An instance of the second system as data with rules: sites, jobs, classes of inference, demand."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ..scenario.quantities import Name

_LARGEST = 1e9
NonNegative = Annotated[float, Field(ge=0, le=_LARGEST, allow_inf_nan=False)]
Signed = Annotated[float, Field(ge=-_LARGEST, le=_LARGEST, allow_inf_nan=False)]
Efficiency = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=100_000)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DispatchableSection(_Section):
    """A generating unit on the site, off before slot 0."""

    max_mw: NonNegative = Field(description="largest output; 0 without a unit")
    min_mw: NonNegative = Field(description="least output while it is on")
    cost_usd_per_mwh: Signed
    start_usd: NonNegative
    e_t_per_mwh: NonNegative
    ramp_mw_per_slot: NonNegative | None = Field(
        None, description="largest change of output from one slot to the next, the first one from 0; null: any"
    )


class BatterySection(_Section):
    """A battery on the site."""

    max_mwh: NonNegative = Field(description="largest content; 0 without a battery")
    min_mwh: NonNegative
    max_mw: NonNegative = Field(description="largest charge, and largest discharge")
    charge_efficiency: Efficiency
    discharge_efficiency: Efficiency
    initial_mwh: NonNegative = Field(description="content before slot 0, and least content at the end")
    wear_usd_per_mwh: NonNegative = Field(description="for each MWh discharged")


class SiteSection(_Section):
    """A datacenter site; lists have one entry a slot."""

    it_capacity_mw: NonNegative
    idle_mw: NonNegative = Field(description="IT power that is drawn in any case")
    pue: list[Annotated[float, Field(ge=1, le=100, allow_inf_nan=False)]]
    renewable_mw: list[NonNegative] = Field(description="photovoltaic and wind power available")
    dispatchable: DispatchableSection
    battery: BatterySection
    import_mw: NonNegative
    export_mw: NonNegative
    import_usd_per_mwh: list[Signed]
    export_usd_per_mwh: list[Signed]
    grid_t_per_mwh: list[NonNegative]
    carbon_budget_t: NonNegative | None = Field(None, description="most that this site may emit; null: any")


class JobSection(_Section):
    """A training job, which runs in one piece on one site; slots count from 0."""

    it_mw: NonNegative
    slots: Count = Field(description="how long it runs")
    release: Annotated[int, Field(ge=0)] = Field(description="first slot in which it may run")
    deadline: Annotated[int, Field(ge=0)] = Field(description="last slot in which it may run")
    value_usd: NonNegative
    sites: list[Name] = Field(description="where it may run")
    mandatory: bool = False


class ClassSection(_Section):
    """A class of inference."""

    latency_ms: NonNegative = Field(description="longest latency that it bears")
    revenue_usd_per_mwh: NonNegative = Field(description="for each MWh of IT energy served")
    drop_usd_per_mwh: NonNegative = Field(description="for each MWh of IT energy not served")


class Instance(_Section):
    """All that a plan is made from, in the keys of ``walras microgrid instance --json``."""

    slots: Count
    slot_hours: Annotated[float, Field(gt=0, le=24, allow_inf_nan=False)]
    sites: dict[Name, SiteSection] = Field(min_length=1)
    jobs: dict[Name, JobSection]
    classes: dict[Name, ClassSection]
    demand_mw: dict[Name, dict[Name, list[NonNegative]]] = Field(
        description="IT power that requests of a region and class need, slot by slot"
    )
    latency_ms: dict[Name, dict[Name, NonNegative]] = Field(description="from every region to every site")
    network_usd_per_mwh: dict[Name, dict[Name, NonNegative]] = Field(description="from every region to every site")
    carbon_budget_t: NonNegative | None = Field(None, description="most that all sites may emit; null: any")
    carbon_price_usd_per_t: NonNegative = 0.0
