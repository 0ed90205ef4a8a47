"""Ex ante disclosure on two buses and two units, bent in every way a scenario allows: both worlds, and paper.

Dirty energy, which all buy but the hyperscaler, costs ``20 + 0.01 s``, clean energy 30 and a little. With V MWh
curtailed the lender leases q MWh of which it buys ``q - V``, at the price p of dirty energy; the hyperscaler's local
MWh costs c.
So ``p + kappa 900 (1 - V / q) = c``, or ``q = V / (1 - (c - p) / (900 kappa))``.
"""

import json

import pytest
import yaml
from support.command import settings, walras_command
from support.two_units import hyperscaler, lender, two_units

from walras.coordinator import Status
from walras.experiments.study import decompose, with_monolith

KAPPA = 0.25


def solved(folder, **sections):
    """Both results, after what must hold of every study."""
    study = with_monolith(decompose(two_units(folder, **sections)))
    assert study.run.status == Status.CONVERGED, study.run.reason
    assert study.monolith.equilibrium.mlcp_residual <= 1e-6
    assert study.monolith.difference.price_usd_per_mwh <= 0.01
    assert -1e-9 <= study.decomposition.settlement.repaired_gap <= 1e-5
    json.dumps(study.result.document(), allow_nan=False)
    return study, (study.result, study.monolith.result)


def on_paper(result, hour=0, curtailed=4.3):
    local = result.workload_price_usd_per_mwh["h"][hour]
    dirty = result.price_usd_per_mwh["2"][hour]
    return curtailed / (1 - (local - dirty) / (900 * KAPPA)), dirty


def test_the_lease_is_the_one_on_paper(tmp_path):
    _, results = solved(tmp_path)
    for result in results:
        lease = result.lease["m"]
        leased, dirty = on_paper(result)
        assert lease.energy_mwh[0] == pytest.approx(leased, abs=1e-4)
        assert lease.purchases_mwh[0] == pytest.approx(leased - 4.3, abs=1e-4)
        assert lease.price_usd_per_gpu[0] * 1700 == pytest.approx(dirty, abs=1e-3)
        assert lease.mix_kg_per_mwh[0] == pytest.approx(900, rel=1e-6)
        assert lease.intensity_kg_per_mwh[0] == pytest.approx(900 * (1 - 4.3 / leased), rel=1e-3)


@pytest.mark.parametrize("rule", ["cleanest", "dirtiest"])
def test_every_rule_finds_the_only_mix_there_is(tmp_path, rule):
    study, results = solved(tmp_path, selection=rule)
    assert study.decomposition.settlement.selection == rule
    for result in results:
        assert result.lease["m"].energy_mwh[0] == pytest.approx(on_paper(result)[0], abs=1e-4)


def test_where_cost_alone_counts_disclosure_changes_no_price(tmp_path):
    unmoved = [hyperscaler("h", 1.0, chat=12, code=8)]
    _, told = solved(tmp_path, hyperscalers=unmoved)
    _, untold = solved(tmp_path, hyperscalers=unmoved, disclosure="ex_post")
    for one, other in zip(told, untold, strict=True):
        assert one.price_usd_per_mwh["1"] == pytest.approx(other.price_usd_per_mwh["1"], abs=1e-4)
        assert one.lease["m"].price_usd_per_gpu == pytest.approx(other.lease["m"].price_usd_per_gpu, abs=1e-6)


@pytest.mark.parametrize("changes", [{"curtailed_mw": 0.0}, {"disclosed_intensity": "per_purchased_mwh"}])
def test_a_first_mwh_as_dirty_as_all_others_is_not_leased(tmp_path, changes):
    sections = dict(changes)
    curtailed = sections.pop("curtailed_mw", 4.3)
    _, results = solved(tmp_path, modular_datacenters=[lender("m", 10, curtailed)], **sections)
    for result in results:
        assert result.lease["m"].energy_mwh[0] == pytest.approx(0, abs=1e-6)
        assert result.lease["m"].intensity_kg_per_mwh == [None]
        assert result.workload_mwh["local"] == pytest.approx(20, abs=1e-5)


@pytest.mark.parametrize("capacity", [4.0, 4.3])
def test_a_lender_that_cannot_buy_discloses_nothing_and_gets_the_local_price(tmp_path, capacity):
    study, results = solved(tmp_path, modular_datacenters=[lender("m", capacity, 4.3)])
    assert study.decomposition.disclosed.mix_kg_per_mwh == {}
    for result in results:
        lease = result.lease["m"]
        assert lease.energy_mwh[0] == pytest.approx(capacity, abs=1e-5)
        assert lease.intensity_kg_per_mwh == [0.0]
        assert lease.price_usd_per_gpu[0] * 1700 == pytest.approx(result.workload_price_usd_per_mwh["h"][0], abs=1e-3)


def test_without_work_nothing_is_leased(tmp_path):
    _, results = solved(tmp_path, hyperscalers=[hyperscaler("h", 0.8, chat=0, code=0)])
    for result in results:
        assert result.lease["m"].energy_mwh[0] == pytest.approx(0, abs=1e-6)
        assert result.co2_t["mdc"] == pytest.approx(0, abs=1e-9)


def test_hours_are_disclosed_one_by_one(tmp_path):
    """Enough work and little curtailed; less work than is curtailed; all curtailed."""
    study, results = solved(
        tmp_path,
        periods=3,
        load_profile=[1.0, 0.8, 0.9],
        hyperscalers=[hyperscaler("h", 0.8, chat=[12, 2, 12], code=8)],
        modular_datacenters=[lender("m", 10, [4.3, 4.3, 12])],
    )
    assert [good.period for good in study.decomposition.disclosed.mix_kg_per_mwh] == [0, 1]
    for result in results:
        lease = result.lease["m"]
        assert lease.energy_mwh == pytest.approx([on_paper(result)[0], 2.0, 10.0], abs=1e-3)
        assert lease.intensity_kg_per_mwh[1:] == pytest.approx([0.0, 0.0], abs=1e-6)
        assert lease.mix_kg_per_mwh[1:] == [None, None]


def test_imposed_mixes_may_differ_by_the_hour(tmp_path):
    """Dirty units alone sell at the lender's price, so 900 is what contracts can have, in both hours."""
    study, results = solved(
        tmp_path,
        periods=2,
        load_profile=[1.0, 1.0],
        hyperscalers=[hyperscaler("h", 0.8, chat=12, code=8)],
        purchase_mix_kg_per_mwh={"m": [900, 900.0]},
    )
    assert list(study.decomposition.disclosed.mix_kg_per_mwh.values()) == [900.0, 900.0]
    assert study.decomposition.disclosed.mixes == 1
    for result in results:
        assert result.lease["m"].energy_mwh == pytest.approx([on_paper(result)[0]] * 2, abs=1e-3)


def test_two_hyperscalers_that_weigh_alike_rent_what_one_would(tmp_path):
    _, results = solved(
        tmp_path,
        hyperscalers=[hyperscaler("h", 0.8, chat=12), hyperscaler("g", 0.8, code=8)],
        modular_datacenters=[lender("m", 10, 4.3, "chat", "code")],
    )
    for result in results:
        assert result.lease["m"].energy_mwh[0] == pytest.approx(on_paper(result)[0], abs=1e-4)


def test_two_lenders_lease_by_what_each_has_curtailed(tmp_path):
    _, results = solved(tmp_path, modular_datacenters=[lender("m", 10, 4.3), lender("n", 5, 1.0, "code")])
    for result in results:
        one, other = result.lease["m"], result.lease["n"]
        assert one.price_usd_per_gpu == pytest.approx(other.price_usd_per_gpu, rel=1e-6)
        assert one.energy_mwh[0] / 4.3 == pytest.approx(other.energy_mwh[0] / 1.0, rel=1e-5)


def test_the_order_of_participants_changes_nothing(tmp_path):
    twins = [hyperscaler("h", 0.8, chat=12), hyperscaler("g", 0.8, code=8)]
    lenders = [lender("m", 10, 4.3), lender("n", 5, 1.0, "code")]
    _, results = solved(tmp_path, hyperscalers=twins, modular_datacenters=lenders)
    _, turned = solved(tmp_path, hyperscalers=twins[::-1], modular_datacenters=lenders[::-1])
    for one, other in zip(results, turned, strict=True):
        for name in ("m", "n"):
            assert one.lease[name].energy_mwh == pytest.approx(other.lease[name].energy_mwh, abs=1e-4)
        assert one.price_usd_per_mwh["1"] == pytest.approx(other.price_usd_per_mwh["1"], abs=1e-4)


def test_the_power_of_a_gpu_changes_nothing_but_the_price_of_one(tmp_path):
    _, results = solved(tmp_path)
    _, finer = solved(tmp_path, gpu_rating_kw=1 / 170)
    for one, other in zip(results, finer, strict=True):
        assert other.lease["m"].energy_mwh == pytest.approx(one.lease["m"].energy_mwh, abs=1e-4)
        assert other.lease["m"].price_usd_per_gpu[0] == pytest.approx(
            one.lease["m"].price_usd_per_gpu[0] / 100, rel=1e-4
        )


@pytest.fixture
def impossible(tmp_path):
    path = tmp_path / "impossible.yaml"
    path.write_text(
        yaml.safe_dump(two_units(tmp_path).model_dump(mode="json") | {"purchase_mix_kg_per_mwh": {"m": 2000}})
    )
    return path


@pytest.mark.parametrize("command", ["run", "compare"])
def test_a_mix_that_no_contracts_have_is_no_equilibrium_and_nothing_is_lost(impossible, tmp_path, command):
    answer = walras_command(command, impossible, "--json", "--out", tmp_path / "out")
    assert answer.code == 3, answer.err
    document = answer.document
    assert document["status"] == "not_converged"
    assert document["reason"].startswith("no contracts have the imposed purchase mix (m 2000 kg/MWh)")
    assert document["selection"] == "none"
    assert document["disclosure"]["inconsistency_kg_per_mwh"] is None
    # The market cleared at the mix that was told; its contracts have another.
    assert document["certificate"]["relative_gap"] <= 1e-6
    assert document["result"]["lease"]["m"]["mix_kg_per_mwh"][0] == pytest.approx(900, rel=1e-6)
    assert json.loads((tmp_path / "out" / "run.json").read_text())["reason"] == document["reason"]
    if command == "compare":
        # The residual of the general problem tells as much.
        assert document["equilibrium"]["selection"] == "none"
        assert document["equilibrium"]["mlcp_residual"] > 1


def test_a_mix_that_contracts_have_is_an_equilibrium_by_the_command_line_too(impossible):
    answer = walras_command("compare", impossible, "--json", *settings("purchase_mix_kg_per_mwh={m: 900}"))
    assert answer.code == 0, answer.err
    disclosure = answer.document["disclosure"]
    assert disclosure["scheme"] == "ex_ante"
    assert disclosure["mix_kg_per_mwh"] == {"m": {"0": 900.0}}
    assert disclosure["mixes"] == 1
    assert disclosure["inconsistency_kg_per_mwh"] <= 1e-3
    equilibrium = answer.document["equilibrium"]
    assert equilibrium["mix_kg_per_mwh"] == {"m": {"0": 900.0}}
    least, largest = equilibrium["interval"]["lease.m.energy_mwh.0"]
    assert least - 1e-6 <= equilibrium["result"]["lease"]["m"]["energy_mwh"][0] <= largest + 1e-6
