"""Branches: what may still become of jobs, and how a branch is split where its relaxation runs jobs in part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray
from ....agents.site import Site
from ..instance import Instance, JobSection

# Sections of the jobs that have changed; None for a job that does not run.
Branch = Mapping[str, JobSection | None]
# By site and slot, how much of a job a relaxation starts there.
Shares = Mapping[tuple[str, int], float]
# Of a job: less is nothing.
_LITTLE = 1e-3


@dataclass(frozen=True)
class Split:
    """Two branches that have all plans of one between them.

    Parameters
    ----------
    kind : tuple of str
        Of which job it is decided whether it runs, whether on a site, or in which half of its starts.
    share : float
        How much of the job the relaxation has in the first half, between 0 and 1.
    usd : float
        Value of the lesser part.
    halves : tuple of two Branch
    """

    kind: tuple[str, ...]
    share: float
    usd: float
    halves: tuple[Branch, Branch]


def open_starts(instance: Instance, branch: Branch, site: Site) -> FloatArray:
    """Which of a site's starts a branch leaves open, 0 or 1, in the order of `Site.starts`."""
    sections = [branch.get(job.name, instance.jobs[job.name]) for job in site.jobs]
    is_open = [
        (section := sections[job]) is not None
        and site.name in section.sites
        and section.release <= slot <= section.deadline - section.slots + 1
        for job, slot in zip(*site.starts, strict=True)
    ]
    return np.array(is_open, dtype=np.float64)


def splits(instance: Instance, branch: Branch, shares: Mapping[str, Shares]) -> Iterator[Split]:
    """Ways to split a branch whose relaxation starts jobs by these shares: those where it is in between."""
    for name, own in shares.items():
        section = branch.get(name, instance.jobs[name])
        if section is None:
            continue
        for kind, share, first, second in _halves(section, own):
            if _LITTLE < share < 1 - _LITTLE:
                usd = min(share, 1 - share) * section.value_usd
                yield Split((*kind, name), share, usd, ({**branch, name: first}, {**branch, name: second}))


def _halves(
    section: JobSection, shares: Shares
) -> Iterator[tuple[tuple[str, ...], float, JobSection, JobSection | None]]:
    """What is decided, the first half's share, and both halves' sections."""

    def changed(**changes: object) -> JobSection:
        return section.model_copy(update=changes)

    run = sum(shares.values())
    if not section.mandatory:
        yield ("runs",), run, changed(mandatory=True), None
    for site in section.sites if len(section.sites) > 1 else ():
        there = sum(share for (where, _), share in shares.items() if where == site)
        others = [other for other in section.sites if other != site]
        yield ("on", site), there, changed(sites=[site]), changed(sites=others)
    slots = sorted({slot for _, slot in shares})
    if len(slots) > 1:
        until = np.cumsum([sum(share for (_, when), share in shares.items() if when == slot) for slot in slots])
        middle = int(np.argmin(np.abs(until[:-1] - run / 2)))
        last = slots[middle]
        earlier, later = changed(deadline=last + section.slots - 1), changed(release=last + 1)
        yield ("starts",), float(until[middle]) / run, earlier, later
