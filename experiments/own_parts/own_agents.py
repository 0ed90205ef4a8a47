"""Agents of a scenario that somebody else wrote: made of its sections, and joined to the others."""

from __future__ import annotations

from inspect import signature
from typing import Any

import numpy as np

from ...agents.agent import Agent, AgentError
from ...agents.canonical.checks import well_formed_declaration
from ...agents.newcomers import with_newcomer
from ..errors import Fault, OwnPartError, ScenarioError
from ..scenario.schema import AgentSection, Scenario
from .own_code import instance_of, own_class, refuse_unless, tried


def with_own_agents(agents: list[Agent], scenario: Scenario, hub: int) -> tuple[Agent, ...]:
    """All agents of a scenario: those that come with walras, then those of its sections, then those added to it.

    Parameters
    ----------
    agents : list of Agent
    scenario : Scenario
        The caller has made sure that its code may run.
    hub : int

    Raises
    ------
    AgentError
        If an agent that was added to the scenario is none, or names somebody who is not there.
    ScenarioError
        If a section's class cannot be found, takes other arguments, or makes no agent.
    """
    everybody = tuple(agents)
    for index, section in enumerate(scenario.agents):
        try:
            everybody = with_newcomer(everybody, own_agent(section, scenario.periods, hub))
            _refuse_undeclared(section, everybody[-1], scenario.periods)
        except (AgentError, OwnPartError) as error:
            raise ScenarioError(scenario.name, [Fault(f"agents.{index}", str(error))]) from error
    for newcomer in scenario.newcomers:
        everybody = with_newcomer(everybody, newcomer)
    return everybody


def own_agent(section: AgentSection, periods: int, hub: int) -> Agent:
    """The agent of a section, which knows nobody yet.

    Its class is given the section's keys, lists of numbers as arrays. Where it asks for ``periods`` or ``hub``, and the
    section says nothing of them, they are those of the scenario; ``sellers`` and ``customers`` are then everybody.

    Raises
    ------
    OwnPartError
        If the class cannot be found, takes other arguments, or makes no agent.
    """
    own = own_class(section.code)
    known = {"periods": periods, "hub": hub, "sellers": (), "customers": ()}
    asked = signature(own).parameters
    offered = {key: value for key, value in known.items() if key in asked}
    given = {key: _as_array(value) for key, value in section.arguments.items()}
    agent: Agent = instance_of(section.code, own, {"name": section.name, **offered, **given})
    refuse_unless(Agent, section.code, agent)
    return agent


def _as_array(value: Any) -> Any:
    is_row = isinstance(value, list) and value and all(type(item) in (int, float) for item in value)
    return np.array(value, dtype=np.float64) if is_row else tuple(value) if isinstance(value, list) else value


def _refuse_undeclared(section: AgentSection, agent: Agent, periods: int) -> None:
    """Raise OwnPartError where `declare` raises, AgentError where it returns what it must not."""
    tried(section.code, "declare()", agent.declare)
    late = [good for good in well_formed_declaration(agent).goods if not 0 <= good.period < periods]
    if late:
        raise OwnPartError(f"{section.code}: trades {late[0]}; the scenario has {periods} hours")
