"""The model on nodes is the market's own equilibrium where contracts move nothing."""

import numpy as np
import pytest

from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.paper.calibration.freedoms import Freedoms
from walras.experiments.paper.calibration.structures import structures
from walras.experiments.results.ledger import Ledger
from walras.experiments.results.result import summarise
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario

SURROGATE = "producers.emission_rates=surrogate"


@pytest.fixture(scope="module")
def model():
    return next(iter(structures(load_scenario("rts24")).values()))


def _purchases(model, result, scenario):
    drawn = np.zeros(len(model.grid.buses))
    drawn[model.grid.bus_index[24]] = result.workload_mwh["local"]
    for mdc in scenario.modular_datacenters:
        drawn[model.grid.bus_index[mdc.bus]] += result.lease[mdc.name].purchases_mwh[0]
    return drawn


@pytest.mark.parametrize(
    ("point", "overrides"),
    [
        ({}, []),
        ({"U100": 1.5, "U155": 0.4}, ["producers.cost_factors={U100: 1.5, U155: 0.4}"]),
        ({"hydro": 0.8}, ["producers.hydro_injection_mw=240"]),
    ],
)
def test_prices_and_outputs_are_those_of_the_monolith(model, point, overrides):
    scenario = load_scenario("rts24", [SURROGATE, *overrides])
    equilibrium = solve_monolith(build_market(scenario))
    result = summarise(Ledger(equilibrium.market, equilibrium.prices, equilibrium.allocation))
    freedoms = Freedoms.of_case(model, "rts24")
    place = freedoms.published.copy()
    for name, value in point.items():
        if name == "hydro":
            place[-1] = value
        else:
            place[freedoms.unit_types.index(name)] = np.log(value)
    (state,) = model.states(freedoms.supply(place), [_purchases(model, result, scenario)])
    # A slope of 1e-5 $/MWh per MWh is added to all costs, and bus 24 feels costs fivefold.
    for bus, hours in result.price_usd_per_mwh.items():
        assert state.price_usd_per_mwh[model.grid.bus_index[int(bus)]] == pytest.approx(hours[0], abs=0.05)
    for unit, output in zip(model.units, state.output_mwh, strict=True):
        assert output == pytest.approx(result.generation_mwh[unit.name][0], abs=0.5)


def test_what_cannot_be_served_has_no_state(model):
    freedoms = Freedoms.of_case(model, "rts24")
    drawn = np.zeros(len(model.grid.buses))
    drawn[model.grid.bus_index[24]] = 2000.0
    assert model.states(freedoms.supply(freedoms.published), [drawn]) is None
