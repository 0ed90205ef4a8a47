"""Folders of CSV files are read, and every mistake in them is named."""

import numpy as np
import pytest

from walras.network import GridError, read_case

FILES = {
    "buses.csv": "bus,load_mw,is_hub\n1,,1\n2,60,0\n",
    "lines.csv": "line_id,from_bus,to_bus,reactance_pu,limit_mw\nL1,1,2,0.1,100\nL2,1,2,0.2,\n",
    "unit_groups.csv": (
        "unit_group,bus,unit_type,fuel,dispatch,capacity_mw,marginal_cost_usd_per_mwh,"
        "marginal_cost_slope_usd_per_mwh2,measured_kg_per_mwh\n"
        "G,1,steam,coal,market,80,20,0.1,900\n"
        "H,2,river,hydro,fixed,5,0,0,0\n"
    ),
}


@pytest.fixture
def write_case(tmp_path):
    def write(name=None, old="", new=""):
        for file, text in FILES.items():
            assert file != name or old in text
            (tmp_path / file).write_text(text.replace(old, new) if file == name else text)
        return tmp_path

    return write


def test_a_folder_is_read_as_written(write_case):
    case = read_case(write_case())
    assert case.grid.buses == (1, 2)
    assert case.grid.hub == 1
    assert case.load_mw == {2: 60.0}
    group = case.unit_groups[0]
    assert (group.name, group.bus, group.fuel, group.fixed, group.capacity_mw) == ("G", 1, "coal", False, 80.0)
    assert (group.cost_usd_per_mwh, group.cost_slope_usd_per_mwh2) == (20.0, 0.1)
    assert group.emission_rates_kg_per_mwh == {"measured": 900.0}
    assert case.unit_groups[1].fixed


def test_an_empty_limit_means_no_limit(write_case):
    assert read_case(write_case()).grid.limit_mw.tolist() == [100.0, np.inf]


def test_places_on_the_map_may_be_left_out_or_given(write_case):
    assert read_case(write_case()).positions == {}
    folder = write_case()
    (folder / "buses.csv").write_text("bus,load_mw,is_hub,x,y\n1,,1,0,0.5\n2,60,0,3,4\n")
    assert read_case(folder).positions == {1: (0.0, 0.5), 2: (3.0, 4.0)}


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(write_case, name):
    folder = write_case()
    (folder / name).unlink()
    with pytest.raises(GridError, match=f"{name}: cannot be read: file is missing"):
        read_case(folder)


def test_an_unknown_case_is_refused_with_the_built_in_names(tmp_path):
    with pytest.raises(GridError, match=r"nowhere.*rts24"):
        read_case(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "old", "new", "parts"),
    [
        ("buses.csv", "is_hub", "is_slack", ["buses.csv", "column is_hub is missing"]),
        ("lines.csv", "reactance_pu", "x", ["lines.csv", "column reactance_pu is missing"]),
        ("unit_groups.csv", "dispatch", "mode", ["unit_groups.csv", "column dispatch is missing"]),
        ("buses.csv", "2,60", "2,sixty", ["buses.csv", "line 3", "load_mw", "'sixty'"]),
        ("lines.csv", "0.2,", "0.2,1OO", ["lines.csv", "line 3", "limit_mw", "'1OO'"]),
        ("unit_groups.csv", "80,20", "80,free", ["unit_groups.csv", "line 2", "marginal_cost_usd_per_mwh", "'free'"]),
        ("lines.csv", "L1,1,2", "L1,1.5,2", ["lines.csv", "from_bus", "whole"]),
        ("buses.csv", "2,60", ",60", ["buses.csv", "column bus", "whole"]),
        ("buses.csv", "60,0", "60,1", ["buses.csv", "is_hub", "2 buses"]),
        ("buses.csv", "1,,1", "1,,0", ["buses.csv", "is_hub", "0 buses"]),
        ("buses.csv", "2,60", "1,60", ["bus 1", "twice"]),
        ("buses.csv", "2,60", "2,-60", ["bus 2", "load_mw", "-60"]),
        ("buses.csv", "2,60", "2,inf", ["bus 2", "load_mw", "inf"]),
        ("lines.csv", "L2", "L1", ["line L1", "twice"]),
        ("lines.csv", "L1,1,2", "L1,1,6", ["line L1", "unknown bus 6"]),
        ("lines.csv", "0.2,", "0,", ["line L2", "reactance_pu", "0.0"]),
        ("lines.csv", "0.2,", ",", ["line L2", "reactance_pu", "nan"]),
        ("lines.csv", "0.1,100", "0.1,-100", ["line L1", "limit_mw", "-100"]),
        ("unit_groups.csv", "H,2", "H,3", ["unit group H", "unknown bus 3"]),
        ("unit_groups.csv", "H,2", "G,2", ["unit group G", "twice"]),
        ("unit_groups.csv", "market", "must-run", ["unit group G", "dispatch", "'must-run'", "market and fixed"]),
        ("unit_groups.csv", "market,80", "market,-80", ["unit group G", "capacity_mw", "-80"]),
        ("unit_groups.csv", "market,80", "market,", ["unit group G", "capacity_mw", "nan"]),
        ("unit_groups.csv", "20,0.1", "20,-0.1", ["unit group G", "cost_slope_usd_per_mwh2", "-0.1"]),
        ("unit_groups.csv", "80,20", "80,", ["unit group G", "cost_usd_per_mwh", "nan"]),
        ("buses.csv", "2,60", "2,1e-320", ["bus 2", "load_mw", "1e-320", "1e-09 to 1e+12 MW"]),
        ("unit_groups.csv", "market,80", "market,1e308", ["unit group G", "capacity_mw", "1e+308", "1e+12 MW"]),
        ("unit_groups.csv", "80,20", "80,-1e308", ["unit group G", "cost_usd_per_mwh", "-1e+308", "1e+12 $/MWh"]),
        ("unit_groups.csv", "80,20", "80,2_0", ["line 2", "marginal_cost_usd_per_mwh", "'2_0'"]),
        ("unit_groups.csv", "0.1,900", "0.1,1e308", ["unit group G", "measured_kg_per_mwh", "1e+308"]),
        ("lines.csv", "0.2,", "1e-320,", ["line L2", "reactance_pu", "1e-320"]),
        ("lines.csv", "0.1,100", "0.1,1e999", ["line 2", "limit_mw", "'1e999'", "too large"]),
        ("lines.csv", "0.1,100", "0.1,1e-999", ["line 2", "limit_mw", "'1e-999'", "too small"]),
        ("lines.csv", "L2", "L\x1b[31m", [r"'L\x1b[31m'", "line 3", "control characters"]),
        ("lines.csv", "L2", " L1", ["lines.csv", "line 3", "' L1'", "blanks"]),
        ("unit_groups.csv", "coal", "co\x00al", ["unit_groups.csv", "line 2", r"'co\x00al'"]),
        ("buses.csv", "2,60,0", "2,60", ["buses.csv", "line 3", "2 cells", "3"]),
        ("buses.csv", "2,60,0", "2,60,0,7", ["buses.csv", "line 3", "4 cells", "3"]),
        ("buses.csv", "load_mw,is_hub", "load_mw,is_hub,load_mv", ["buses.csv", "'load_mv'", "allowed are bus"]),
        ("buses.csv", "load_mw,is_hub", "load_mw,is_hub,bus", ["buses.csv", "'bus'", "twice"]),
        ("buses.csv", "2,60", '2,"60', ["buses.csv", "cannot be read as CSV", "line 3"]),
        ("buses.csv", "2,60", "9007199254740993,60", ["bus 9.007e+15", "too large"]),
        ("buses.csv", "2,60", "2e0,60", ["buses.csv", "line 3", "'2e0'", "whole"]),
    ],
)
def test_a_mistake_is_named_with_its_place_its_column_and_its_value(write_case, name, old, new, parts):
    with pytest.raises(GridError) as error:
        read_case(write_case(name, old, new))
    for part in parts:
        assert part in str(error.value)


def test_a_file_that_is_no_text_is_named(write_case):
    folder = write_case()
    (folder / "lines.csv").write_bytes(b"line_id,from_bus\n\xff\xfe\x00,1\n")
    with pytest.raises(GridError, match=r"lines\.csv: cannot be read"):
        read_case(folder)


def test_an_empty_file_is_named(write_case):
    folder = write_case()
    (folder / "buses.csv").write_text("")
    with pytest.raises(GridError, match=r"buses\.csv: cannot be read"):
        read_case(folder)


def test_a_mark_of_the_byte_order_and_cells_in_quotes_are_read(write_case):
    folder = write_case()
    (folder / "buses.csv").write_bytes(b'\xef\xbb\xbf"bus",load_mw,is_hub\r\n1,,1\r\n\r\n2, 60 ,0\r\n')
    assert read_case(folder).load_mw == {2: 60.0}


def test_places_on_the_map_need_both_numbers(write_case):
    folder = write_case()
    (folder / "buses.csv").write_text("bus,load_mw,is_hub,x\n1,,1,0\n2,60,0,3\n")
    with pytest.raises(GridError, match=r"column x stands alone"):
        read_case(folder)


def test_a_folder_in_place_of_a_file_is_named(write_case):
    folder = write_case()
    (folder / "lines.csv").unlink()
    (folder / "lines.csv").mkdir()
    with pytest.raises(GridError, match=r"lines\.csv: cannot be read: it is no file"):
        read_case(folder)


def test_a_file_over_the_size_limit_is_refused_unread(write_case):
    folder = write_case()
    with (folder / "lines.csv").open("ab") as file:
        file.truncate(2**30)
    with pytest.raises(GridError, match=r"lines\.csv: has 1,073,741,824 bytes"):
        read_case(folder)
