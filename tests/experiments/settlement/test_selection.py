"""Contracts of least norm: who contracts with whom changes, the market outcome does not."""

import numpy as np
import pytest
import scipy.sparse as sp
from cases.nodal import demand_mwh, output_mwh

from walras import build_market, load_scenario
from walras.agents import Family, Producer
from walras.coordinator import Responses
from walras.experiments.monolith.mlcp import assemble
from walras.experiments.monolith.welfare import solve_welfare_qp
from walras.experiments.settlement.face import optimal_face
from walras.experiments.settlement.footprints import footprints
from walras.experiments.settlement.selection import Selection, select_contracts
from walras.experiments.settlement.stacked_market import stack
from walras.experiments.study import decompose

VARIATIONS = {
    "the case study": [],
    "no datacenters": ["hyperscalers=[]", "modular_datacenters=[]"],
    "clean energy wanted": ["producers.emission_rates=surrogate", "hyperscalers.0.cost_weight=0.1"],
}


class Face:
    """One solution of a market's MLCP, and the one of least norm."""

    def __init__(self, overrides):
        self.market = build_market(load_scenario("rts24", overrides))
        self.stacked = stack(self.market)
        self.mlcp = assemble(self.stacked)
        self.any_u = solve_welfare_qp(self.stacked)
        self.any_x = self.any_u[: self.mlcp.sizes[0]]
        self.face = optimal_face(self.stacked, self.any_x, sp.csr_array((0, len(self.any_x))))
        leases = footprints(self.market, self.stacked)
        self.least_x = select_contracts(self.market, self.face, leases, Selection.LEAST_NORM, {})

    def contracts(self, x) -> np.ndarray:
        """Signed contract quantities of sellers and buyers."""
        is_contract = [good.family == Family.CONTRACT for good in self.market.goods]
        trades = self.stacked.T @ x + self.stacked.trade_offset
        return trades[np.array(is_contract)[self.market.good_of_copy]]

    def residual(self, x) -> float:
        return self.mlcp.residual(np.concatenate([x, self.any_u[self.mlcp.sizes[0] :]]))

    def allocation(self, x) -> Responses:
        return Responses(self.stacked.T @ x + self.stacked.trade_offset, np.zeros(len(self.market.agents)))


@pytest.fixture(scope="module", params=VARIATIONS)
def face(request):
    return Face(VARIATIONS[request.param])


def test_the_selected_solution_solves_the_mlcp(face):
    assert face.residual(face.any_x) <= 1e-6
    assert face.residual(face.least_x) <= 1e-6


def test_its_norm_is_smaller_for_the_solver_returns_another(face):
    assert np.linalg.norm(face.contracts(face.least_x)) < np.linalg.norm(face.contracts(face.any_x)) - 1e-3


def test_no_solution_on_the_way_to_another_is_shorter(face):
    """The point of least norm in a convex set meets every other in an obtuse angle."""
    least = face.contracts(face.least_x)
    towards = face.contracts(face.any_x) - least
    assert least @ towards >= -1e-3 * np.linalg.norm(towards)


def test_the_selection_does_not_depend_on_the_solution_it_starts_from(face):
    middle = (face.any_x + face.least_x) / 2
    for start in (middle, face.least_x):
        again = select_contracts(
            face.market,
            optimal_face(face.stacked, start, sp.csr_array((0, len(start)))),
            footprints(face.market, face.stacked),
            Selection.LEAST_NORM,
            {},
        )
        np.testing.assert_allclose(face.contracts(again), face.contracts(face.least_x), atol=1e-3)


def test_demand_and_cost_are_the_same(face):
    s, before, after = face.stacked, face.any_x, face.least_x

    def cost(x):
        return x @ (s.P @ x) / 2 + s.c @ x

    assert cost(after) == pytest.approx(cost(before), rel=1e-9)
    before, after = (demand_mwh(face.market, face.allocation(x)) for x in (before, after))
    assert after == pytest.approx(before, abs=1e-4)


def test_generation_is_the_same_where_marginal_cost_rises(face):
    before, after = (output_mwh(face.market, face.allocation(x)) for x in (face.any_x, face.least_x))
    rising = [
        agent.name for agent in face.market.agents if isinstance(agent, Producer) and agent.cost_slope_usd_per_mwh2 > 0
    ]
    assert rising
    for unit in rising:
        assert after[unit] == pytest.approx(before[unit], abs=1e-4), unit


def test_both_sides_of_every_contract_keep_agreeing(face):
    allocation = face.allocation(face.least_x)
    assert np.abs(face.market.imbalance(allocation.trades)).max() <= 1e-3


@pytest.mark.parametrize("rule", ["cleanest", "dirtiest"])
@pytest.mark.parametrize("curtailed_mw", [0.0, 1.0])
def test_the_rule_that_was_asked_for_is_found_whatever_is_curtailed(rule, curtailed_mw):
    """Costs at limits leave equations that say the same up to rounding; they must not make the face an empty one."""
    curtailed = [f"modular_datacenters.{index}.curtailed_mw={curtailed_mw}" for index in range(3)]
    scenario = load_scenario("rts24", [*curtailed, "coordinator.mechanism=slope-bids", f"selection={rule}"])
    assert decompose(scenario, executor="batched").decomposition.settlement.selection == rule
