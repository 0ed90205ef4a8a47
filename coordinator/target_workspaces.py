"""Solver workspaces for prices with targets: one agent, set up once, solved for many linear terms."""

from __future__ import annotations

import daqp
import numpy as np
import scipy.sparse as sp

from ..agents import AgentError, CanonicalProblem
from .market import FloatArray
from .pure_workspaces import InteriorPoint

_DAQP_EQUALITY = 5
_PROXIMAL_SHARE = 1e-3


class NearTargets:
    """Answers to prices and targets by DAQP, a dense active-set solver exact to rounding.

    The distance from the targets, weighted by rho, is part of the Hessian, whose factorisation is kept.
    """

    def __init__(self, agent_name: str, problem: CanonicalProblem, rho: FloatArray) -> None:
        T = problem.T.toarray()
        hessian = problem.P.toarray() + T.T @ (rho[:, None] * T)
        upper = np.concatenate([problem.upper, problem.b, problem.h])
        lower = np.concatenate([problem.lower, problem.b, np.full(len(problem.h), -np.inf)])
        sense = np.zeros(len(upper), dtype=np.int32)
        sense[len(problem.upper) : len(problem.upper) + len(problem.b)] = _DAQP_EQUALITY
        self._agent_name = agent_name
        self._model = daqp.Model()
        self._model.settings = {
            "primal_tol": 1e-9,
            "eta_prox": 1e-12,
            "eps_prox": _proximal_weight(hessian),
        }
        rows = np.vstack([problem.A.toarray(), problem.G.toarray()])
        flag, _ = self._model.setup(hessian, problem.c.copy(), rows, upper, lower, sense)
        self._refuse(flag)
        self._fallback = InteriorPoint(agent_name, problem, sp.csc_array(hessian))

    def solve(self, linear: FloatArray) -> FloatArray:
        """Variables that minimise the agent's cost with this linear term, shape (n,)."""
        self._model.update(f=linear)
        x, _, flag, _ = self._model.solve()
        # Where agents are nearly indifferent DAQP may cycle; the interior-point solver does not.
        return np.asarray(x) if flag > 0 else self._fallback.solve(linear)

    def _refuse(self, flag: int) -> None:
        if flag < 0:
            raise AgentError(f"agent {self._agent_name} cannot be set up: DAQP ends with flag {flag}")


def _proximal_weight(hessian: FloatArray) -> float:
    """DAQP's proximal weight: none where the Hessian has curvature in all directions."""
    if not hessian.size:
        return 0.0
    curvatures = np.linalg.eigvalsh(hessian)
    return 0.0 if curvatures[0] > 1e-9 * curvatures[-1] else _PROXIMAL_SHARE * float(curvatures[-1])
