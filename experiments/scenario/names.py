"""Names of the agents that a scenario does not name itself."""

from __future__ import annotations

GRID_OPERATOR = "grid operator"


def consumer_name(bus: int) -> str:
    """Name of the conventional load at a bus."""
    return f"load@{bus}"
