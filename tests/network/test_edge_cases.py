"""Case data with holes are refused."""

import pytest

from walras.network import GridError, read_case


def test_a_missing_emission_rate_is_named(tmp_path):
    (tmp_path / "buses.csv").write_text("bus,load_mw,is_hub\n1,10,1\n")
    (tmp_path / "lines.csv").write_text("line_id,from_bus,to_bus,reactance_pu,limit_mw\n")
    (tmp_path / "unit_groups.csv").write_text(
        "unit_group,bus,unit_type,fuel,dispatch,capacity_mw,marginal_cost_usd_per_mwh,"
        "marginal_cost_slope_usd_per_mwh2,measured_kg_per_mwh\n"
        "G,1,steam,coal,market,80,20,0.1,\n"
    )
    with pytest.raises(GridError, match=r"G.*measured"):
        read_case(tmp_path)
