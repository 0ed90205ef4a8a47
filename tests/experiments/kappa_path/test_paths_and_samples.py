"""Paths of RTS-24 against equilibria at random prices of emissions, built and solved anew."""

from dataclasses import replace

import numpy as np
import pytest

from walras.agents.hyperscaler import Hyperscaler
from walras.coordinator import Market
from walras.experiments.kappa_path.following import follow_kappa
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.results.dotted_figures import figures
from walras.experiments.results.ledger import Ledger
from walras.experiments.results.result import summarise
from walras.experiments.scenario.disclosures import disclosure_scheme
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario

SAMPLES = 30
# Nuclear energy is cleaner than coal and dearer peakers are cleaner still, so that kappa moves the dispatch.
TURNING = "producers.emission_rates={nuclear: 145, coal: 900, residual oil: 500, distillate oil: 10}"
MIX = "purchase_mix_kg_per_mwh={mdc1: 640, mdc2: 560}"
UNIQUE = (
    *(f"price_usd_per_mwh.{bus}" for bus in (3, 11, 12, 15, 17, 24)),
    *(f"generation_mwh.{unit}" for unit in ("U20@1", "U20@2", "U155@16", "U350@23", "U100@7")),
    *(f"lease.mdc{number}.{what}" for number in (1, 2, 3) for what in ("price_usd_per_gpu", "energy_mwh")),
    *("co2_t.local", "co2_t.system", "workload_cost_usd.local", "workload_cost_usd.mdc", "welfare_usd"),
    *("workload_price_usd_per_mwh.hyperscaler", "congestion_rent_usd", "flow_mw.28", "surplus_usd.U155@16"),
)


def solved(scenario, market, kappa):
    """Figures of the monolith of a market that knows nothing of other prices of emissions."""
    agents = [
        replace(agent, cost_weight=1 / (1 + kappa)) if isinstance(agent, Hyperscaler) else agent
        for agent in market.agents
    ]
    weighed = Market(tuple(agents), market.scales)
    found = solve_monolith(weighed, disclosure_scheme(scenario, weighed))
    return figures(summarise(Ledger(found.market, found.prices, found.allocation)))


def largest_difference(path, scenario, names, kappas):
    """In parts of each figure's largest value on the way."""
    market = build_market(scenario)
    samples = [solved(scenario, market, kappa) for kappa in kappas]
    followed = [path.at(kappa) for kappa in kappas]
    result = {}
    for name in names:
        values, others = (np.array([one[name] for one in many]) for many in (samples, followed))
        result[name] = float(np.abs(values - others).max() / max(np.abs(values).max(), 1e-2))
    return max(result.values()), max(result, key=result.get)


def random_kappas(path, seed):
    """As many on each piece, wherever they lie."""
    ends = [piece.low for piece in path.pieces] + [path.pieces[-1].high]
    drawn = np.random.default_rng(seed).uniform(0, len(path.pieces), SAMPLES)
    return np.interp(drawn, np.arange(len(ends)), ends).tolist()


@pytest.fixture(scope="module")
def turning():
    scenario = load_scenario("rts24", [TURNING])
    return scenario, follow_kappa(scenario)


@pytest.fixture(scope="module")
def given_mix():
    scenario = load_scenario("rts24", [TURNING, MIX, "disclosure=ex_ante"])
    return scenario, follow_kappa(scenario, least_alpha=0.6)


def test_ex_post_the_path_is_the_samples(turning):
    scenario, path = turning
    assert len(path.breakpoints) >= 6
    assert largest_difference(path, scenario, UNIQUE, random_kappas(path, 1)) < (1e-6, "")


def test_ex_ante_for_given_mixes_too(given_mix):
    scenario, path = given_mix
    assert len(path.breakpoints) >= 3
    names = (*UNIQUE, "lease.mdc1.intensity_kg_per_mwh", "lease.mdc2.intensity_kg_per_mwh", "co2_t.mdc")
    assert largest_difference(path, scenario, names, random_kappas(path, 2)) < (1e-4, "")


@pytest.mark.parametrize("which", ["turning", "given_mix"])
def test_breakpoints_are_where_figures_bend_and_have_names(request, which):
    _, path = request.getfixturevalue(which)
    for point in path.breakpoints:
        assert point.name
        assert point.kappa == pytest.approx((1 - point.alpha) / point.alpha)
    told = "; ".join(point.name for point in path.breakpoints)
    for words in ("U20@1 starts generating", "line 28 starts to bind", "U20@1 reaches its capacity"):
        assert words in told
    ends = [piece.high for piece in path.pieces[:-1]]
    assert [piece.low for piece in path.pieces[1:]] == ends
    assert {point.kappa for point in path.breakpoints} <= set(ends)


@pytest.mark.parametrize("which", ["turning", "given_mix"])
def test_own_emissions_never_rise_with_kappa_ex_post_and_figures_do_not_jump(request, which):
    _, path = request.getfixturevalue(which)
    for piece in path.pieces:
        kappas = np.linspace(piece.low, piece.high, 7)
        local = piece.table(kappas)[:, path.names.index("co2_t.local")]
        if which == "turning":
            assert (np.diff(local) <= 1e-6).all()
    assert not any(point.is_jump for point in path.breakpoints)


def test_ex_post_prices_are_affine_and_costs_quadratic(turning):
    """The third differences of costs and the second ones of prices vanish on every piece."""
    _, path = turning
    for piece in path.pieces:
        table = piece.table(np.linspace(piece.low, piece.high, 9))
        price, cost = (table[:, path.names.index(name)] for name in ("price_usd_per_mwh.24", "workload_cost_usd.local"))
        assert np.abs(np.diff(price, 2)).max() <= 1e-6
        assert np.abs(np.diff(cost, 3)).max() <= 1e-5 * np.abs(cost).max()


def test_what_the_welfare_problem_is_worth_has_own_emissions_as_its_slope(turning):
    """The envelope theorem: welfare, emissions valued, falls by a dollar for each kilogram of own emissions."""
    _, path = turning
    for piece in path.pieces:
        middle, step = (piece.low + piece.high) / 2, (piece.high - piece.low) / 8
        below, at, above = (piece.at(middle + way * step) for way in (-1, 0, 1))
        slope = (above["welfare_usd"] - below["welfare_usd"]) / (2 * step)
        assert slope == pytest.approx(-1000 * at["co2_t.local"], rel=1e-5, abs=1e-2)
