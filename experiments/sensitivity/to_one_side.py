"""How an equilibrium moves to one side of a parameter, steadily or after a jump."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .critical_cone import CriticalCone, Response
from .direction import Direction
from .jumps import landed


@dataclass(frozen=True, eq=False)
class Side:
    """How a point moves to one side of a parameter.

    Parameters
    ----------
    cone : CriticalCone
        Another one than that of the point where trades or multipliers jump to an end of their set at once: then only
        what all of these have in common has a derivative.
    response : Response
    """

    cone: CriticalCone
    response: Response

    def __neg__(self) -> Side:
        """The same, seen from the other end of the parameter."""
        return replace(self, response=-self.response)


def one_sided(cone: CriticalCone, directions: list[Direction]) -> list[Side | None]:
    """How the point moves in each direction, after a jump where there is one; None if it cannot."""
    found: list[Side | None] = []
    for direction, response in zip(directions, cone.responses(directions), strict=True):
        here, moved = cone, response
        if moved is None:
            end = landed(cone, direction)
            if end is not None:
                here, (moved,) = end, end.responses([direction])
        found.append(None if moved is None else Side(here, moved))
    return found
