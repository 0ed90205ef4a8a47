"""A solution of the paper's MLCP from its own matrices, without any agent's declaration."""

from __future__ import annotations

import numpy as np
import piqp
import scipy.sparse as sp

from .paper_mlcp import QUANTITIES, RENTS, UNKNOWNS, PaperMLCP, Values


def solve_paper_mlcp(mlcp: PaperMLCP) -> Values:
    """Solve the MLCP through the convex QP whose KKT conditions it states, read off its blocks.

    The rows of quantities and withdrawals are the gradient of the QP's Lagrangian, those of rents and of the
    remaining free unknowns its constraints. GPUs are counted by their energy, for the solver's sake.

    Raises
    ------
    RuntimeError
        If the solver finds no solution.
    """
    per_mwh = sp.csr_array(sp.diags_array(1 / mlcp.mwh_per_unit))
    matrix, constant = per_mwh @ mlcp.matrix @ per_mwh, mlcp.constant / mlcp.mwh_per_unit
    quantities = (*QUANTITIES, "withdrawal")
    equalities = tuple(name for name in UNKNOWNS if name not in (*quantities, *RENTS))
    x, rents, free = (
        np.concatenate([np.arange(mlcp.families[name].start, mlcp.families[name].stop) for name in names])
        for names in (quantities, RENTS, equalities)
    )
    cost, equal, unequal = (sp.csc_array(matrix[rows][:, x]) for rows in (x, free, rents))
    for part in (cost, equal, unequal):
        part.sort_indices()
    solver = piqp.SparseSolver()
    solver.settings.eps_abs = 1e-11
    solver.settings.eps_rel = 1e-12
    solver.settings.eps_duality_gap_abs = 1e-10
    solver.settings.eps_duality_gap_rel = 1e-12
    least = np.where(x < mlcp.nonnegative, 0.0, -np.inf)
    # Rows of multipliers are slacks: r + S x = 0 and q + M x >= 0.
    solver.setup(
        cost, constant[x], equal, -constant[free], -unequal, None, constant[rents], least, np.full(len(x), np.inf)
    )
    status = solver.solve()
    if status != piqp.PIQP_SOLVED:
        raise RuntimeError(f"the paper's conditions were not solved: PIQP ends with {status.name}")
    u = np.zeros(len(constant))
    # With S = A the solver's multiplier enters the gradient as A.T y, in the rows of x as N = -S.T: opposite signs.
    u[x], u[rents], u[free] = solver.result.x, solver.result.z_u, -solver.result.y
    return {name: u[place] / mlcp.mwh_per_unit[place] for name, place in mlcp.families.items()}
