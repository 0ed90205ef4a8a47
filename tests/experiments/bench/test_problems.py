"""Which grids are measured, and how they are congested."""

from dataclasses import replace

import numpy as np
import pytest

from walras.agents import Family
from walras.experiments.bench.problems import CONGESTION, congesting_scale, problem_builders
from walras.experiments.scenario.reading import parse_scenario
from walras.experiments.scenario.setting import setting_of
from walras.network import read_case


def prices_at(case, scale):
    document = {"name": "case", "grid": {"source": "rts24", "line_limit_scale": scale}}
    return setting_of(parse_scenario(document), case).baseline.price_usd_per_mwh


def test_the_rule_congests_exactly_the_lines_that_want_to_carry_more():
    case = read_case("rts24")
    scale = congesting_scale(case)
    assert np.ptp(prices_at(case, scale)) > 0.01
    assert np.ptp(prices_at(case, 1.01 * scale / CONGESTION)) < 1e-5


def test_the_rule_does_not_mind_in_which_unit_limits_are_stated():
    case = read_case("rts24")
    doubled = replace(case, grid=replace(case.grid, limit_mw=2 * case.grid.limit_mw))
    assert congesting_scale(doubled) == pytest.approx(congesting_scale(case) / 2)


def test_without_limits_nothing_can_be_congested():
    case = read_case("rts24")
    unlimited = replace(case, grid=replace(case.grid, limit_mw=np.full(len(case.grid.limit_mw), np.inf)))
    assert congesting_scale(unlimited) == 1


def test_problems_come_with_their_families():
    builders = problem_builders(2, 0)
    assert list(builders)[:2] == ["exchange", "rts24"]
    problem = builders["rts24"]()
    assert set(problem.market.families) == set(Family)
    assert problem.exchange is None
    assert problem.canonicalise_seconds > 0
