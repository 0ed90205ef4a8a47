"""The optimal face: its extremes bound every solution, and its least norm is a projection.

A buyer with demand ``50 - q`` meets two sellers of 10 $/MWh and one of 30: 40 MWh are bought at 10, from the first
two in whatever shares up to their 25 and 30 MWh. So the first sells between 10 and 25 MWh; least norm: 20 each.
"""

import numpy as np
import pytest
import scipy.sparse as sp
from cases.random.market import random_markets
from hypothesis import given, settings
from hypothesis import strategies as st

from walras import build_market, load_scenario
from walras.agents import Consumer, Customer, Family, Producer
from walras.coordinator import Market
from walras.coordinator.programmes.quadratic_programme import by_clarabel
from walras.experiments.monolith.welfare import solve_welfare_qp
from walras.experiments.settlement.face import optimal_face
from walras.experiments.settlement.footprints import footprints
from walras.experiments.settlement.joint_optimum import joint_optimum
from walras.experiments.settlement.selection import Selection, select_contracts
from walras.experiments.settlement.stacked_market import stack

SELLERS = ("first", "second", "third")


def three_sellers():
    customers = (Customer("town", 1),)
    return Market(
        (
            Consumer("town", 1, SELLERS, np.array([50.0]), np.array([1.0]), np.zeros(1)),
            *(
                Producer(name, 1, 1, customers, capacity, cost, 0.0, 0.0, 1)
                for name, capacity, cost in zip(SELLERS, (25.0, 30.0, 99.0), (10.0, 10.0, 30.0), strict=True)
            ),
        )
    )


def face_of(market):
    stacked = stack(market)
    x = solve_welfare_qp(stacked)[: len(stacked.c)]
    return stacked, x, optimal_face(stacked, x, sp.csr_array((0, len(x))))


def is_contract(market) -> np.ndarray:
    return np.array([good.family == Family.CONTRACT for good in market.goods])[market.good_of_copy]


def sales(market, stacked, x) -> list[float]:
    trades = stacked.T @ x + stacked.trade_offset
    return [float(trades[market.copies_of_agents[1 + i]][0]) for i in range(3)]


def test_extremes_are_those_on_paper():
    market = three_sellers()
    stacked, _, face = face_of(market)
    first = (sp.csr_array(stacked.T)[[market.copies_of_agents[1].start]]).toarray()
    least, largest = face.extremes(np.vstack([first[0], -first[0]]))
    assert sales(market, stacked, least[0]) == pytest.approx([10.0, 30.0, 0.0], abs=1e-6)
    assert sales(market, stacked, largest[0]) == pytest.approx([25.0, 15.0, 0.0], abs=1e-6)
    # The second function is the first one turned round.
    assert sales(market, stacked, least[1]) == pytest.approx([25.0, 15.0, 0.0], abs=1e-6)
    assert sales(market, stacked, largest[1]) == pytest.approx([10.0, 30.0, 0.0], abs=1e-6)


def test_the_least_norm_is_the_one_on_paper():
    market = three_sellers()
    stacked, _, face = face_of(market)
    rows = is_contract(market)
    point = face.least_norm(sp.csr_array(stacked.T)[rows], stacked.trade_offset[rows])
    assert sales(market, stacked, point) == pytest.approx([20.0, 20.0, 0.0], abs=1e-5)


def test_what_is_known_to_stay_at_limits_says_the_same():
    """The third seller stays away: with that known instead of the cost of all, the face is the same."""
    market = three_sellers()
    stacked, x, _ = face_of(market)
    at_limits = joint_optimum(market, stacked, stacked.T @ x).at_limits(np.ones(len(x)), 10.0)
    trades = np.abs(stacked.T[:, at_limits.variables]).sum(axis=1) > 0
    assert {market.goods[good].seller for good in market.good_of_copy[trades]} == {"third"}
    face = optimal_face(stacked, x, sp.csr_array((0, len(x))), at_limits)
    rows = is_contract(market)
    point = face.least_norm(sp.csr_array(stacked.T)[rows], stacked.trade_offset[rows])
    assert sales(market, stacked, point) == pytest.approx([20.0, 20.0, 0.0], abs=1e-5)
    first = sp.csr_array(stacked.T)[[market.copies_of_agents[1].start]].toarray()
    least, largest = face.extremes(first)
    assert [sales(market, stacked, end[0])[0] for end in (least, largest)] == pytest.approx([10.0, 25.0], abs=1e-5)


def test_a_cut_keeps_the_points_that_satisfy_it_and_an_empty_face_has_none():
    market = three_sellers()
    stacked, _, face = face_of(market)
    first = sp.csr_array(stacked.T)[[market.copies_of_agents[1].start]]
    rows = is_contract(market)
    functions, offset = sp.csr_array(stacked.T)[rows], stacked.trade_offset[rows]
    point = face.cut(first, np.array([23.0])).least_norm(functions, offset)
    assert sales(market, stacked, point) == pytest.approx([23.0, 17.0, 0.0], abs=1e-5)
    empty = face.cut(first, np.array([26.0]))
    assert empty.least_norm(functions, offset) is None
    assert empty.extremes(first.toarray()) == ([None], [None])


@settings(max_examples=15)
@given(market=random_markets(), seed=st.integers(0, 1000))
def test_every_other_solution_lies_between_the_extremes(market, seed):
    """Solutions are looked for with a linear term that breaks ties at random."""
    stacked, x, face = face_of(market)
    rng = np.random.default_rng(seed)
    rows = sp.csr_array(stacked.T)[is_contract(market)]
    functions = rng.normal(0, 1, (2, rows.shape[0])) @ rows
    least, largest = face.extremes(functions)
    projections = [
        face.least_norm(rows, stacked.trade_offset[is_contract(market)] - rng.uniform(0, 20, rows.shape[0]))
        for _ in range(2)
    ]
    for point in (x, *projections):
        if point is not None:
            for function, low, high in zip(functions, least, largest, strict=True):
                assert function @ low - 1e-4 <= function @ point <= function @ high + 1e-4


@pytest.fixture(scope="module")
def case_study():
    market = build_market(load_scenario("rts24", ["producers.emission_rates=surrogate"]))
    stacked, x, face = face_of(market)
    return market, stacked, x, face, footprints(market, stacked)


def test_the_least_norm_of_the_case_study_is_a_projection(case_study):
    """Both solvers find it, and it meets every other solution in an obtuse angle."""
    market, stacked, x, face, leases = case_study
    rows = is_contract(market)
    functions, offset = sp.csr_array(stacked.T)[rows], stacked.trade_offset[rows]
    point = face.least_norm(functions, offset)
    second = by_clarabel(face._norm(functions, offset)).x
    least = functions @ point + offset
    assert functions @ second + offset == pytest.approx(least, abs=1e-3)
    emissions = np.ones(len(leases.leases)) @ leases.emissions_kg
    others = [x, *(end[0] for end in face.extremes(emissions[None, :]))]
    for other in others:
        towards = functions @ other + offset - least
        assert least @ towards >= -1e-3 * np.linalg.norm(towards)


def test_rules_order_the_emissions_of_the_datacenters(case_study):
    market, _, x, face, leases = case_study
    total = np.ones(len(leases.leases)) @ leases.emissions_kg
    cleanest, least_norm, dirtiest = (
        float(total @ select_contracts(market, face, leases, rule, {}))
        for rule in (Selection.CLEANEST, Selection.LEAST_NORM, Selection.DIRTIEST)
    )
    assert cleanest <= least_norm <= dirtiest
    # 16 MWh at the cleanest rate and at the dirtiest.
    assert cleanest == pytest.approx(16 * 145, abs=0.01)
    assert dirtiest == pytest.approx(16 * 739, abs=0.01)
    assert cleanest - 0.01 <= total @ x <= dirtiest + 0.01


def test_imposed_mixes_are_those_of_the_selected_contracts(case_study):
    market, _, _, face, leases = case_study
    for rule in Selection:
        imposed = dict(zip(leases.leases, (400.0, 500.0), strict=False))
        point = select_contracts(market, face, leases, rule, imposed)
        found = leases.mix_kg_per_mwh(point)
        assert [found[good] for good in imposed] == pytest.approx([400.0, 500.0], abs=1e-5)


def test_a_mix_that_no_unit_has_selects_nothing(case_study):
    market, _, _, face, leases = case_study
    for rule in Selection:
        assert select_contracts(market, face, leases, rule, {leases.leases[0]: 5000.0}) is None
