"""MATPOWER files are read by the stated rules, and what the reader would misread is refused."""

import numpy as np
import pytest
from support.matpower import write_matpower

from walras.network import GridError, read_case
from walras.network.costs import Block
from walras.network.matpower_case import Matrices, case_from_matrices


@pytest.fixture
def case(tmp_path):
    return read_case(write_matpower(tmp_path))


def test_the_grid_has_what_is_in_service(case):
    grid = case.grid
    assert (grid.buses, grid.hub) == ((10, 20, 30), 10)
    assert grid.line_ids == ("L1", "L2", "L3")
    assert (grid.from_bus, grid.to_bus) == ((10, 10, 20), (20, 20, 30))
    assert grid.limit_mw.tolist() == [40.0, np.inf, 25.0]


def test_a_tap_scales_the_reactance(case):
    np.testing.assert_allclose(case.grid.reactance_pu, [0.1, 0.095, 0.2])


def test_a_dispatchable_load_is_load_and_negative_load_is_injected(case):
    assert case.load_mw == {20: 67.0}
    injection = case.unit_groups[-1]
    assert (injection.name, injection.bus, injection.fixed, injection.capacity_mw) == ("injection@30", 30, True, 5.0)


def test_units_are_grouped_and_split(case):
    shown = {
        group.name: Block(group.capacity_mw, group.cost_usd_per_mwh, group.cost_slope_usd_per_mwh2)
        for group in case.unit_groups[:-1]
    }
    assert shown == {
        "G1@10": Block(100.0, 20.0, 0.1),
        "G3@30 block 1": Block(15.0, 10.0, 0.0),
        "G3@30 block 2": Block(15.0, 30.0, 0.0),
    }


def test_fuels_and_types_are_read(case):
    assert [(group.fuel, group.unit_type) for group in case.unit_groups[:2]] == [("coal", "ST"), ("ng", "GT")]
    assert [group.emission_rates_kg_per_mwh["by_fuel"] for group in case.unit_groups[:2]] == [1050.0, 437.0]


def test_a_case_without_fuels_has_unknown_ones(tmp_path):
    case = read_case(write_matpower(tmp_path, "mpc.genfuel", "mpc.notes"))
    assert {group.fuel for group in case.unit_groups} == {"unknown"}


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("function mpc = tiny", "mpc = struct()", ["function mpc"]),
        ("mpc.gencost = [", "mpc.costs = [", ["mpc.gencost is missing"]),
        ("mpc.dcline = [", "mpc.branch(:, 4) = mpc.branch(:, 4) / 2;\nmpc.x = [", ["computes", "mpc.branch(:, 4)"]),
        ("mpc.dcline = [", "mpc = scale_load(2, mpc);\nmpc.x = [", ["computes", "scale_load"]),
        ("mpc.dcline = [", "mpc.bus = [", ["mpc.bus", "twice"]),
        (" 10 3 0 0 5", " 10,,3,0 0 5", ["mpc.bus", "between two commas"]),
        (" 10 3 0 0 5", " 10 3-1 0 0 5", ["mpc.bus, row 1, column 2", "'3-1'", "no number"]),
        (" 10 3 0 0 5", " 10 1e400 0 0 5", ["mpc.bus, row 1, column 2", "'1e400'", "too large"]),
        (" 10 3 0 0 5", " 10 1_0 0 0 5", ["mpc.bus, row 1, column 2", "'1_0'", "no number"]),
        ("mpc.version = '2'", "mpc.version = '1'", ["mpc.version", "'1'", "version 2"]),
        ("mpc.baseMVA = 100;", "%{\nmpc.baseMVA = 100;\n%}", ["block comment"]),
        ("mpc.baseMVA = 100;", "if true, mpc.gen = []; end", ["computes", "if true"]),
        ("];\n% fbus", "]';\n% fbus", ["computes"]),
        (" 20 1 60", " 20 1 sixty", ["mpc.bus, row 2, column 3", "'sixty'"]),
        (" 20 1 60", " 20 1 NaN", ["mpc.bus, row 2, column 3", "no number"]),
        (" 20 1 60 0", " 20 1 60", ["mpc.bus, row 2", "12 numbers", "13"]),
        (" 20 1 60", " 20.5 1 60", ["mpc.bus", "whole"]),
        (" 20 1 60", " 10 1 60", ["mpc.bus", "once"]),
        (" 10 3 0 0", " 10 2 0 0", ["no bus has type 3"]),
        (" 30 0 0 0 0 1 100 1 30", " 31 0 0 0 0 1 100 1 30", ["mpc.gen, row 3", "31"]),
        (" 20 30 0 0.2", " 20 33 0 0.2", ["mpc.branch, row 3", "33"]),
        (" 20 30 0 0.2 0 25 0 0 0 0 1", " 20 30 0 0.2 0 25 0 0 0 0 0", ["2 islands", "bus 30"]),
        (" 20 30 0 0.2", " 20 30 0 0", ["line L3", "reactance_pu", "0.0"]),
        (" 20 30 0 0.2 0 25", " 20 30 0 0.2 0 -25", ["line L3", "limit_mw", "-25"]),
        ("1 50 10", "1 Inf 10", ["mpc.gen, row 1", "Pmax", "inf"]),
        ("1 50 10", "1 1e9 10", ["mpc.gen, row 1", "Pmax", "1e+09"]),
        (" 2 0 0 3 0.1 20 7 0", " 2 0 0 4 0.1 0 20 7", ["mpc.gencost, row 1", "second degree"]),
        (" 2 0 0 3 0.1 20 7", " 2 0 0 -3 0.1 20 7", ["mpc.gencost, row 1", "-3 numbers"]),
        (" 2 0 0 3 0.1 20 7", " 3 0 0 3 0.1 20 7", ["mpc.gencost, row 1", "model 3"]),
        (" 2 0 0 3 0.1 20 7", " 2 0 0 3 0.1 twenty 7", ["mpc.gencost, row 1, column 6", "'twenty'"]),
        (" 2 0 0 3 0.1 20 7", " 2 0 0 3 0.1 Inf 7", ["mpc.gencost, row 1", "no finite number"]),
        (" 5 50 15 150 30 600", " 5 50 5 150 30 600", ["mpc.gencost, row 3", "rising"]),
        (" 1 0 0 3 5 50", " 1 0 0 4 5 50", ["mpc.gencost, row 3", "4 points"]),
        ("'coal'; 'coal'; 'ng'", "'coal'; 'ng'", ["mpc.genfuel", "6 entries for 7 units"]),
    ],
)
def test_a_mistake_is_named(tmp_path, old, new, parts):
    path = write_matpower(tmp_path, old, new)
    with pytest.raises(GridError) as error:
        read_case(path)
    for part in [str(path), *parts]:
        assert part in str(error.value)


def test_a_unit_without_cost_is_named():
    bus = np.array([[1.0, 3, 10, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1]])
    gen = np.array([[1.0, 0, 0, 0, 0, 1, 100, 1, 50, 0]])
    none = np.zeros((0, 13))
    with pytest.raises(GridError, match=r"gencost, row 1: is missing"):
        case_from_matrices(Matrices(bus, gen, none, np.zeros((0, 7)), ("coal",), ("ST",)))


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "broken.m"
    path.write_bytes(b"function mpc = x\n\xff\xfe\x00\n")
    with pytest.raises(GridError, match=r"broken\.m: cannot be read"):
        read_case(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [(" 10 3 0 0 5", " 10,3, 0 0 5"), ("1 50 10;\n", "1 50 10; "), ("1 50 10;\n", "1 50 ... goes on\n 10\n")],
)
def test_rows_may_share_a_line_or_go_on_and_numbers_stand_between_commas(tmp_path, case, old, new):
    again = read_case(write_matpower(tmp_path, old, new))
    assert (again.grid.buses, again.load_mw) == (case.grid.buses, case.load_mw)
    assert [vars(group) for group in again.unit_groups] == [vars(group) for group in case.unit_groups]


def test_a_fuel_may_hold_a_percent_sign(tmp_path):
    case = read_case(write_matpower(tmp_path, "'coal'; 'coal'", "'50% coal'; '50% coal'"))
    assert case.unit_groups[0].fuel == "50% coal"


@pytest.mark.parametrize("count", ["-Inf", "Inf", "2.5"])
def test_a_number_of_costs_that_is_no_whole_number_is_named(tmp_path, count):
    """A count that is infinite once ended in an OverflowError."""
    with pytest.raises(GridError, match=r"tiny\.m: mpc\.gencost, row 1: .* is no number of costs"):
        read_case(write_matpower(tmp_path, " 2 0 0 3 0.1", f" 2 0 0 {count} 0.1"))
