"""Theorems 1 and 2 of arXiv 2602.19310 on one market: what they claim, and the numbers that bear it out or do not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ...agents.arrays import FloatArray
from ...coordinator.market import Market
from ..errors import InfeasibleError
from ..monolith.equilibrium import EX_POST, assemble_monolith
from ..results.ledger import Ledger
from ..settlement.feasibility import LARGEST_FACTOR, largest_workload
from ..settlement.stacked_market import stack
from .contracts import datacenter_emissions, reshuffled
from .hour import Hour
from .paper_mlcp import PaperMLCP, Values, paper_mlcp
from .recovery import recover
from .solution import solve_paper_mlcp

# A point counts as an equilibrium up to this natural residual [MWh and $/MWh].
SOLVED = 1e-6
# M counts as positive semidefinite down to this eigenvalue [$/MWh^2].
ROUNDING = 1e-9
# Quantities agree up to the first of these figures, and differ beyond the second [MWh].
SAME_MWH, DIFFERENT_MWH = 1e-4, 1.0


@dataclass(frozen=True)
class Existence:
    """Theorem 1: under Assumption 2 the MLCP, whose matrix is positive semidefinite, has a solution.

    Parameters
    ----------
    servable_factor : float
        Largest factor on all workloads that can be served; Assumption 2 asks for 1.
    least_eigenvalue : float
        Of the symmetric part of the matrix, the lowest of all hours.
    residual : float
        Of the solution from the paper's own matrices, the worst of all hours [MWh and $/MWh].
    monolith_residual : float
        Likewise, of the equilibrium from the agents' declarations, in the paper's matrices.
    """

    servable_factor: float
    least_eigenvalue: float
    residual: float
    monolith_residual: float

    @property
    def holds(self) -> bool:
        """Whether both solutions solve the paper's conditions and the matrix is positive semidefinite."""
        solved = self.residual <= SOLVED and self.monolith_residual <= SOLVED
        return solved and self.least_eigenvalue >= -ROUNDING

    @property
    def verdict(self) -> str:
        """The finding in a sentence."""
        served = f"{'at least ' if self.servable_factor >= LARGEST_FACTOR else ''}{self.servable_factor:.4g}"
        return (
            f"Theorem 1 {'is borne out' if self.holds else 'is not borne out'}: {served} times the "
            f"workload can be served (Assumption 2 asks for 1), the least eigenvalue is {self.least_eigenvalue:.1e}, "
            f"the paper's conditions hold up to {self.residual:.1e} at their own solution and up to "
            f"{self.monolith_residual:.1e} at the monolith's"
        )


@dataclass(frozen=True)
class Uniqueness:
    """Theorem 2: two equilibria share demand, and generation where marginal cost rises; contracts are free.

    The first equilibrium has the prices of the monolith and the contracts of least emissions of the modular
    datacenters, the second the prices of the paper's own matrices, solved apart, and the contracts of most.

    Parameters
    ----------
    residuals : pair of float
        Of both equilibria, the worst of all hours [MWh and $/MWh].
    datacenter_emissions_t : pair of float
        Over all hours.
    demand_difference_mwh, generation_difference_mwh, contract_difference_mwh : float
        Largest difference of a consumer, of a unit with rising marginal cost, of a contract, in an hour.
    constant_cost_generation_difference_mwh : float
        Likewise of a unit with constant marginal cost, for which Theorem 2 claims nothing.
    """

    residuals: tuple[float, float]
    datacenter_emissions_t: tuple[float, float]
    demand_difference_mwh: float
    generation_difference_mwh: float
    constant_cost_generation_difference_mwh: float
    contract_difference_mwh: float

    @property
    def holds(self) -> bool:
        """Whether both points are equilibria, and demand and generation agree."""
        same = max(self.demand_difference_mwh, self.generation_difference_mwh) <= SAME_MWH
        return same and max(self.residuals) <= SOLVED

    @property
    def contracts_differ(self) -> bool:
        """Whether the two equilibria have different contracts."""
        return self.contract_difference_mwh > DIFFERENT_MWH

    @property
    def verdict(self) -> str:
        """The finding in a sentence."""
        least, most = self.datacenter_emissions_t
        one, other = self.residuals
        return (
            f"Theorem 2 {'is borne out' if self.holds else 'is not borne out'}: between two points with residuals "
            f"{one:.1e} and {other:.1e} demand differs by {self.demand_difference_mwh:.1e} MWh and generation by "
            f"{self.generation_difference_mwh:.1e} MWh, while "
            f"{'contracts differ' if self.contracts_differ else 'no other contracts were found: they differ'} "
            f"by up to {self.contract_difference_mwh:.4g} MWh and the modular datacenters emit {least:.4g} or "
            f"{most:.4g} t"
        )


@dataclass(frozen=True)
class Theorems:
    """Both theorems on one market."""

    existence: Existence
    uniqueness: Uniqueness

    def document(self) -> dict[str, Any]:
        """As nested dictionaries for JSON, the verdicts among them."""
        one, two = self.existence, self.uniqueness
        return {
            "theorem_1": {**asdict(one), "holds": one.holds, "verdict": one.verdict},
            "theorem_2": {
                **asdict(two),
                "holds": two.holds,
                "contracts_differ": two.contracts_differ,
                "verdict": two.verdict,
            },
        }


def check_theorems(market: Market) -> Theorems:
    """Solve a market in two ways, hold both against the paper's conditions, and reshuffle the contracts.

    Raises
    ------
    InfeasibleError
        If Assumption 2 fails: no equilibrium can be exhibited.
    ValueError
        If the market is not one of the paper's: see `hour_of`.
    """
    stacked = stack(market)
    limit = largest_workload(market, stacked)
    factor = 0.0 if limit is None else limit.factor
    if factor < 1:
        raise InfeasibleError(
            f"Assumption 2 fails: lines, units and datacenters can serve {factor:.4g} of the workload"
        )
    equilibrium = assemble_monolith(market, stacked).equilibrium(EX_POST)
    ledger = Ledger(market, equilibrium.prices, equilibrium.allocation)
    periods = range(ledger.grid_operator.fixed_withdrawal_mw.shape[1])
    hours = [paper_mlcp(market, period) for period in periods]
    from_monolith = [recover(mlcp, ledger) for mlcp in hours]
    from_paper = [solve_paper_mlcp(mlcp) for mlcp in hours]
    return Theorems(
        Existence(
            servable_factor=factor,
            least_eigenvalue=min(mlcp.least_eigenvalue() for mlcp in hours),
            residual=_worst_residual(hours, from_paper),
            monolith_residual=_worst_residual(hours, from_monolith),
        ),
        _uniqueness(hours, from_monolith, from_paper),
    )


def _uniqueness(hours: list[PaperMLCP], from_monolith: list[Values], from_paper: list[Values]) -> Uniqueness:
    emissions = [datacenter_emissions(mlcp.hour) for mlcp in hours]
    least = [reshuffled(*each) for each in zip(hours, from_monolith, emissions, strict=True)]
    most = [reshuffled(mlcp, values, -kg) for mlcp, values, kg in zip(hours, from_paper, emissions, strict=True)]
    differences = np.array(
        [_differences(mlcp.hour, one, other) for mlcp, one, other in zip(hours, least, most, strict=True)]
    ).max(axis=0)
    first, second = (
        sum(float(kg @ values["bought"]) / 1000 for kg, values in zip(emissions, points, strict=True))
        for points in (least, most)
    )
    return Uniqueness(
        (_worst_residual(hours, least), _worst_residual(hours, most)), (first, second), *differences.tolist()
    )


def _differences(hour: Hour, one: Values, other: Values) -> list[float]:
    """Largest differences in demand, generation at rising and at constant marginal cost, and contracts [MWh]."""
    apart: FloatArray = one["bought"] - other["bought"]
    generation = np.abs(hour.sales @ (one["sold"] - other["sold"]))
    rising = np.array([unit.cost_slope_usd_per_mwh2 > 0 for unit in hour.producers], dtype=bool)
    groups = (np.abs(hour.purchases(hour.consumers) @ apart), generation[rising], generation[~rising], np.abs(apart))
    return [float(group.max(initial=0.0)) for group in groups]


def _worst_residual(hours: list[PaperMLCP], points: list[Values]) -> float:
    return float(np.max([mlcp.residual(values) for mlcp, values in zip(hours, points, strict=True)]))
