"""Where the selection rule jumps a path has two branches: a market made so that the purchase mix feeds on itself.

The largest unit burns oil, at 900 kg/MWh, and coal emits 300. By least norm a small buyer buys from the largest unit
alone and a larger one from others too, so that who buys less is dirtier, and who is dirtier leases less.
"""

import numpy as np
import pytest

from walras.experiments.kappa_path.following import follow_kappa
from walras.experiments.kappa_path.kappa_market import kappa_market
from walras.experiments.scenario.disclosures import disclosure_scheme
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario

RATES = "producers.emission_rates={nuclear: 145, coal: 300, residual oil: 900, distillate oil: 900}"


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("rts24", [RATES, "disclosure=ex_ante"])


@pytest.fixture(scope="module")
def path(scenario):
    return follow_kappa(scenario, 0.72, 0.8)


def test_the_jump_is_found_with_both_its_sides(path):
    (point,) = path.breakpoints
    assert point.is_jump
    assert "the lease of mdc1 is no longer full" in point.name
    left, right = (piece.at(point.kappa) for piece in path.pieces)
    assert left["lease.mdc1.energy_mwh"] == pytest.approx(12, abs=1e-6)
    assert right["lease.mdc1.energy_mwh"] < 9
    assert left["lease.mdc1.mix_kg_per_mwh"] < 820
    assert right["lease.mdc1.mix_kg_per_mwh"] == pytest.approx(900, abs=0.1)


def test_the_rule_itself_jumps_there(scenario, path):
    """Equilibria from scratch on both sides, so near that no smooth figure moves by as much."""
    market = build_market(scenario)
    found = kappa_market(market, disclosure_scheme(scenario, market))
    (point,) = path.breakpoints
    for kappa in (point.kappa * (1 - 1e-3), point.kappa * (1 + 1e-3)):
        mixes = found.at(kappa).equilibrium(found.scheme).mix_kg_per_mwh
        (mix,) = (kg for good, kg in mixes.items() if good.seller == "mdc1")
        assert mix == pytest.approx(path.at(kappa)["lease.mdc1.mix_kg_per_mwh"], rel=1e-5)


def test_each_branch_is_smooth(path):
    for piece in path.pieces:
        volumes = piece.table(np.linspace(piece.low, piece.high, 20))[:, path.names.index("lease.mdc1.energy_mwh")]
        assert np.abs(np.diff(volumes, 2)).max() < 0.05
