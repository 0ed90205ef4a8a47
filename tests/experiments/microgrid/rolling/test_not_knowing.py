"""The price of not knowing, its parts, and instances of more days."""

import json
from dataclasses import replace
from math import inf

import pytest
from microgrids.one_site import NO_BATTERY, job, one_site
from microgrids.small_microgrid import small_instance

from walras.experiments.cli.printing.rolling_tables import print_rolling
from walras.experiments.errors import ScenarioError
from walras.experiments.microgrid.joint_plan import Effort
from walras.experiments.microgrid.joint_programme import JointProgramme
from walras.experiments.microgrid.microgrid_plan import PlanStatus
from walras.experiments.microgrid.rolling.days import instance_of_days
from walras.experiments.microgrid.rolling.forecasts import ForecastErrors
from walras.experiments.microgrid.rolling.not_knowing import NotKnowingInterrupted, price_of_not_knowing
from walras.experiments.microgrid.rolling.slot_by_slot import Sight

EXACT = Effort(gap=0.0)
BATTERY = {**NO_BATTERY, "max_mwh": 4.0, "max_mw": 2.0}


def test_by_hand_a_short_horizon_costs_what_was_not_stored():
    """1 MW idles: at 20 $ and 100 $, storing 1 MWh in time saves 80 $, and nothing errs."""
    instance = one_site([20, 100], idle_mw=1.0, battery={**BATTERY, "charge_efficiency": 0.99})
    found = price_of_not_knowing(instance, Sight(1), EXACT)
    assert found.is_whole
    saved = 100 - 20 / 0.99
    assert found.price_usd == pytest.approx({"total": saved, "error": 0.0, "short_sight": saved, "unproved": 0.0})


@pytest.mark.parametrize("seed", range(2))
def test_the_price_adds_up_of_errors_and_short_sight_and_is_never_negative(seed):
    sight = Sight(4, errors=ForecastErrors(0.5, 0.3, seed))
    told = []
    found = price_of_not_knowing(small_instance(seed, slots=6), sight, EXACT, lambda *slot: told.append(slot[:2]))
    price = found.price_usd
    assert price["total"] == pytest.approx(price["error"] + price["short_sight"])
    gain = found.foresight.benefit_usd - found.energy_only.benefit_usd
    assert found.price_share == pytest.approx(price["total"] / gain)
    assert min(price["total"], price["short_sight"]) >= -1e-6
    assert told == [(name, slot) for name in ("rolling", "perfect_forecasts") for slot in range(1, 7)]
    assert found.as_json()["plans"].keys() == {"rolling", "perfect_forecasts", "perfect_foresight", "energy_only"}


def test_without_errors_one_rolling_plan_is_both():
    found = price_of_not_knowing(small_instance(0), Sight(4), EXACT)
    assert found.rolled["rolling"] is found.rolled["perfect_forecasts"]


@pytest.mark.parametrize("every", [2, 4])
def test_there_is_no_price_where_a_rolling_plan_misses_a_mandatory_job(every):
    jobs = {"must": job(1.0, 2, 1, 2, 0.0, mandatory=True)}
    found = price_of_not_knowing(one_site([50] * 4, jobs=jobs), Sight(4, every_slots=every), EXACT)
    assert found.foresight.is_optimal
    assert not found.is_whole
    assert found.price_usd is None


def test_broken_off_while_it_looks_for_foresight_both_rolling_plans_are_kept(monkeypatch):
    search, slots = JointProgramme.solve, 4

    def solve(self, *args):
        if len(args) > 2:
            raise KeyboardInterrupt
        return search(self, *args)

    monkeypatch.setattr(JointProgramme, "solve", solve)
    with pytest.raises(NotKnowingInterrupted) as caught:
        price_of_not_knowing(small_instance(0, slots=slots), Sight(2), EXACT)
    found = caught.value.found
    assert found.foresight is None
    assert not found.is_whole
    assert {rolled.plan.status for rolled in found.rolled.values()} == {PlanStatus.OPTIMAL}


def test_bounds_that_time_leaves_unknown_are_null_in_json_and_said_to_be_unknown(monkeypatch, capsys):
    search = JointProgramme.solve

    def solve(self, *args):
        return replace(search(self, *args), bound=-inf, status="time_limit")

    monkeypatch.setattr(JointProgramme, "solve", solve)
    found = price_of_not_knowing(small_instance(0), Sight(4), EXACT)
    told = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert told["price_of_not_knowing_usd"]["unproved"] is None
    assert {window["gap"] for window in told["plans"]["rolling"]["windows"]} == {None}
    print_rolling(found)
    assert "an unknown amount more may be possible" in " ".join(capsys.readouterr().out.split())


def test_a_day_becomes_a_week_with_as_many_jobs_a_day():
    day = instance_of_days("microgrid4", days=1)
    week = instance_of_days("microgrid4")
    assert (week.slots, len(week.jobs)) == (168, 7 * len(day.jobs))
    assert week.sites["site2"].renewable_mw[:24] == day.sites["site2"].renewable_mw
    quarters = instance_of_days("microgrid10", days=2)
    assert (quarters.slots, len(quarters.jobs)) == (192, 400)


def test_a_whole_instance_has_the_days_it_has(tmp_path):
    path = tmp_path / "whole.json"
    path.write_text(small_instance(0).model_dump_json())
    assert instance_of_days(str(path)).slots == 4
    with pytest.raises(ScenarioError, match="--days 2 is of those that are generated"):
        instance_of_days(str(path), days=2)
