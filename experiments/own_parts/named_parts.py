"""Parts by name: mechanisms of the catalogue and own ones, and what keeps own parts from being made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...coordinator.catalogue import MECHANISMS
from ...coordinator.mechanism import Mechanism
from ..errors import Fault, OwnPartError
from ..scenario.schema import Scenario
from .own_agents import own_agent
from .own_code import instance_of, is_code, own_class, refuse_unless


def mechanism_named(name: str, arguments: Mapping[str, Any]) -> Mechanism[Any]:
    """The mechanism of the catalogue, or one of one's own made with some arguments.

    Parameters
    ----------
    name : str
        A name in `MECHANISMS`, or ``module:Class``; the caller has made sure that its code may run.
    arguments : mapping of str to Any
        Of an own mechanism's class.

    Raises
    ------
    OwnPartError
        If there is none, or it takes other arguments.
    """
    if is_code(name):
        own: Mechanism[Any] = instance_of(name, own_class(name), arguments)
        refuse_unless(Mechanism, name, own)
        return own
    if name not in MECHANISMS:
        raise OwnPartError(f"{name!r} is no mechanism; allowed: {', '.join(MECHANISMS)}, or an own one, module:Class")
    if arguments:
        told = f"{name} comes as it is and takes no arguments, but {', '.join(arguments)} stands there"
        raise OwnPartError(f"{told}; arguments are for an own mechanism, module:Class: set them to {{}}")
    return MECHANISMS[name]


def own_part_faults(scenario: Scenario, hub: int) -> list[Fault]:
    """What keeps the own parts of a scenario from being made; this runs their code."""
    faults = []
    try:
        mechanism_named(scenario.coordinator.mechanism, scenario.coordinator.arguments)
    except OwnPartError as error:
        is_own = is_code(scenario.coordinator.mechanism)
        faults.append(Fault("coordinator.mechanism" if is_own else "coordinator.arguments", str(error)))
    for index, section in enumerate(scenario.agents):
        try:
            own_agent(section, scenario.periods, hub)
        except OwnPartError as error:
            faults.append(Fault(f"agents.{index}", str(error)))
    return faults
