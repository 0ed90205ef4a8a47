"""Scenarios: what a study assumes, as data with rules."""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr

from ...agents.agent import Agent
from .quantities import (
    CostFactors,
    Elasticity,
    EmissionRates,
    Factor,
    Name,
    PositiveShare,
    PowerMW,
    PowerPerPeriod,
    RatePerPeriod,
    Share,
    Text,
    Tolerance,
)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class GridSection(_Section):
    """Which grid, and how much of its line ratings may be used."""

    source: Text = Field(
        "rts24", description="built-in case, case name of MATPOWER, its .m file, or folder of CSV files"
    )
    line_limit_scale: Factor = Field(1.0, description="factor on all line limits")


class ProducersSection(_Section):
    """What is known of the generating units beyond the case."""

    emission_rates: EmissionRates | None = Field(
        None,
        description="an emission table of the case, or kg/MWh by unit group, unit type or fuel; null: its first table",
    )
    cost_factors: CostFactors = Field(
        {}, description="factors on marginal costs by unit group, unit type or fuel; what is not named keeps the case's"
    )
    hydro_injection_mw: PowerPerPeriod | None = Field(
        None, description="total injection of the units with fixed dispatch; null: their capacity that is not traded"
    )
    hydro_traded_mw: PowerMW = Field(
        0.0, description="capacity of the units with fixed dispatch that is offered in contracts instead of injected"
    )


class ConsumersSection(_Section):
    """How conventional load responds to prices."""

    price_elasticity: Elasticity = -0.2
    price_floor: PositiveShare = Field(
        0.05, description="demand is calibrated at no less than this share of the mean baseline price"
    )
    forward_position: Share = Field(
        0.0, description="phi: share of the baseline's trade that is bound by forward contracts"
    )
    forward_basis: Literal["generator", "consumer", "contract"] = Field(
        "generator", description="what phi is a share of; by consumer the consumer is bound, else the producer"
    )


class HyperscalerSection(_Section):
    """A hyperscaler and its inference batches."""

    name: Name
    bus: int
    cost_weight: PositiveShare = Field(description="alpha: weight of cost against emissions")
    batches_mw: dict[Name, PowerPerPeriod] = Field(min_length=1)


class ModularDatacenterSection(_Section):
    """A modular datacenter beside a curtailed renewable plant."""

    name: Name
    bus: int
    capacity_mw: PowerMW
    curtailed_mw: PowerPerPeriod
    batches: list[Name] = Field(description="the batches that it can process in time")


def _finite(value: Any) -> Any:
    """Refuse what no run folder can hold; whatever else the class of an own part may take is its affair."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _finite(item)
    if isinstance(value, float) and not isfinite(value):
        raise ValueError("finite numbers are needed")
    return value


Argument = Annotated[Any, BeforeValidator(_finite)]


class AgentSection(BaseModel):
    """An agent of somebody's own; further keys are arguments of its class."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)
    __pydantic_extra__: dict[str, Argument]

    name: Name
    code: Text = Field(description="its class, module:Class")

    @property
    def arguments(self) -> dict[str, Any]:
        """The further keys."""
        return dict(self.model_extra or {})


class CoordinatorSection(_Section):
    """How prices are adjusted, and when to stop."""

    mechanism: Name = Field("admm", description="a name that `walras list` knows, or an own one, module:Class")
    arguments: dict[str, Argument] = Field({}, description="of an own mechanism's class")
    tolerance: Tolerance = 1e-6
    max_rounds: int = Field(5000, ge=1, le=10_000_000)


class Scenario(_Section):
    """A market to study. The units are in the names; alpha, elasticities and factors are pure numbers."""

    name: Name
    grid: GridSection = GridSection()
    trade: Literal["bilateral", "pooled"] = Field(
        "bilateral",
        description="whether consumers have a contract with every producer, or buy from a pool at their bus",
    )
    periods: int = Field(1, ge=1, le=8784, description="hours")
    load_profile: list[Factor] | None = Field(None, description="factor on the load of each hour")
    producers: ProducersSection = ProducersSection()
    consumers: ConsumersSection = ConsumersSection()
    hyperscalers: list[HyperscalerSection] = []
    modular_datacenters: list[ModularDatacenterSection] = []
    agents: list[AgentSection] = []
    gpu_rating_kw: float = Field(1000 / 1700, ge=1e-6, le=1e6, allow_inf_nan=False, description="power of one GPU")
    disclosure: Literal["ex_post", "ex_ante"] = Field(
        "ex_post", description="whether hyperscalers know the emissions of modular datacenters before they rent"
    )
    disclosed_intensity: Literal["per_used_mwh", "per_purchased_mwh"] = Field(
        "per_used_mwh", description="ex ante: whether curtailed energy counts in the denominator"
    )
    purchase_mix_kg_per_mwh: dict[Name, RatePerPeriod] | None = Field(
        None, description="ex ante: kg per purchased MWh by modular datacenter, instead of the selection rule"
    )
    selection: Literal["least_norm", "cleanest", "dirtiest", "none"] = Field(
        "least_norm", description="which of several equal contract matrices; none, ex post: whichever is found"
    )
    coordinator: CoordinatorSection = CoordinatorSection()
    seed: int = Field(0, ge=0, description="no step of today's mechanisms is random; kept with the results")
    _newcomers: tuple[Agent, ...] = PrivateAttr(())

    @property
    def newcomers(self) -> tuple[Agent, ...]:
        """Agents that were added in Python; no file can hold them, nor does `model_dump`."""
        return self._newcomers

    def __add__(self, agent: Agent) -> Self:
        """The same market with one more agent, whom its sellers or its customers take on.

        See `walras.agents.with_newcomer`.

        Raises
        ------
        TypeError
            If it is no agent.
        """
        if isinstance(agent, type) or not isinstance(agent, Agent):
            raise TypeError(f"a scenario takes on agents, which have name, moves_money and declare(); not {agent!r}")
        larger = self.model_copy()
        larger._newcomers = (*self._newcomers, agent)
        return larger


def refuse_unless_scenario(given: object) -> None:
    """Raise TypeError unless something is a scenario."""
    if not isinstance(given, Scenario):
        raise TypeError(
            f"scenario is {given!r:.60}; needed is a Scenario: load_scenario reads one by its name or from a file, "
            "parse_scenario takes nested dictionaries"
        )
