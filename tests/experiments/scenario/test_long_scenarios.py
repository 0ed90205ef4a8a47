"""Scenarios of many hours are checked a week at a time, with the answer that the whole market would have."""

import pytest
import yaml
from support.command import assert_refused, walras_command
from support.small_grid import small_document, write_case

from walras import build_market, parse_scenario
from walras.experiments.errors import ScenarioError
from walras.experiments.scenario import long_scenarios
from walras.experiments.scenario.long_scenarios import check_scenario, hours_of_scenario
from walras.network import read_case

UNITS_WITH_RAMP = "G,1,steam,coal,market,100,10,0.1,900,{ramp}\n"


@pytest.fixture(autouse=True)
def built(monkeypatch):
    """Two hours at once; yields those of which markets are built, after the one that is counted."""
    hours = []
    build = long_scenarios._build

    def keep(case, scenario, some):
        hours.append((some.start, some.stop))
        return build(case, scenario, some)

    monkeypatch.setattr(long_scenarios, "HOURS_AT_ONCE", 2)
    monkeypatch.setattr(long_scenarios, "_build", keep)
    return hours


def scenario_of(tmp_path, ramp="", chat=4, lender_mw=3, **sections):
    tmp_path.mkdir(exist_ok=True)
    case = write_case(tmp_path / "case", lines="a,1,2,0.1,30\n")
    units = case / "unit_groups.csv"
    header = units.read_text().splitlines()[0] + ",ramp_mw_per_h\n"
    units.write_text(header + UNITS_WITH_RAMP.format(ramp=ramp))
    document = small_document(
        case,
        periods=5,
        load_profile=[0.5, 1.0, 0.8, 0.6, 0.7],
        hyperscalers=[{"name": "h", "bus": 2, "cost_weight": 0.9, "batches_mw": {"chat": chat, "code": 2}}],
        modular_datacenters=[
            {"name": "m", "bus": 1, "capacity_mw": lender_mw, "curtailed_mw": [0, 1, 2, 3, 4], "batches": ["chat"]}
        ],
    )
    document.update(sections)
    return document


def checked(document):
    scenario = parse_scenario(document)
    done = []
    size = check_scenario(read_case(scenario.grid.source), scenario, done.append)
    assert sum(done) == 2 * scenario.periods
    return size


def test_the_size_is_that_of_the_whole_market(tmp_path):
    document = scenario_of(tmp_path)
    size = checked(document)
    market = build_market(parse_scenario(document))
    assert (size.agents, size.goods) == (len(market.agents), len(market.goods))


def test_one_market_is_built_where_lines_and_units_serve_all_work(tmp_path, built):
    checked(scenario_of(tmp_path))
    # The hour whose prices are highest, since demand is calibrated on them.
    assert built == [(1, 2)]


def test_work_that_needs_leases_is_found_servable(tmp_path, built):
    """The line carries 30 MW, and 2 of 31 can be done at the other end."""
    document = scenario_of(tmp_path, chat=[4, 4, 29, 4, 4])
    checked(document)
    assert built[1:] == [(2, 4)]
    build_market(parse_scenario(document))


def test_work_that_cannot_be_served_is_refused_with_its_hours(tmp_path):
    document = scenario_of(tmp_path, chat=[4, 4, 4, 4, 1000])
    with pytest.raises(ScenarioError, match=r"hour 5: batches_mw add up to 1,002\.0 MWh") as caught:
        checked(document)
    assert [fault.path for fault in caught.value.faults] == ["hyperscalers"]
    with pytest.raises(ScenarioError, match="cannot be served"):
        build_market(parse_scenario(document))


def test_ramp_limits_count(tmp_path, built):
    """Work steps by 26 MW between the third hour and the fourth, and there is hardly a load beside it."""
    chat = [0, 0, 0, 26, 26]
    for ramp, needed in (("27", []), ("20", [(2, 4)])):
        document = scenario_of(tmp_path / ramp, ramp=ramp, chat=chat, lender_mw=0)
        (tmp_path / ramp / "case" / "buses.csv").write_text("bus,load_mw,is_hub\n1,0.001,1\n2,0,0\n")
        built.clear()
        checked(document)
        assert built[1:] == needed


def test_load_that_cannot_be_served_names_its_hour(tmp_path):
    document = scenario_of(tmp_path, load_profile=[0.5, 1.0, 0.8, 5.0, 0.7])
    with pytest.raises(ScenarioError, match="in hour 4;"):
        checked(document)


def test_forward_contracts_are_checked_in_markets(tmp_path, built):
    checked(scenario_of(tmp_path, consumers={"forward_position": 0.5}))
    assert built[1:] == [(0, 2), (2, 4), (4, 5)]


def test_some_hours_of_a_scenario(tmp_path):
    document = scenario_of(
        tmp_path,
        chat=[1, 2, 3, 4, 5],
        producers={"emission_rates": "measured", "hydro_injection_mw": [0, 0, 1, 2, 3]},
        disclosure="ex_ante",
        purchase_mix_kg_per_mwh={"m": [1, 2, 3, 4, 5]},
    )
    part = hours_of_scenario(parse_scenario(document), slice(2, 4))
    assert part.periods == 2
    assert part.load_profile == [0.8, 0.6]
    assert part.producers.hydro_injection_mw == [1, 2]
    assert part.hyperscalers[0].batches_mw == {"chat": [3, 4], "code": 2}
    assert part.modular_datacenters[0].curtailed_mw == [2, 3]
    assert part.purchase_mix_kg_per_mwh == {"m": [3, 4]}


def test_the_command_says_the_same(tmp_path):
    path = tmp_path / "long.yaml"
    path.write_text(yaml.safe_dump(scenario_of(tmp_path)))
    answer = walras_command("validate", path)
    market = build_market(parse_scenario(scenario_of(tmp_path / "again")))
    assert answer.out == f"{path}: valid; {len(market.agents)} agents trade {len(market.goods)} goods\n"
    path.write_text(yaml.safe_dump(scenario_of(tmp_path / "more", chat=1000)))
    assert_refused(walras_command("validate", path), f"{path}: hyperscalers: hour 2: batches_mw")
