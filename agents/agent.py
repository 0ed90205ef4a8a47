"""What every agent is: frozen data that declares a convex problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import cvxpy as cp

from .goods import Good


class AgentError(ValueError):
    """An agent's problem cannot be stated or solved; the message names the agent and the numbers."""


@dataclass(frozen=True, eq=False)
class Declaration:
    """An agent's own problem, without prices: maximise ``prices @ trades - cost``.

    Parameters
    ----------
    cost : scalar convex expression [$]
    trades : affine expression of shape (goods,)
        Signed quantities: positive supplies, negative takes.
    goods : tuple of Good
        The good of every entry of `trades`.
    constraints : list of constraints
        They must bound the trades, or else nobody could say what the agent regrets.
    """

    cost: cp.Expression
    trades: cp.Expression
    goods: tuple[Good, ...]
    constraints: list[cp.Constraint]


@runtime_checkable
class Agent(Protocol):
    """A market participant. A dozen lines of frozen data make a new kind."""

    @property
    def name(self) -> str:
        """Unique in the market."""
        ...

    @property
    def moves_money(self) -> bool:
        """Whether its cost is a benefit or a cost of production, which counts in turnover.

        A valuation, such as that of emissions, does not.
        """
        ...

    def declare(self) -> Declaration:
        """State the problem in CVXPY, with fresh variables and without parameters."""
        ...
