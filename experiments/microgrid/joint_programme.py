"""The joint problem: the declarations of all sites and buyers side by side, with what clears between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cvxpy as cp

from ...agents.site import SiteDecisions
from ...agents.workload_owners import JobOwner
from ...coordinator.price_rules.clearing_programme import ClearingProgramme
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


class JointProgramme(ClearingProgramme):
    """The clearing programme of all participants.

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
    runs : dict of str to variable
        By the name of a job, whether it runs.
    """

    def __init__(
        self, participants: Participants, restrict: Restriction | None = None, objective: Objective = total_usd
    ) -> None:
        self.decisions = [site.decide() for site in participants.sites]
        buyers = [agent.declare() for agent in participants.buyers]
        self.runs = {
            agent.job: one.trades.variables()[0]
            for agent, one in zip(participants.buyers, buyers, strict=True)
            if isinstance(agent, JobOwner)
        }
        declared = Declared(self.decisions, cp.sum([one.cost for one in buyers]) if buyers else cp.Constant(0.0))
        further = [] if restrict is None else restrict(declared)
        super().__init__([*(one.declaration for one in self.decisions), *buyers], further, objective(declared))
