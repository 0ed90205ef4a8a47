"""Convex relaxation of an agent: whatever it may do wholly or not at all, it may do in part."""

from __future__ import annotations

from dataclasses import dataclass

import cvxpy as cp

from .agent import Agent, Declaration


@dataclass(frozen=True, eq=False)
class Relaxed:
    """An agent whose choices between 0 and 1 need not be whole.

    Its declaration is that of the agent, with fresh variables instead of the boolean ones.

    Parameters
    ----------
    whole : Agent
        Its integer variables are all boolean.
    """

    whole: Agent

    @property
    def name(self) -> str:
        """That of the agent."""
        return self.whole.name

    @property
    def moves_money(self) -> bool:
        """As the agent."""
        return self.whole.moves_money

    def declare(self) -> Declaration:
        """State the relaxation in CVXPY."""
        stated = self.whole.declare()
        problem = cp.Problem(cp.Minimize(stated.cost), stated.constraints)
        choices = [variable for variable in problem.variables() if variable.attributes["boolean"]]
        instead = {id(choice): cp.Variable(choice.shape, bounds=[0, 1]) for choice in choices}
        return Declaration(
            stated.cost.tree_copy(instead),
            stated.trades.tree_copy(instead),
            stated.goods,
            [constraint.tree_copy(instead) for constraint in stated.constraints],
        )
