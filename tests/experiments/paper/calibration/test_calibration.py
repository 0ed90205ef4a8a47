"""The calibration repeats, finds again what it made up itself, and is the built-in scenario."""

import json
from dataclasses import replace

import numpy as np
import pytest
from support.command import assert_refused, walras_command

from walras.experiments.archive.new_folder import claimed_folder
from walras.experiments.paper.calibration.calibration_folder import calibration_document, write_calibration
from walras.experiments.paper.calibration.freedoms import Freedoms
from walras.experiments.paper.calibration.inverse_problem import PUBLISHED, calibrate
from walras.experiments.paper.calibration.search import best_fit
from walras.experiments.paper.calibration.structures import structures
from walras.experiments.paper.calibration.targets import targets_of
from walras.experiments.scenario.reading import load_scenario


@pytest.fixture(scope="module")
def model():
    return next(iter(structures(load_scenario("rts24")).values()))


@pytest.fixture(scope="module")
def targets(model):
    return targets_of(load_scenario("rts24", PUBLISHED), model, "surrogate")


def test_factors_that_made_the_targets_are_found_again(model, targets):
    freedoms = Freedoms.of_case(model, "rts24")
    hidden = freedoms.published.copy()
    hidden[[freedoms.unit_types.index("U197"), freedoms.unit_types.index("U155")]] = np.log([1.1, 0.7])
    made = targets.values(model.states(freedoms.supply(hidden), targets.purchases_mwh))
    aims = tuple(replace(target, value=float(value)) for target, value in zip(targets.targets, made, strict=True))
    found = best_fit(model, freedoms, replace(targets, targets=aims), np.ones(len(made), dtype=bool), 0)
    numbers = freedoms.words(found.point)
    # The departure from published data draws both towards 1, the second more: it moves less.
    assert numbers["U197"] == pytest.approx(1.1, rel=2e-3)
    assert numbers["U155"] == pytest.approx(0.7, rel=0.1)
    assert all(numbers[name] == pytest.approx(1, rel=1e-3) for name in ("U20", "U76", "U100", "U12", "U350"))
    assert np.abs(found.misses).max() < 0.3


def test_another_seed_ends_at_the_same_fit_which_the_built_in_scenario_rounds(model, targets):
    freedoms, built_in = Freedoms.of_case(model, "rts24"), load_scenario("rts24_paper").producers
    all_of_them = np.ones(len(targets.targets), dtype=bool)
    first, second = (freedoms.words(best_fit(model, freedoms, targets, all_of_them, seed).point) for seed in (1, 2))
    for name, value in first.items():
        assert second[name] == pytest.approx(value, rel=0.01), name
    assert first.pop("hydro_mw") == pytest.approx(300, rel=0.01)
    for name, value in first.items():
        assert built_in.cost_factors.get(name, 1.0) == pytest.approx(value, rel=0.01), name


def test_the_whole_calibration(tmp_path):
    calibration = calibrate(0)
    assert calibration.before.near < calibration.predicted.near <= calibration.after.near
    assert calibration.after.possible_near >= 20
    used, *others = calibration.rivals.values()
    assert all(other.loss > 5 * used.loss for other in others)
    # Of the buses without load these two alone have the printed prices.
    near = {bus for bus, (post, ante) in calibration.unloaded.items() if abs(post - 56) < 5 and abs(ante - 58) < 5}
    assert near == {11, 12} < set(calibration.unloaded) == {11, 12, 17, 21, 22, 23, 24}
    nearest = calibration.clean[0]
    assert nearest.name == "hydro that is traded"
    assert abs(nearest.system_miss) < 0.01
    assert all(abs(candidate.system_miss) > 0.02 for candidate in calibration.clean[1:])
    assert (
        f"producers.hydro_traded_mw={load_scenario('rts24_paper').producers.hydro_traded_mw}" in calibration.overrides
    )
    with claimed_folder(tmp_path / "fit") as claim:
        write_calibration(calibration, claim)
    document = json.loads((tmp_path / "fit" / "calibration.json").read_text())
    assert document == json.loads(json.dumps(calibration_document(calibration)))
    assert "the error of a prediction" in (tmp_path / "fit" / "calibration.md").read_text()
    kept = load_scenario(tmp_path / "fit" / "scenario.yaml")
    assert kept.name == "rts24_calibrated"
    assert kept.producers == load_scenario("rts24", calibration.overrides).producers


def test_a_folder_in_the_way_and_a_seed_without_a_search_are_refused(tmp_path):
    (tmp_path / "mine").write_text("kept")
    assert_refused(walras_command("paper", "--calibrate", "--out", tmp_path), str(tmp_path))
    assert_refused(walras_command("paper", "--seed", 1), "--calibrate")
