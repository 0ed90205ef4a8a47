"""`walras microgrid judge`: tables, JSON, folder and exit codes."""

import json

import pytest
from click.testing import CliRunner
from microgrids.coupled_market import write_market
from microgrids.one_site import job, one_site

from walras.experiments.cli.commands import walras

UNITS = "C,1,steam,coal,market,60,10,0.1,900\nN,1,steam,gas,market,100,40,0.1,0\n"


def judge(tmp_path, price_usd_per_t, *options):
    instance = one_site([0.0, 0.0], {"j": job(10.0, 1, 0, 1, 5000.0)})
    instance = instance.model_copy(update={"carbon_price_usd_per_t": price_usd_per_t})
    path = tmp_path / "instance.json"
    path.write_text(instance.model_dump_json())
    market = write_market(tmp_path, 2, [1.0, 0.5], units=UNITS)
    return CliRunner().invoke(walras, ["microgrid", "judge", str(path), "--market", str(market), "-q", *options])


def test_rules_stand_in_one_table_with_what_became_of_claims(tmp_path):
    result = judge(tmp_path, 50.0)
    assert result.exit_code == 0
    told = " ".join(result.stdout.split())
    assert "average intensity" in told
    assert "By price alone: claims are 6 t off on average; in 0 of 1 less is claimed" in told
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_json_and_folder_say_the_same(tmp_path):
    out = tmp_path / "out"
    result = judge(tmp_path, 50.0, "--json", "--out", str(out))
    found = json.loads(result.stdout)
    assert [each["seed"] for each in found["seeds"]] == [None]
    assert found["seeds"][0]["changes"].keys() == {"average_intensity", "marginal_emissions", "price_alone"}
    assert json.loads((out / "judged.json").read_text())["spread"] == found["spread"]
    assert {path.name for path in out.iterdir()} >= {"instance.json", "judged.png", "judged.svg"}


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_without_a_price_on_carbon_there_is_nothing_to_judge(tmp_path, options):
    result = judge(tmp_path, 0.0, *options)
    assert result.exit_code == 2
    assert "carbon_price_usd_per_t: is 0" in result.stderr
