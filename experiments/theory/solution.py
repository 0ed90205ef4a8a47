"""A solution of the paper's MLCP from its own matrices, without any agent's declaration."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...coordinator.programmes.quadratic_programme import QuadraticProgramme, solve_programme
from ...coordinator.programmes.unsolved import UnsolvedProgrammeError
from .paper_mlcp import QUANTITIES, RENTS, UNKNOWNS, PaperMLCP, Values

_PIQP = {"eps_abs": 1e-11, "eps_rel": 1e-12, "eps_duality_gap_abs": 1e-10, "eps_duality_gap_rel": 1e-12}


def solve_paper_mlcp(mlcp: PaperMLCP) -> Values:
    """Solve the MLCP through the convex QP whose KKT conditions it states, read off its blocks.

    The rows of quantities and withdrawals are the gradient of the QP's Lagrangian, those of rents and of the
    remaining free unknowns its constraints. GPUs are counted by their energy, for the solver's sake.

    Raises
    ------
    RuntimeError
        If the solvers find no solution.
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
    least = np.where(x < mlcp.nonnegative, 0.0, -np.inf)
    # Rows of multipliers are slacks: r + S x = 0 and q + M x >= 0.
    programme = QuadraticProgramme(
        cost, constant[x], equal, -constant[free], -unequal, constant[rents], least, np.full(len(x), np.inf)
    )
    try:
        found = solve_programme(programme, _PIQP)
    except UnsolvedProgrammeError as error:
        raise RuntimeError(f"the paper's conditions were not solved: {error}") from error
    u = np.zeros(len(constant))
    # With S = A the solver's multiplier enters the gradient as A.T y, in the rows of x as N = -S.T: opposite signs.
    u[x], u[rents], u[free] = found.x, found.z, -found.y
    return {name: u[place] / mlcp.mwh_per_unit[place] for name, place in mlcp.families.items()}
