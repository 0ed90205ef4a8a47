"""Parts of a study: keys, tasks that travel, and what was found read back as it was."""

import pickle
from dataclasses import replace

import pytest
from microgrids.small_microgrid import small_instance

from walras.experiments.microgrid.joint_plan import Effort
from walras.experiments.microgrid.studies.study_folder import open_study_folder
from walras.experiments.microgrid.studies.study_kinds import SIZES, StudyKind
from walras.experiments.microgrid.studies.study_parts import CLAIMS, study_parts

EFFORT = Effort(gap=0.0, seconds=60.0)


def parts_of(*kinds, instances=None):
    return study_parts(
        kinds, instances or {None: small_instance(1, slots=2, jobs=1)}, EFFORT, lambda *_: small_instance(0)
    )


def test_claims_have_a_part_for_each_seed_and_setting_and_sizes_one_each():
    instances = {3: small_instance(3), 4: small_instance(4)}
    assert [part.told for part in parts_of(CLAIMS, instances=instances)][:4] == [
        "claims, no price, seed 3",
        "claims, 50 $/t, seed 3",
        "claims, budget 50 %, seed 3",
        "claims, no price, seed 4",
    ]
    sizes = parts_of(StudyKind.SCALE, instances=instances)
    assert [part.told for part in sizes[:2]] == [f"scale, {SIZES[-1]}, seed {seed}" for seed in (3, 4)]
    assert len(sizes) == 2 * len(SIZES)


def test_keys_tell_all_that_a_result_follows_from():
    (part,) = parts_of(StudyKind.BATTERY)
    changed = [
        replace(part, what="renewables"),
        replace(part, seed=1),
        replace(part, instance=small_instance(2, slots=2, jobs=1)),
        replace(part, effort=Effort(1e-3, 60.0)),
        replace(part, effort=Effort(0.0, 61.0)),
    ]
    assert len({part.key, *(one.key for one in changed)}) == 6
    assert replace(part).key == part.key


@pytest.mark.parametrize("kind", [CLAIMS, StudyKind.BUDGET])
def test_what_is_kept_is_read_back_as_it_was_found(tmp_path, kind):
    parts = parts_of(kind)
    with open_study_folder(tmp_path / "out", parts) as folder:
        found = []
        for task in pickle.loads(pickle.dumps(folder.tasks(parts))):
            found.append(task.compute())
            task.keep(found[-1])
        assert folder.tasks(parts) == []
        done = folder.read("some", parts)
    expected = [one.as_json() for part in found for one in part]
    assert [one.as_json() for one in [*done.points, *done.claims]] == expected
    assert done.is_complete
    assert done.seeds == [None]
