"""What makes the market of a shard where it is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...market import Market


@dataclass(frozen=True)
class Recipe:
    """A function with its arguments, which travels in place of the agents that it makes.

    Parameters
    ----------
    make : callable
        Of a module that workers find too; makes the same market of some agents, with scales, whenever it is called.
    arguments : tuple
    """

    make: Callable[..., Market]
    arguments: tuple[object, ...] = ()

    def __call__(self) -> Market:
        """The market."""
        return self.make(*self.arguments)

    def __str__(self) -> str:
        """As one would call it."""
        return f"{getattr(self.make, '__name__', self.make)}({', '.join(map(repr, self.arguments))})"
