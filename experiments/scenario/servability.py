"""Whether a market can clear at all, and what stands in the way if it cannot."""

from __future__ import annotations

from math import floor

from ...agents.consumer import Consumer
from ...agents.hyperscaler import Hyperscaler
from ...agents.producer import Producer
from ...coordinator.market import Market
from ...coordinator.programmes.unsolved import UnsolvedProgrammeError
from ..errors import Fault, ScenarioError
from ..settlement.feasibility import Limit, largest_forward_position, largest_workload
from ..settlement.stacked_market import StackedMarket
from .schema import Scenario
from .setting import Setting

_SHOWN = 5


def baseline_clears(setting: Setting) -> bool:
    """Whether the least-cost dispatch for fixed load is an allocation of the market, which then needs no other proof.

    It is where there is no work, nobody owes anything, and no ramp ties hours.
    """
    scenario = setting.scenario
    batches = (workload for section in scenario.hyperscalers for workload in section.batches_mw.values())
    has_work = any(setting.per_period(workload).any() for workload in batches)
    has_others = bool(scenario.agents or scenario.newcomers)
    has_ramps = scenario.periods > 1 and any(unit.ramp_mw_per_h is not None for unit in setting.units)
    is_bound = scenario.consumers.forward_position > 0 or has_ramps
    return not (has_work or has_others or is_bound)


def refuse_unservable(scenario: Scenario, market: Market, stacked: StackedMarket) -> None:
    """Make sure that some allocation clears.

    Raises
    ------
    ScenarioError
        If workload or forward contracts cannot be met; the message says how much can, and names the
        contracts and buses that set the limit. Also if no solver can say.
    """
    try:
        workload = largest_workload(market, stacked)
        if workload is not None and workload.factor >= 1:
            return
        # With forward contracts the workload may be too large only because of them.
        forward = largest_forward_position(market, stacked) if scenario.consumers.forward_position > 0 else None
    except UnsolvedProgrammeError as error:
        message = f"no solver can say whether workload and forward contracts can be met ({error})"
        raise ScenarioError(scenario.name, [Fault("grid.source", message)]) from error
    if forward is not None:
        raise ScenarioError(scenario.name, [_forward_fault(scenario, market, forward)])
    if workload is None:
        message = "the lines cannot carry the fixed injections even without any demand"
        raise ScenarioError(scenario.name, [Fault("grid.line_limit_scale", message)])
    raise ScenarioError(scenario.name, [_workload_fault(market, workload)])


def _forward_fault(scenario: Scenario, market: Market, limit: Limit) -> Fault:
    section = scenario.consumers
    bus_of = {agent.name: agent.bus for agent in market.agents if isinstance(agent, (Consumer, Producer))}
    binding = []
    for name, others in limit.binding[:_SHOWN]:
        if len(others) == 1:
            binding.append(f"contract {name} at bus {bus_of[name]} -> {others[0]} at bus {bus_of[others[0]]}")
        else:
            binding.append(f"all contracts of {name} at bus {bus_of[name]} together")
    more = f" and {len(limit.binding) - _SHOWN} more" if len(limit.binding) > _SHOWN else ""
    return Fault(
        "consumers.forward_position",
        f"{section.forward_position:g} by {section.forward_basis} cannot be met; at most "
        f"{_rounded_down(limit.factor * section.forward_position)} can, because of {'; '.join(binding)}{more}",
    )


def _workload_fault(market: Market, limit: Limit) -> Fault:
    workload = sum(float(agent.workload_mwh.sum()) for agent in market.agents if isinstance(agent, Hyperscaler))
    return Fault(
        "hyperscalers",
        f"batches_mw add up to {workload:,.1f} MWh, which cannot be served; lines, units and datacenters "
        f"can take at most {_rounded_down(limit.factor)} times these batches ({limit.factor * workload:,.1f} MWh)",
    )


def _rounded_down(largest: float) -> str:
    """Four decimals of a number that must not be exceeded; the linear programme has a few more."""
    return f"{floor(1e4 * largest + 1e-5) / 1e4:.4f}"
