"""`walras microgrid couple`: JSON, tables, folders, exit codes."""

import json

import pytest
from click.testing import CliRunner
from microgrids.coupled_market import BY_MW, PRICE, write_market
from microgrids.one_site import job, one_site

from walras.experiments.cli.commands import walras


def couple(tmp_path, instance, *options):
    path = tmp_path / "instance.json"
    path.write_text(instance.model_dump_json())
    market = write_market(tmp_path, instance.slots)
    return CliRunner().invoke(walras, ["microgrid", "couple", str(path), "--market", str(market), *options])


@pytest.fixture
def steady():
    return one_site([0.0], demand_mw=[6.0])


@pytest.fixture
def jumping():
    return one_site([0.0, 0.0], {"j": job(10.0, 1, 0, 1, 5000.0)})


def test_a_fixed_point_is_told_in_json(tmp_path, steady):
    result = couple(tmp_path, steady, "--json", "-q", "--at", "s=2")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["status"] == "converged"
    assert found["sites"]["s"]["bus"] == 2
    assert found["sites"]["s"]["price_usd_per_mwh"] == pytest.approx([PRICE + 6 * BY_MW])
    assert abs(found["accounts"]["residual"]) < 1e-6
    assert found["cycle"] is None
    assert len(found["rounds"]) == 3


def test_a_circle_is_told_with_its_width_and_an_exit_code(tmp_path, jumping):
    result = couple(tmp_path, jumping, "-q", "--damping", "1")
    assert result.exit_code == 3
    told = " ".join(result.stdout.split())
    assert "Over the cycle of 2 rounds a site's load varies by up to 10.0 MW" in told
    assert "prices by 0.92 $/MWh" in told
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_folder_holds_instance_rounds_and_figure(tmp_path, jumping):
    out = tmp_path / "out"
    result = couple(tmp_path, jumping, "-q", "--damping", "1", "--out", str(out))
    assert result.exit_code == 3
    assert {path.name for path in out.iterdir()} >= {"instance.json", "coupled.json", "coupled.png", "coupled.svg"}
    assert json.loads((out / "coupled.json").read_text())["cycle"]["rounds"] == 2


def test_who_knows_what_it_does_to_prices_stands_beside(tmp_path):
    instance = one_site([0.0, 0.0], {name: job(5.0, 1, 0, 1, 5000.0) for name in ("j", "k")})
    result = couple(tmp_path, instance, "-q", "--damping", "1", "--anticipate")
    told = " ".join(result.stdout.split())
    assert "sites would gain 4.62 $ and move a load by up to 5.0 MW" in told
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--at", "s=7"), "--at: s=7: '7' is no bus of the market; allowed: 1, 2"),
        (("--market-set", "periods=2"), "periods: is 2, and the instance has 1 slots"),
        (("--market", "nowhere"), "nowhere"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_place(tmp_path, steady, options, told):
    result = couple(tmp_path, steady, *options)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr
