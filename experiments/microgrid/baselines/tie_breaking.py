"""Which of the plans of compute that tie is taken: earliest starts, then nearest sites, then the order of sites."""

from __future__ import annotations

from dataclasses import dataclass

import cvxpy as cp
import numpy as np

from ....agents.arrays import FloatArray
from ....agents.site import Site
from ..instance import Instance
from ..joint_plan import Effort
from ..joint_programme import Declared, JointProgramme, Restriction
from ..recovered_compute import compute_of
from ..schedule import Compute
from .compute_stage import ComputeStage, within_tie


@dataclass(frozen=True, eq=False)
class _Preference:
    """What every start and every MW of every route counts, site by site."""

    starts: list[FloatArray]
    routes: list[FloatArray]

    def __call__(self, declared: Declared) -> cp.Expression:
        counted = zip(self.starts, self.routes, declared.decisions, strict=True)
        return cp.sum([s @ one.started + r @ cp.sum(one.routed_mw, axis=1) for s, r, one in counted])


def ties_broken(
    instance: Instance, stage: ComputeStage, compute: Compute, effort: Effort, name: str
) -> tuple[Compute, bool]:
    """The preferred one of the plans that tie with a plan, and whether there was time to find it.

    Raises
    ------
    IntegerInterrupted
        If the user interrupts it.
    """
    sites = stage.agents.sites
    restrict: Restriction = stage.tied
    for preference in (_earliest(sites), _nearest(sites, instance), _first(sites)):
        joint = JointProgramme(stage.agents, restrict, preference)
        found = joint.solve(0.0, effort.seconds, effort.telling(name))
        if found.x is not None:
            joint.take(found.x)
            compute = compute_of(instance, sites, joint.decisions)
        if not found.is_optimal:
            return compute, False
        restrict = _Kept(restrict, preference, joint.value_usd, sites, compute)
    return compute, True


@dataclass(frozen=True, eq=False)
class _Kept:
    """Only plans that tie by one preference more, whose jobs start in the slots of one of them, on whatever site."""

    before: Restriction
    preference: _Preference
    value: float
    sites: tuple[Site, ...]
    compute: Compute

    def __call__(self, declared: Declared) -> list[cp.Constraint]:
        tie = within_tie(self.preference(declared), self.value)
        return [*self.before(declared), tie, *_starting_then(self.sites, declared, self.compute)]


def _starting_then(sites: tuple[Site, ...], declared: Declared, compute: Compute) -> list[cp.Constraint]:
    rules: list[cp.Constraint] = []
    for site, decided in zip(sites, declared.decisions, strict=True):
        runs = [compute.jobs[site.jobs[job].name] for job in site.starts[0]]
        elsewhen = [run is None or run.start != slot for run, slot in zip(runs, site.starts[1], strict=True)]
        if any(elsewhen):
            rules.append(decided.started[np.flatnonzero(elsewhen)] == 0)
    return rules


def _earliest(sites: tuple[Site, ...]) -> _Preference:
    return _Preference([site.starts[1].astype(np.float64) for site in sites], [np.zeros(len(s.routes)) for s in sites])


def _nearest(sites: tuple[Site, ...], instance: Instance) -> _Preference:
    latency = [np.array([instance.latency_ms[route.region][site.name] for route in site.routes]) for site in sites]
    return _Preference([np.zeros(len(site.starts[0])) for site in sites], latency)


def _first(sites: tuple[Site, ...]) -> _Preference:
    numbered = list(enumerate(sites))
    return _Preference(
        [np.full(len(site.starts[0]), float(number)) for number, site in numbered],
        [np.full(len(site.routes), float(number)) for number, site in numbered],
    )
