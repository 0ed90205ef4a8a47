"""Contract matrices that are as good as a given one: the freedom that Theorem 2 leaves."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...coordinator.programmes.linear_programme import linear_optimum
from ...coordinator.programmes.unsolved import UnsolvedProgrammeError
from .hour import Hour
from .paper_mlcp import PaperMLCP, Values


def reshuffled(mlcp: PaperMLCP, values: Values, weight: FloatArray) -> Values:
    """Swap the contract matrix of an equilibrium for the one of least weight among its equals.

    Equal are the nonnegative matrices with the same sales of every producer, the same purchases of every buyer, and
    the same value of every hyperscaler's emissions: a transport polytope with a few more rows. They cost everybody
    the same and load the grid alike, so they lie on the optimal face (Mangasarian 1988), of which they are a part.

    Parameters
    ----------
    mlcp : PaperMLCP
    values : dict of family to array
        An equilibrium.
    weight : array of shape (contracts,)
        Weight of a MWh of each contract.

    Raises
    ------
    RuntimeError
        If the linear programme is not solved.
    """
    hour = mlcp.hour
    contracts = np.maximum(values["bought"], 0.0)
    # Purchases of hyperscalers have no other constant than the value of emissions.
    emission_value = hour.purchases(hour.hyperscalers) @ sp.diags_array(mlcp.constant[mlcp.families["bought"]])
    kept = sp.vstack([hour.sales, hour.purchases(hour.buyers), emission_value], format="csr")
    try:
        solution = linear_optimum(weight, A_eq=kept, b_eq=kept @ contracts, bounds=(0, None))
    except UnsolvedProgrammeError as error:
        raise RuntimeError(f"no contract matrix of least weight was found: {error}") from error
    chosen: FloatArray = np.asarray(solution.x)
    return {**values, "bought": chosen, "sold": chosen}


def datacenter_emissions(hour: Hour) -> FloatArray:
    """Emissions [kg/MWh] of every contract that a modular datacenter buys, zero for the others."""
    rate = {unit.name: unit.emission_rate_kg_per_mwh for unit in hour.producers}
    bought = hour.purchases(hour.datacenters).sum(axis=0)
    return np.array([rate[good.seller] for good in hour.contracts]) * bought
