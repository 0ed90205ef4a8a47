"""Derivatives by hand: a congested line, a congested loop, and what must hold at any equilibrium."""

from dataclasses import replace

import numpy as np
import pytest
from cases.random.seeded_markets import seeded_market
from cases.three_bus_loop import congested_loop, pooled_loop
from cases.two_buses import congested_line
from support.whys import small_market, why_of

from walras.agents import Consumer, Customer, GridOperator, Producer
from walras.coordinator import Market, Scale
from walras.experiments.sensitivity.bus_loads import NoFreeBuyerError
from walras.network import Grid


def emitting(market: Market, rates: dict[str, float]) -> Market:
    agents = tuple(
        replace(agent, emission_rate_kg_per_mwh=rates[agent.name]) if agent.name in rates else agent
        for agent in market.agents
    )
    return Market(agents, market.scales)


def both(derivative):
    assert derivative.more == derivative.less
    return derivative.more


def test_a_full_line_parts_two_prices():
    """Costs 10 + 0.1 s at bus 1, worth 100 - d at bus 2, and 40 MW between: 14 and 60 $/MWh, the line is worth 46.

    One more MWh at bus 1 comes from the plant, one at bus 2 from the town, which goes without. One more MW of the line
    lets the plant make it and the town have it: 14.1 and 59, and the rent goes from 46 * 40 to 44.9 * 41.
    """
    told = why_of(emitting(congested_line().market, {"plant": 500.0}))
    assert told.value("price_usd_per_mwh.2") == pytest.approx(60)
    rises = [[both(told.derivative("load", n, f"price_usd_per_mwh.{m}")) for m in "12"] for n in "12"]
    assert np.array(rises) == pytest.approx(np.array([[0.1, 0], [0, 1]]), abs=1e-9)
    assert both(told.derivative("load", "1", "co2_kg.system")) == pytest.approx(500)
    assert both(told.derivative("load", "2", "co2_kg.system")) == pytest.approx(0, abs=1e-6)
    by_limit = {
        figure: both(told.derivative("line_limit", "line", figure))
        for figure in ("price_usd_per_mwh.1", "price_usd_per_mwh.2", "line_price_usd_per_mw.line", "co2_kg.system")
    }
    assert list(by_limit.values()) == pytest.approx([0.1, -1.0, -1.1, 500.0])
    assert both(told.derivative("line_limit", "line", "congestion_rent_usd")) == pytest.approx(46 - 1.1 * 40)
    assert both(told.derivative("line_limit", "line", "welfare_usd")) == pytest.approx(46)
    assert both(told.derivative("emission_rate", "plant", "co2_kg.system")) == pytest.approx(40)
    (line,) = told.lines(2)
    assert (line.share_of_bus, line.price_usd_per_mw, line.price_part_usd_per_mwh) == pytest.approx((-1, 46, 46))
    (town,), less = told.agents(2)
    assert (town.name, town.yields_mwh, town.price_part_usd_per_mwh) == ("town", pytest.approx(1), pytest.approx(60))
    assert [one.name for one in less] == ["town"]


@pytest.mark.parametrize("loop", [congested_loop, pooled_loop])
def test_a_congested_loop_has_three_who_yield(loop):
    """Line 1-3 is full, so for one more MWh at bus 1 (A there, B at bus 2, the town at bus 3):

    ``2/3 (A - 1) + 1/3 B = 0``, what the town goes without is ``1 - A - B``, and prices 0.1 A, 0.1 B and that of the
    town lie on a line, since bus 2 is halfway: ``0.1 A - 0.2 B + (1 - A - B) = 0``: A = 14/15, B = 2/15, the town
    takes 1/15 more. With 300 and 900 kg/MWh that is 400 kg.
    """
    told = why_of(emitting(loop().market, {"A": 300.0, "B": 900.0}))
    agents, _ = told.agents(1)
    assert {one.name: one.yields_mwh for one in agents} == pytest.approx({"A": 14 / 15, "B": 2 / 15, "town": -1 / 15})
    assert {one.name: one.emissions_kg for one in agents} == pytest.approx({"A": 280.0, "B": 120.0, "town": 0.0})
    # Marginal costs 20 and 50, and 80 that the town would pay.
    parts = {one.name: one.price_part_usd_per_mwh for one in agents}
    assert parts == pytest.approx({"A": 20 * 14 / 15, "B": 50 * 2 / 15, "town": -80 / 15})
    assert sum(parts.values()) == pytest.approx(20)
    assert both(told.derivative("load", "1", "co2_kg.system")) == pytest.approx(400)
    rises = [both(told.derivative("load", "1", f"price_usd_per_mwh.{bus}")) for bus in (1, 2, 3)]
    assert rises == pytest.approx([1.4 / 15, 0.2 / 15, -1 / 15])


@pytest.mark.parametrize("seed", range(4))
def test_what_holds_at_any_equilibrium(seed):
    """Price rises are symmetric and positive semidefinite; parts of MWh, price, its rise and CO2 add up."""
    told = why_of(seeded_market(100 + seed))
    rises = np.array(
        [[both(told.derivative("load", str(n), f"price_usd_per_mwh.{m}")) for m in told.buses] for n in told.buses]
    )
    assert rises == pytest.approx(rises.T, abs=1e-9)
    assert np.linalg.eigvalsh(rises).min() > -1e-9
    hub = told.ledger.grid_operator.grid.hub
    for bus in told.buses:
        agents, _ = told.agents(bus)
        price = told.value(f"price_usd_per_mwh.{bus}")
        assert sum(one.yields_mwh for one in agents) == pytest.approx(1)
        assert sum(one.price_part_usd_per_mwh for one in agents) == pytest.approx(price, abs=1e-5)
        rise = both(told.derivative("load", str(bus), f"price_usd_per_mwh.{bus}"))
        assert sum(one.slope_part_usd_per_mwh2 for one in agents) == pytest.approx(rise, abs=1e-6)
        emitted = both(told.derivative("load", str(bus), "co2_kg.system"))
        assert sum(one.emissions_kg for one in agents) == pytest.approx(emitted, abs=1e-3)
        by_lines = sum(line.price_part_usd_per_mwh for line in told.lines(bus))
        assert told.value(f"price_usd_per_mwh.{hub}") + by_lines == pytest.approx(price, abs=1e-6)


def test_a_ramp_ties_hours_together():
    """One more MWh in hour 2 is made in hour 1 too, where the unit may not rise faster.

    Costs 10 + 0.1 s, 50 more in hour 2 than in hour 1 at most. Worth 60 - d and 200 - d: with s and s + 50 both hours
    together settle ``10 + 0.1 s + 10 + 0.1 (s + 50) = 60 - s + 200 - s - 50``. One more MWh in hour 2: ``0.2 s' =
    -(s' + s') + 1``, so that s' = 1 / 2.2 in both hours.
    """
    sellers, hours = ("unit",), 2
    town = Consumer("town", 1, sellers, np.array([60.0, 200.0]), np.ones(2), np.zeros(2))
    unit = Producer("unit", 1, 1, (Customer("town", 1),), 500.0, 10.0, 0.1, 700.0, hours, ramp_mw_per_h=50.0)
    grid = Grid((1,), 1, (), (), (), np.zeros(0), np.zeros(0))
    agents = (town, unit, GridOperator("grid operator", grid, np.zeros((1, hours)), 500.0))
    told = why_of(Market(agents, dict.fromkeys(Market(agents).goods, Scale(40.0, 20.0))), hour=1)
    assert both(told.derivative("load", "1", "co2_kg.system")) == pytest.approx(2 * 700 / 2.2)
    assert both(told.derivative("load", "1", "price_usd_per_mwh.1")) == pytest.approx(1 - 1 / 2.2)
    (most, _), _ = told.agents(1)
    assert (most.name, most.yields_mwh) == ("unit", pytest.approx(2 / 2.2))


def test_a_limit_is_followed_in_its_hour_and_rent_in_all():
    """The congested line over two hours, in the second of which energy is worth 80 - d: 40 there, so the line 26.

    One more MW in hour 2 alone brings 500 kg and 26 - 1.1 * 40 $ of rent, and leaves hour 1 with its 46 * 40 alone.
    """
    town = Consumer("town", 2, ("plant",), np.array([100.0, 80.0]), np.ones(2), np.zeros(2))
    plant = Producer("plant", 1, 1, (Customer("town", 2),), 200.0, 10.0, 0.1, 500.0, 2)
    grid = Grid((1, 2), 1, ("line",), (1,), (2,), np.array([0.1]), np.array([40.0]))
    agents = (town, plant, GridOperator("grid operator", grid, np.zeros((2, 2)), 200.0))
    market = Market(agents, dict.fromkeys(Market(agents).goods, Scale(40.0, 20.0)))
    told = why_of(market, hour=1)
    assert told.value("line_price_usd_per_mw.line") == pytest.approx(26)
    assert told.value("congestion_rent_usd") == pytest.approx((46 + 26) * 40)
    assert both(told.derivative("line_limit", "line", "co2_kg.system")) == pytest.approx(500)
    assert both(told.derivative("line_limit", "line", "congestion_rent_usd")) == pytest.approx(26 - 1.1 * 40)
    assert both(told.derivative("marginal_cost", "plant", "congestion_rent_usd")) == pytest.approx(-80)


def test_where_nobody_buys_freely_nothing_has_the_price_of_a_load():
    market = small_market([("A", 1, 100.0, 20.0, 0.1, 500.0)], [("town", 1, 10.0, 1.0)], [("must", 1, 50.0)])
    with pytest.raises(NoFreeBuyerError, match="no consumer buys energy at the nodal price in this hour"):
        why_of(market)
