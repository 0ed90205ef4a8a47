"""How an agent's trades hang together: the linear map from its variables to its trades."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ..agent import Declaration


def trade_map(declaration: Declaration) -> sp.csr_array:
    """Derivatives of the trades by the entries of the variables they are made of, shape (goods, entries).

    Cost and constraints play no part, so agents that are no quadratic programmes have one too.
    """
    variables = [variable for variable in declaration.trades.variables() if variable.size]
    if not variables:
        return sp.csr_array((len(declaration.goods), 0))
    for variable in variables:
        # An affine map has the same derivatives everywhere, also where a variable may not be.
        variable.save_value(np.zeros(variable.shape))
    derivatives = declaration.trades.grad
    blocks = [_rows(derivatives[variable], variable.size) for variable in variables]
    return sp.csr_array(sp.vstack(blocks, format="csr").T)


def _rows(derivative: sp.csc_array | float, size: int) -> sp.csr_array:
    """One row for each entry of a variable; CVXPY gives a number where there is one entry and one trade."""
    return sp.csr_array(derivative if sp.issparse(derivative) else np.full((size, 1), derivative))
