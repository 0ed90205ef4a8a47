"""Which grids are measured, and how they are congested."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from walras.agents import Family
from walras.experiments.bench.problems.congestion import SHARE_OF_ANGLE, SHARE_OF_LOADING, congested
from walras.experiments.bench.problems.problems import problem_builders
from walras.experiments.bench.problems.rings import ring_market
from walras.experiments.scenario.reading import parse_scenario
from walras.experiments.scenario.setting import setting_of
from walras.network import read_case


def prices_on(case):
    return setting_of(parse_scenario({"name": "case"}), case).baseline.price_usd_per_mwh


def with_limits(case, limit_mw):
    return replace(case, grid=replace(case.grid, limit_mw=limit_mw))


@pytest.fixture(scope="module")
def rts24_case():
    return read_case("rts24")


@pytest.fixture(scope="module")
def without_limits(rts24_case):
    return with_limits(rts24_case, np.full(len(rts24_case.grid.limit_mw), np.inf))


def test_the_rule_congests_exactly_the_lines_that_want_to_carry_more(rts24_case):
    limits = congested(rts24_case).grid.limit_mw
    assert np.ptp(prices_on(with_limits(rts24_case, limits))) > 0.01
    assert np.ptp(prices_on(with_limits(rts24_case, 1.01 * limits / SHARE_OF_LOADING))) < 1e-5


def test_the_rule_does_not_mind_in_which_unit_limits_are_stated(rts24_case):
    doubled = with_limits(rts24_case, 2 * rts24_case.grid.limit_mw)
    assert congested(doubled).grid.limit_mw == pytest.approx(congested(rts24_case).grid.limit_mw)


def test_lines_without_limits_get_some_that_are_congested(without_limits):
    limits = congested(without_limits).grid.limit_mw
    assert np.ptp(limits * without_limits.grid.reactance_pu) == pytest.approx(0, abs=1e-9)
    assert np.ptp(prices_on(with_limits(without_limits, limits))) > 0.01
    assert np.ptp(prices_on(with_limits(without_limits, 1.01 * limits / SHARE_OF_ANGLE))) < 1e-5


def test_problems_come_with_their_families():
    builders = problem_builders(2, 0)
    assert list(builders)[:2] == ["rts24", "exchange"]
    problem = builders["rts24"]()
    assert set(problem.market.families) == {Family.CONTRACT, Family.LEASE, Family.WHEELING}
    assert problem.exchange is None
    assert problem.canonicalise_seconds > 0
    assert not problem.is_large


def test_rings_grow_with_the_square_of_their_buses_and_a_third_of_the_buses_sells():
    contracts = [
        sum(good.family == Family.CONTRACT for good in ring_market(buses).goods) for buses in (12, 24, 48, 100)
    ]
    assert contracts == [12 * 4, 24 * 8, 48 * 16, 100 * 34]
    assert all(b > 3.9 * a for a, b in pairwise(contracts))


def test_a_pooled_problem_has_fewer_goods_on_as_many_buses():
    builders = problem_builders(2, 0)
    bilateral, pooled = builders["rts24"](), builders["rts24-pooled"]()
    assert (bilateral.is_pooled, pooled.is_pooled) == (False, True)
    assert bilateral.buses == pooled.buses == 24
    assert Family.WHEELING not in pooled.market.families
    assert len(pooled.market.goods) < len(bilateral.market.goods)
