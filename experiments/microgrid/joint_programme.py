"""The joint problem: the declarations of all sites and buyers side by side, with what clears between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import scipy.sparse as sp

from ...agents.goods import Good
from ...agents.site import SiteDecisions
from ...coordinator.programmes.stated_programme import StatedProgramme
from .participants import Participants


@dataclass(frozen=True, eq=False)
class Declared:
    """What sites decide, and what that costs whom they serve [$]."""

    decisions: Sequence[SiteDecisions]
    buyers_usd: cp.Expression

    @property
    def total_usd(self) -> cp.Expression:
        """Cost of all agents."""
        return self.buyers_usd + cp.sum([one.declaration.cost for one in self.decisions])


Restriction = Callable[[Declared], list[cp.Constraint]]
Objective = Callable[[Declared], cp.Expression]


def total_usd(declared: Declared) -> cp.Expression:
    """Cost of all agents, which the joint plan minimises."""
    return declared.total_usd


class JointProgramme(StatedProgramme):
    """Least cost of all agents where each good clears, as one mixed-integer linear programme.

    Parameters
    ----------
    participants : Participants
    restrict : callable, optional
        Further constraints over what is declared, as a baseline has.
    objective : callable, optional
        What is minimised instead of the cost of all agents.

    Attributes
    ----------
    decisions : list of SiteDecisions
        One for each site; variables have values after `take`.
    goods : tuple of Good
        Those that clear: their rows are the programme's first ones.
    """

    def __init__(
        self, participants: Participants, restrict: Restriction | None = None, objective: Objective = total_usd
    ) -> None:
        self.decisions = [site.decide() for site in participants.sites]
        buyers = [agent.declare() for agent in participants.buyers]
        declared = Declared(self.decisions, cp.sum([one.cost for one in buyers]) if buyers else cp.Constant(0.0))
        declarations = [*(one.declaration for one in self.decisions), *buyers]
        constraints = [constraint for one in declarations for constraint in one.constraints]
        positions: dict[Good, int] = {}
        copies = [positions.setdefault(good, len(positions)) for one in declarations for good in one.goods]
        if positions:
            clearing = sp.csr_array((np.ones(len(copies)), (copies, np.arange(len(copies)))))
            trades = cp.hstack([one.trades for one in declarations if one.goods])
            # Equalities come first in their order: this one's rows are the first ones.
            constraints.insert(0, clearing @ trades == 0)
        if restrict is not None:
            constraints += restrict(declared)
        self.goods = tuple(positions)
        super().__init__(cp.Problem(cp.Minimize(objective(declared)), constraints))
