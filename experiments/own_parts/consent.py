"""Consent: a scenario may come from a stranger, so that code it names runs only if the user says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...network.plain import shown
from ..errors import Fault
from ..scenario.schema import Scenario
from .own_code import is_code

REFUSAL = "names code, which runs only with --allow-code (in Python: allow_code=True); read it before"


def unallowed_code(document: dict[str, Any]) -> list[Fault]:
    """A fault for every name of code in a document that may be malformed."""
    return [Fault(path, f"{shown(name)} {REFUSAL}") for path, name in _code_in(document)]


def named_code(scenario: Scenario) -> list[str]:
    """All code that a scenario names."""
    return [name for _, name in _code_in(scenario.model_dump())]


def _code_in(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    coordinator, agents = document.get("coordinator"), document.get("agents")
    mechanism = coordinator.get("mechanism") if isinstance(coordinator, dict) else None
    if isinstance(mechanism, str) and is_code(mechanism):
        yield "coordinator.mechanism", mechanism
    for index, section in enumerate(agents if isinstance(agents, list) else ()):
        code = section.get("code") if isinstance(section, dict) else None
        if isinstance(code, str):
            yield f"agents.{index}.code", code
