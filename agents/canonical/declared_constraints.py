"""Violations of agents that are no quadratic programmes."""

from __future__ import annotations

from collections.abc import Sequence

import cvxpy as cp
import numpy as np
from cvxpy.error import SolverError

from ..agent import Agent, AgentError
from ..arrays import FloatArray
from .checks import checked_declaration


class DeclaredConstraints:
    """Constraints as agents declare them, agent by agent in CVXPY.

    The violation of an agent is the least change of its trades after which they satisfy its constraints: the
    largest change of a trade, relative to the agent's volume.

    Parameters
    ----------
    agents : sequence of Agent
    copies_of_agents : sequence of slice
        Where each agent's trades stand.
    mwh_per_unit : array of shape (copies,)
        Energy that one unit of each copy's good stands for.
    """

    def __init__(self, agents: Sequence[Agent], copies_of_agents: Sequence[slice], mwh_per_unit: FloatArray) -> None:
        self._agents, self._copies, self._mwh_per_unit = agents, copies_of_agents, mwh_per_unit

    def relative_violations(self, trades: FloatArray, volume_mwh: FloatArray) -> FloatArray:
        """See `AgentConstraints`."""
        pairs = zip(self._agents, self._copies, volume_mwh.tolist(), strict=True)
        return np.array([self._violation(agent, trades, copies, volume) for agent, copies, volume in pairs])

    def _violation(self, agent: Agent, trades: FloatArray, copies: slice, volume_mwh: float) -> float:
        declaration = checked_declaration(agent)
        if not declaration.goods:
            return 0.0
        change = cp.multiply(declaration.trades - trades[copies], self._mwh_per_unit[copies] / volume_mwh)
        problem = cp.Problem(cp.Minimize(cp.norm_inf(change)), declaration.constraints)
        try:
            problem.solve(solver=cp.CLARABEL, tol_feas=1e-10, tol_gap_abs=1e-10, tol_gap_rel=1e-10)
        except SolverError as error:
            raise AgentError(f"agent {agent.name}: the trades nearest to its own are not found: {error}") from error
        if problem.value is None or not np.isfinite(problem.value):
            raise AgentError(f"agent {agent.name} has no feasible trades: Clarabel says {problem.status}")
        return max(float(problem.value), 0.0)
