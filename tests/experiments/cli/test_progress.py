"""Progress where stderr is no terminal: a line now and then that says how far things are; with -q none."""

import io
import time
from types import SimpleNamespace

import pytest
from support.small_grid import small_document, write_case

from walras import decompose, parse_scenario
from walras.experiments.cli import progress

ROUND = SimpleNamespace(number=7, max_relative_imbalance=2e-3, dual_residual=1e-5)


@pytest.fixture(autouse=True)
def often(monkeypatch):
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.01)


def lines_after(tell, capsys):
    """The last of the lines that are written once something was told."""
    tell()
    capsys.readouterr()
    for _ in range(1000):
        time.sleep(0.01)
        *_, last, rest = ["", "", *capsys.readouterr().err.split("\n")]
        if last and not rest:
            return last
    return pytest.fail("no line was written")


def test_a_run_says_rounds_residual_and_phases(capsys):
    with progress.progress_line(500, quiet=False) as told:
        assert lines_after(lambda: None, capsys).startswith("round 0 of at most 500, building the market, 0:00:0")
        said = lines_after(lambda: told.on_round(ROUND), capsys)
        assert said.startswith("round 7 of at most 500, worst residual 2.0e-03, 0:00:0")
        said = lines_after(lambda: told.on_phase("settling"), capsys)
        assert said.startswith("round 7 of at most 500, worst residual 2.0e-03, settling, 0:00:0")
        assert lines_after(lambda: told.on_round(ROUND), capsys).startswith("round 7 of at most 500, worst residual")
    capsys.readouterr()
    time.sleep(0.05)
    assert capsys.readouterr() == ("", "")


def test_the_clock_goes_on_in_the_last_round_and_in_the_last_measurement(capsys):
    for line, last in (
        (lambda: progress.progress_line(7, quiet=False), lambda told: told.on_round(ROUND)),
        (lambda: progress.bench_progress(1, quiet=False), lambda told: told("admm on rts24")),
    ):
        with line() as told:
            last(told)
            time.sleep(1.1)
            assert not lines_after(lambda: None, capsys).endswith("0:00:00")


def test_building_says_its_steps(capsys, tmp_path):
    steps = []
    work = {"name": "h", "bus": 2, "cost_weight": 1.0, "batches_mw": {"chat": 1}}
    document = small_document(write_case(tmp_path / "case"), periods=3, hyperscalers=[work])
    decompose(parse_scenario(document), on_step=steps.append)
    assert steps == [
        *(f"calibrated hour {hour} of 3" for hour in (1, 2, 3)),
        "stating the agents",
        "taking the agents' matrices",
        "making sure that all can be served",
        "preparing the rounds",
    ]
    with progress.progress_line(500, quiet=False) as told:
        said = lines_after(lambda: told.on_step(steps[1]), capsys)
        assert said.startswith("round 0 of at most 500, building the market: calibrated hour 2 of 3, 0:00:0")


@pytest.mark.parametrize(
    ("line", "step", "text"),
    [
        (progress.sweep_progress, "failed", "run 3 of 8, 1 not converged or failed, 0:00:0"),
        (progress.paper_progress, 1, "market 3 of 8, 0:00:0"),
    ],
)
def test_sweep_and_case_study_say_how_many_have_ended(capsys, line, step, text):
    with line(8, 2, quiet=False) as told:
        assert lines_after(lambda: told(step), capsys).startswith(text)


def test_a_study_says_how_many_parts_have_ended_and_counts_those_of_before(capsys):
    with progress.study_progress(8, 2, quiet=False) as ended:
        assert lines_after(ended, capsys).startswith("part 3 of 8, 0:00:0")


def test_the_benchmark_says_what_is_measured(capsys):
    with progress.bench_progress(9, quiet=False) as told:
        assert lines_after(lambda: told("admm on rts24"), capsys).startswith("method 1 of 9, admm on rts24, 0:00:0")


def test_what_has_no_parts_has_a_name(capsys):
    with progress.phase_progress("judging the claims", quiet=False):
        assert lines_after(lambda: None, capsys).startswith("judging the claims, 0:00:0")


def test_quiet_is_silent(capsys):
    with progress.progress_line(5, quiet=True) as told:
        told.on_round(ROUND)
        told.on_phase("settling")
        time.sleep(0.05)
    with progress.paper_progress(5, 0, quiet=True):
        time.sleep(0.05)
    assert capsys.readouterr() == ("", "")


class Gone(io.StringIO):
    def write(self, text):
        raise BrokenPipeError


def test_a_reader_that_is_gone_stops_nothing(monkeypatch):
    monkeypatch.setattr("sys.stderr", Gone())
    with progress.progress_line(5, quiet=False) as told:
        time.sleep(0.05)
        told.on_round(ROUND)
