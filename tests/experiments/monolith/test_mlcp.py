"""The monolith states all KKT conditions at once and is solved to the last digits."""

from dataclasses import dataclass, replace

import cvxpy as cp
import numpy as np
import pytest
from cases import two_agents
from cases.all_known import ALL_KNOWN
from cases.known import assert_solves

from walras.agents import AgentError
from walras.coordinator import Market
from walras.experiments.errors import InfeasibleError
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.monolith.mlcp import assemble
from walras.experiments.monolith.welfare import solve_welfare_qp
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario
from walras.experiments.settlement.stacked_market import stack


@pytest.fixture(scope="module")
def stacked(rts24):
    return stack(rts24)


@pytest.fixture(scope="module")
def mlcp(stacked):
    return assemble(stacked)


@pytest.fixture(scope="module")
def solution(stacked):
    return solve_welfare_qp(stacked)


@pytest.mark.parametrize("name", ALL_KNOWN)
def test_the_equilibrium_of_a_hand_solved_market_is_the_one_on_paper(name):
    known = ALL_KNOWN[name]()
    equilibrium = solve_monolith(known.market)
    assert_solves(known, equilibrium.prices, equilibrium.allocation, rel=1e-6)
    assert equilibrium.mlcp_residual <= 1e-6


def test_the_residual_of_two_agents_is_the_worst_condition_that_fails():
    """Wherever a solution u is moved, the residual says by how much a condition fails."""
    market = two_agents.rising_cost().market
    system = assemble(stack(market))
    u = solve_welfare_qp(stack(market))
    assert system.residual(u) <= 1e-7
    wrong = u.copy()
    wrong[-1] += 5.0  # the one price: 5 $/MWh above marginal cost and below marginal value
    assert system.residual(wrong) == pytest.approx(5.0, abs=1e-6)


def test_goods_in_kwh_are_counted_in_mwh():
    systems = [assemble(stack(two_agents.rising_cost(good).market)) for good in (two_agents.MWH, two_agents.KWH)]
    solutions = [solve_welfare_qp(stack(two_agents.rising_cost(g).market)) for g in (two_agents.MWH, two_agents.KWH)]
    for system, u in zip(systems, solutions, strict=True):
        assert system.split(u)[3] == pytest.approx([30.0], abs=1e-6)
        assert system.residual(u) <= 1e-7


def test_at_the_equilibrium_of_rts24_the_residual_is_below_one_in_a_million(mlcp, solution):
    assert mlcp.residual(solution) <= 1e-6


def test_the_reported_residual_is_that_of_the_solution(rts24, mlcp, solution):
    assert solve_monolith(rts24).mlcp_residual == pytest.approx(mlcp.residual(solution), abs=1e-9)


def test_the_residual_is_the_distance_to_the_projection_entry_by_entry(mlcp, solution):
    u = solution + np.random.default_rng(2).normal(0, 1, len(solution))
    F = mlcp.M.toarray() @ u + mlcp.q
    worst = max(
        abs(value - min(max(value - f, low), high))
        for value, f, low, high in zip(u, F, mlcp.lower, mlcp.upper, strict=True)
    )
    assert mlcp.residual(u) == pytest.approx(worst)


@pytest.mark.parametrize("part", range(4))
def test_at_a_wrong_point_the_residual_is_large(mlcp, solution, part):
    """Variables, both kinds of multipliers, and prices: any of them wrong shows."""
    parts = mlcp.split(solution)
    parts[part] = parts[part] + 10.0
    assert mlcp.residual(np.concatenate(parts)) > 1.0


def test_at_zero_the_residual_is_large(mlcp):
    assert mlcp.residual(np.zeros(len(mlcp.q))) > 10.0


def test_the_symmetric_part_is_positive_semidefinite(mlcp):
    assert mlcp.least_eigenvalue() >= -1e-9
    dense = mlcp.M.toarray()
    assert np.linalg.eigvalsh((dense + dense.T) / 2)[0] >= -1e-9


def test_the_least_eigenvalue_sees_a_matrix_that_is_not(mlcp):
    # The block [[0, 3], [1, 0]] has symmetric part [[0, 2], [2, 0]] with eigenvalues 2 and -2.
    M = mlcp.M.tolil()
    M[0, :] = M[:, 0] = M[1, :] = M[:, 1] = 0
    M[0, 1], M[1, 0] = 3.0, 1.0
    assert replace(mlcp, M=M.tocsc()).least_eigenvalue() == pytest.approx(-2.0)


def test_prices_and_trades_meet_antisymmetrically(mlcp):
    """What enters F as a price leaves it as an imbalance: no energy is lost between the two."""
    x, prices = slice(0, mlcp.sizes[0]), slice(sum(mlcp.sizes[:3]), None)
    upper, lower = mlcp.M[x, prices].toarray(), mlcp.M[prices, x].toarray()
    assert np.abs(lower).sum() > 0
    np.testing.assert_array_equal(upper, -lower.T)


def test_a_market_that_cannot_clear_is_named_infeasible():
    @dataclass(frozen=True)
    class Obliged(two_agents.Seller):
        def declare(self):
            declaration = super().declare()
            return type(declaration)(
                declaration.cost, declaration.trades, declaration.goods, [declaration.trades == cp.Constant([7.0])]
            )

    @dataclass(frozen=True)
    class Modest(two_agents.Buyer):
        def declare(self):
            declaration = super().declare()
            return type(declaration)(
                declaration.cost, declaration.trades, declaration.goods, [declaration.trades >= -5]
            )

    with pytest.raises(InfeasibleError, match="clears"):
        solve_monolith(Market((Obliged(two_agents.MWH), Modest(two_agents.MWH))))


def test_agents_that_are_no_quadratic_programme_are_refused_by_name():
    @dataclass(frozen=True)
    class Curved(two_agents.Seller):
        def declare(self):
            declaration = super().declare()
            cost = declaration.cost + cp.exp(cp.sum(declaration.trades))
            return type(declaration)(cost, declaration.trades, declaration.goods, declaration.constraints)

    with pytest.raises(AgentError, match=r"seller.*quadratic"):
        solve_monolith(Market((Curved(two_agents.MWH), two_agents.Buyer(two_agents.MWH))))


def test_a_datacenter_of_a_watt_is_no_obstacle():
    """Its limits are nine decades below those of the grid; a kilowatt earns less than a dollar an hour."""
    watt, kilowatt = (
        solve_monolith(build_market(load_scenario("rts24", [f"modular_datacenters.mdc1.capacity_mw={mw}"])))
        for mw in ("1e-6", "1e-3")
    )
    assert watt.mlcp_residual <= 1e-5
    assert 0 <= watt.allocation.costs.sum() - kilowatt.allocation.costs.sum() <= 1.0
