"""The merged monolith has fewer unknowns and the solution of the full one."""

import numpy as np
import pytest

from walras.experiments.bench.peers.merged import MergedMarket, merge
from walras.experiments.bench.problems.problems import problem_builders
from walras.experiments.bench.rows.qp_solvers import Asked, by_piqp, welfare_qp
from walras.experiments.monolith.mlcp import assemble


def solution_of_full(short: MergedMarket):
    """Variables, multipliers and prices of the full problem from the welfare QP of the merged one."""
    s = short.merged
    solved = by_piqp(welfare_qp(s), Asked(1e-11, 60.0))
    equalities, minus_prices = np.split(solved.multipliers, [len(s.b)])
    # Multipliers of inequalities follow from the rest where variables are inside their bounds.
    flat = s.P @ solved.x + s.c + s.A.T @ equalities + s.K.T @ minus_prices
    inside = (solved.x - s.lower > 1e-6) & (s.upper - solved.x > 1e-6)
    tight = s.h - s.G @ solved.x < 1e-6
    inequalities = np.zeros(len(s.h))
    inequalities[tight] = np.linalg.lstsq(s.G[tight].T[inside].toarray(), -flat[inside], rcond=None)[0]
    prices = short.prices(solved.x, equalities, inequalities, -minus_prices)
    return short.spread @ solved.x + short.shift, equalities, inequalities, prices


@pytest.mark.parametrize(("name", "contracts"), [("exchange", 16), ("rts24", 273)])
def test_a_solution_of_the_merged_problem_solves_the_full_one(name, contracts):
    stacked = problem_builders(4, 1)[name]().stacked
    short = merge(stacked)
    full = assemble(stacked)
    assert len(short.gone) == contracts
    assert len(assemble(short.merged).q) == len(full.q) - 2 * contracts
    assert full.residual(np.concatenate(solution_of_full(short))) < 1e-4


def test_prices_of_merged_goods_are_the_exact_price():
    problem = problem_builders(3, 0)["exchange"]()
    *_, prices = solution_of_full(merge(problem.stacked))
    assert prices == pytest.approx(np.full(9, problem.exchange.price_usd_per_mwh), rel=1e-6)
