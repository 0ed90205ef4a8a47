"""Equal units run as one; a unit of several blocks is split."""

from dataclasses import replace

from walras.network.costs import Block
from walras.network.units import Unit, unit_groups

UNIT = Unit("G1@7", 7, "ST", "coal", (Block(20.0, 10.0, 0.4),))


def test_equal_units_at_one_bus_share_their_output():
    (group,) = unit_groups([UNIT, replace(UNIT, name="G2@7"), replace(UNIT, name="G3@7")])
    assert (group.name, group.capacity_mw, group.cost_usd_per_mwh) == ("G1@7", 60.0, 10.0)
    # 30 MW in all are 10 MW each: 10 + 0.4 * 10 = 14 $/MWh.
    assert group.cost_usd_per_mwh + 30 * group.cost_slope_usd_per_mwh2 == 14.0


def test_units_that_differ_stay_apart():
    others = [replace(UNIT, bus=8), replace(UNIT, fuel="ng"), replace(UNIT, ramp_mw_per_h=5.0)]
    assert len(unit_groups([UNIT, *others])) == 4


def test_blocks_become_groups_and_share_the_ramp_limit_by_size():
    unit = replace(UNIT, blocks=(Block(20.0, 10.0, 0.0), Block(60.0, 30.0, 0.0)), ramp_mw_per_h=40.0)
    first, second = unit_groups([unit])
    assert (first.name, second.name) == ("G1@7 block 1", "G1@7 block 2")
    assert (first.capacity_mw, second.capacity_mw) == (20.0, 60.0)
    assert (first.ramp_mw_per_h, second.ramp_mw_per_h) == (10.0, 30.0)
    first, second = unit_groups([unit, replace(unit, name="G2@7")])
    assert (second.capacity_mw, second.cost_usd_per_mwh, second.ramp_mw_per_h) == (120.0, 30.0, 60.0)


def test_emissions_follow_the_fuel_unless_they_are_known():
    rates = [
        unit_groups([unit])[0].emission_rates_kg_per_mwh
        for unit in (
            UNIT,
            replace(UNIT, fuel="Natural_Gas"),
            replace(UNIT, fuel="peat"),
            replace(UNIT, fuel="wind"),
            replace(UNIT, emission_rate_kg_per_mwh=820.0),
        )
    ]
    assert [rate["by_fuel"] for rate in rates] == [1050.0, 437.0, 366.0, 0.0, 820.0]


def test_the_table_of_fuels_is_that_of_its_source():
    """EIA, United States 2023: million metric tons of CO2 over million kWh."""
    from walras.network.fuels import fuel_rates_kg_per_mwh

    rates = fuel_rates_kg_per_mwh()
    assert rates["coal"] == round(709 / 675_115 * 1e6)
    assert rates["ng"] == round(790 / 1_806_063 * 1e6)
    assert rates["oil"] == round(18 / 16_233 * 1e6)
    assert rates["unknown"] == round(1_532 / 4_183_271 * 1e6)
    assert {rates[fuel] for fuel in ("nuclear", "hydro", "wind", "solar", "biomass")} == {0.0}
