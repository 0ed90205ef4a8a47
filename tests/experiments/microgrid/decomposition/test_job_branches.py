"""Branches of jobs: both halves of a split have all its plans, and the relaxation of none."""

import numpy as np
import pytest
from microgrids.small_microgrid import document

from walras.experiments.microgrid.decomposition.job_branches import open_starts, splits
from walras.experiments.microgrid.instance import Instance
from walras.experiments.microgrid.participants import participants

JOB = {"it_mw": 3.0, "slots": 2, "release": 0, "deadline": 3, "value_usd": 100.0, "sites": ["s0", "s1"]}


def instance(**changes):
    return Instance.model_validate(document(0, jobs=0) | {"jobs": {"j": {**JOB, "mandatory": False, **changes}}})


def found(own, shares, branch=()):
    return {split.kind: split for split in splits(own, dict(branch), {"j": shares})}


def ways(own, branch):
    """What a branch leaves open: sites and slots, and None for not running."""
    section = branch.get("j", own.jobs["j"])
    if section is None:
        return {None}
    sites = participants(own).sites
    starts = {
        (site.name, int(slot))
        for site in sites
        for slot, is_open in zip(site.starts[1], open_starts(own, branch, site), strict=True)
        if is_open
    }
    return starts | (set() if section.mandatory else {None})


EVERYWHERE = {(site, slot) for site in ("s0", "s1") for slot in range(3)}


def test_whether_it_runs():
    own = instance()
    split = found(own, {("s0", 0): 0.4})["runs", "j"]
    assert [ways(own, half) for half in split.halves] == [EVERYWHERE, {None}]
    assert split.usd == pytest.approx(40.0)


def test_on_a_site_or_on_the_others():
    own = instance()
    split = found(own, {("s0", 0): 0.3, ("s1", 0): 0.7})["on", "s1", "j"]
    there, elsewhere = (ways(own, half) for half in split.halves)
    assert there == {("s1", 0), ("s1", 1), ("s1", 2), None}
    assert elsewhere == {("s0", 0), ("s0", 1), ("s0", 2), None}
    assert split.share == pytest.approx(0.7)


def test_earlier_or_later():
    own = instance()
    split = found(own, {("s0", 0): 0.2, ("s1", 1): 0.3, ("s0", 2): 0.5})["starts", "j"]
    earlier, later = (ways(own, half) for half in split.halves)
    assert earlier == {("s0", 0), ("s0", 1), ("s1", 0), ("s1", 1), None}
    assert later == {("s0", 2), ("s1", 2), None}


def test_what_is_decided_is_not_split_again():
    own = instance()
    halves = found(own, {("s0", 0): 0.4})["runs", "j"].halves
    assert ("runs", "j") not in found(own, {("s0", 0): 0.4, ("s1", 0): 0.6}, halves[0])
    assert found(own, {("s0", 0): 0.4}, halves[1]) == {}


def test_a_job_in_one_piece_is_not_split():
    assert found(instance(), {("s0", 1): 1.0}) == {}
    assert found(instance(), {}) == {}


@pytest.mark.parametrize("seed", range(5))
def test_splits_of_splits_lose_and_share_no_way_to_run(seed):
    random, own, branches = np.random.default_rng(seed), instance(deadline=20, slots=1), [{}]
    for _ in range(6):
        branch = branches.pop(random.integers(len(branches)))
        open_ways = [way for way in ways(own, branch) if way is not None]
        shares = dict(zip(open_ways, random.dirichlet(np.ones(len(open_ways))) * 0.9, strict=True)) if open_ways else {}
        ways_to_split = list(splits(own, branch, {"j": shares}))
        branches += ways_to_split[random.integers(len(ways_to_split))].halves if ways_to_split else [branch]
    runs = [way for branch in branches for way in ways(own, branch) if way is not None]
    assert sorted(runs) == sorted((site, slot) for site in ("s0", "s1") for slot in range(4))
    assert any(None in ways(own, branch) for branch in branches)
