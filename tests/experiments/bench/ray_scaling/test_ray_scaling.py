"""Scaling on Ray, measured small: rounds are the same whoever answers, and all of it is told."""

import json
from contextlib import nullcontext
from itertools import product

import numpy as np
import pytest
from support.command import assert_refused, walras_command

from walras.coordinator import Batched, Compiled
from walras.coordinator.executors.batched.nested_sums import nested_sums
from walras.coordinator.executors.batched.total_recognition import totals
from walras.coordinator.executors.on_ray.session import connected
from walras.experiments.archive.new_folder import claimed_folder
from walras.experiments.bench.problems.windows import window_market
from walras.experiments.bench.ray_scaling import measuring_workers
from walras.experiments.bench.ray_scaling.families import FAMILIES, MarketFamily
from walras.experiments.bench.ray_scaling.loads import load_here, load_of
from walras.experiments.bench.ray_scaling.measuring_workers import RayScaling, ScalingPlan, ray_scaling
from walras.experiments.bench.ray_scaling.message_times import NUMBERS
from walras.experiments.bench.ray_scaling.round_time import MessageTime, RoundTime
from walras.experiments.bench.ray_scaling.scaling_document import fill_scaling_folder, scaling_document
from walras.experiments.cli.bench_on_ray import scaling_plan
from walras.experiments.cli.printing.scaling_tables import print_scaling
from walras.experiments.figures.strong_and_weak import draw_strong_and_weak

SMALL = (
    MarketFamily("no closed form", Compiled(), lambda contracts, seed: window_market(contracts // 8, seed, partners=8)),
    MarketFamily("closed forms", Batched(), FAMILIES[1].market),
)


@pytest.fixture(scope="module")
def local_ray():
    with connected(None, 4):
        yield


def made_up(plan):
    """As if a round took a microsecond a copy, and a byte a nanosecond."""
    measured = RayScaling(plan, load_average=[0.5, 0.7])
    for machines, workers, size in product((1, 2), plan.workers, (0, 10**6)):
        measured.messages.append(MessageTime(workers, machines, size, 1e-3 * workers * machines + 1e-9 * size))
    for family, contracts in product(SMALL, plan.contracts):
        market = family.market(contracts, plan.seed)
        loads = measured.on_paper[family.name] = {0: load_here(market), **{by: load_of(market, by) for by in (1, 2, 4)}}
        for workers, machines in ((0, 1), (1, 1), (2, 1), (2, 2)):
            own = loads[workers]
            answer = 1e-6 * own.largest_copies + 1e-9 * own.sent_bytes + 1e-3 * workers * machines
            point = RoundTime(
                family=family.name,
                contracts=len(market.goods),
                agents=len(market.agents),
                machines=machines,
                load=own,
                round_seconds=(answer + 1e-4,),
                answer_seconds=(answer,),
                set_up_seconds=1.0,
                peak_mib=(100.0,) * workers,
            )
            measured.rounds.append(point)
    return measured


def test_nobody_in_windows_has_a_closed_form():
    matrices = window_market(24, 0, partners=24).matrices
    assert not nested_sums(matrices).is_recognised.any()
    assert totals(matrices, range(len(matrices.problems))) is None


def test_windows_have_the_contracts_that_are_asked_for():
    market = window_market(20, 0, partners=12)
    assert len(market.goods) == 20 * 12
    assert set(market.traders) == {2.0}
    other = window_market(20, 1, partners=12)
    assert not np.array_equal(market.matrices.h, other.matrices.h)


def test_rounds_are_measured_by_this_process_and_by_workers(local_ray, monkeypatch):
    monkeypatch.setattr(measuring_workers, "FAMILIES", SMALL[:1])
    plan = ScalingPlan((72,), (1,), 4, seed=3)
    steps = []
    measured = ray_scaling(plan, steps.append)
    assert len(steps) == plan.measurements
    assert [(point.contracts, point.load.workers) for point in measured.rounds] == [(72, 0), (72, 1)]
    assert all(len(point.round_seconds) == 3 for point in measured.rounds)
    assert [len(point.peak_mib) for point in measured.rounds] == [0, 1]
    assert measured.rounds[1].peak_mib[0] > 10
    assert [len(point.worker_cpu_seconds) for point in measured.rounds] == [0, 1]
    assert measured.rounds[1].worker_cpu_seconds[0] >= 0
    assert [one.sent_bytes for one in measured.messages] == pytest.approx([32 * n / 3 for n in NUMBERS], abs=8)
    assert len(scaling_document(measured)["models"]) == 1


def test_a_document_tables_and_a_figure_tell_it(tmp_path, capsys):
    document = scaling_document(made_up(ScalingPlan((72, 144), (1, 2), 4, seed=3)))
    assert json.loads(json.dumps(document, allow_nan=False)) == json.loads(json.dumps(document))
    assert {row["workers"] for row in document["rounds"] if row["is_held_out"]} == {2}
    assert {row["workers"] for row in document["on_paper"]} == {1, 2, 4}
    assert max(abs(row["error"]) for row in document["rounds"]) < 0.02
    with claimed_folder(tmp_path / "scaling") as claim:
        fill_scaling_folder(document, claim, draw_strong_and_weak)
    written = {path.name for path in (tmp_path / "scaling").iterdir()}
    assert written == {"bench.json", "bench.parquet", "ray_scaling.png", "ray_scaling.svg"}
    print_scaling(document)
    out = " ".join(capsys.readouterr().out.split())
    assert "no closed form, 144 contracts: 2 workers are 0." in out
    assert "one worker with 72 contracts takes" in out
    assert "assumed on paper: every worker has a core of its own" in out


def test_what_was_measured_before_an_interrupt_is_kept(monkeypatch):
    """Nothing is said of the market at which it was interrupted."""
    plan, expected = ScalingPlan((72, 144), (1, 2), 3, 0), made_up(ScalingPlan((72,), (1, 2), 3, 0))
    monkeypatch.setattr(measuring_workers, "connected", lambda address, cores: nullcontext())
    monkeypatch.setattr(measuring_workers, "FAMILIES", SMALL)
    monkeypatch.setattr(measuring_workers, "message_times", lambda *_: expected.messages)

    def measured_or_interrupted(family, market, *_):
        if len(market.goods) > 72:
            raise KeyboardInterrupt
        return expected.rounds[:3]

    monkeypatch.setattr(measuring_workers, "round_times", measured_or_interrupted)
    measured = ray_scaling(plan, lambda step: None)
    assert measured.rounds == expected.rounds[:3]
    assert measured.skipped == ["interrupted; whatever had not been measured is left out"]
    document = scaling_document(measured)
    predicted = {row["workers"]: row["predicted_milliseconds"] for row in document["rounds"]}
    for row in document["on_paper"]:
        assert row["contracts"] == 72
        if row["workers"] in (1, 2) and row["machines"] == 1:
            assert 1e3 * row["seconds"] == pytest.approx(predicted[row["workers"]])


def test_numbers_of_workers_double():
    assert scaling_plan(quick=True, workers=6, seed=0).workers == (1, 2, 4, 6)
    assert scaling_plan(quick=True, workers=1, seed=0).workers == (1,)


@pytest.mark.parametrize(
    ("options", "needle"),
    [
        (["--on", "ray"], "--on ray needs --scaling"),
        (["--workers", "2"], "--workers needs --on ray"),
        (["--scaling", "--on", "ray", "--problem", "rts24"], "--problem says nothing with --on ray"),
        (["--scaling", "--on", "ray", "--exchange", "9"], "--exchange says nothing"),
        (["--scaling", "--on", "ray", "--workers", "0"], "0 is not in the range"),
    ],
)
def test_options_that_say_nothing_are_refused(options, needle):
    assert_refused(walras_command("bench", *options), needle)
