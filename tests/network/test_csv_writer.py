"""A case that is written is read back as it was."""

from dataclasses import replace

import numpy as np
import pytest
from support.matpower import write_matpower

from walras.network import GridError, read_case, write_folder


@pytest.fixture(params=["rts24", "tiny"])
def case(request, tmp_path):
    if request.param == "rts24":
        case = read_case("rts24")
        first, *others = case.unit_groups
        return replace(case, unit_groups=(replace(first, ramp_mw_per_h=1 / 3), *others))
    return read_case(write_matpower(tmp_path))


def test_a_case_survives_its_files(case, tmp_path):
    write_folder(case, tmp_path / "written")
    back = read_case(tmp_path / "written")
    for name in ("buses", "hub", "line_ids", "from_bus", "to_bus"):
        assert getattr(back.grid, name) == getattr(case.grid, name)
    np.testing.assert_allclose(back.grid.reactance_pu, case.grid.reactance_pu, rtol=1e-15)
    np.testing.assert_allclose(back.grid.limit_mw, case.grid.limit_mw, rtol=1e-15)
    assert back.load_mw == case.load_mw
    assert back.positions == case.positions
    assert [vars(group) for group in back.unit_groups] == [
        {**vars(group), "ramp_mw_per_h": pytest.approx(group.ramp_mw_per_h)} for group in case.unit_groups
    ]


def test_nothing_is_overwritten_and_nothing_half_written_is_left(case, tmp_path):
    write_folder(case, tmp_path / "written")
    with pytest.raises(GridError, match="exists already"):
        write_folder(case, tmp_path / "written")
    with pytest.raises(GridError, match="cannot be written"):
        write_folder(case, tmp_path / "absent" / "written")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
