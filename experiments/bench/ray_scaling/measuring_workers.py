"""Weak and strong scaling of the executor on Ray: every family in every size by every number of workers."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from ....coordinator.executor import UnavailableError
from ....coordinator.executors.on_ray.session import connected
from .families import FAMILIES
from .loads import load_here, load_of
from .machines_here import machines_here
from .message_times import message_times
from .round_time import Load, MessageTime, RoundTime
from .round_times import round_times

# On paper.
MORE_WORKERS = (1, 2, 4, 8, 16, 32, 64)
_SMALL = 100


@dataclass(frozen=True)
class ScalingPlan:
    """What to measure.

    Parameters
    ----------
    contracts : tuple of int
        Sizes, about, in rising order; if they double, work grows with workers.
    workers : tuple of int
        Numbers of workers, 1 among them.
    rounds : int
        Of each; the first one is set-up.
    seed : int
        Of the markets' numbers.
    """

    contracts: tuple[int, ...]
    workers: tuple[int, ...]
    rounds: int
    seed: int

    @property
    def measurements(self) -> int:
        """How many steps there are."""
        on_one = 1 + len(FAMILIES) * len(self.contracts)
        return on_one + (1 + len(FAMILIES) if max(self.workers) > 1 else 0)


@dataclass
class RayScaling:
    """What was measured, and what larger numbers of workers would be asked for.

    Parameters
    ----------
    plan : ScalingPlan
    rounds, messages : list
    on_paper : dict of str to dict of int to Load
        By family, for the largest market of it that was measured, and by workers; 0 is this process.
    load_average : list of float
        Of the machine over a minute, at the beginning and at the end; beyond its cores, times say little.
    skipped : list of str
        A sentence for whatever was left out.
    """

    plan: ScalingPlan
    rounds: list[RoundTime] = field(default_factory=list)
    messages: list[MessageTime] = field(default_factory=list)
    on_paper: dict[str, dict[int, Load]] = field(default_factory=dict)
    load_average: list[float] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def ray_scaling(
    plan: ScalingPlan,
    on_step: Callable[[str], object],
    breakable: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> RayScaling:
    """Measure all of a plan.

    Parameters
    ----------
    plan : ScalingPlan
    on_step : callable
        Called with what is measured next.
    breakable : callable
        What it returns is around every measurement. On a KeyboardInterrupt there what was measured before is returned.

    Raises
    ------
    UnavailableError
        If there is no Ray.
    """
    measured = RayScaling(plan, load_average=[os.getloadavg()[0]])
    try:
        with breakable():
            _on_one_machine(measured, on_step)
            try:
                _on_several(measured, on_step)
            except UnavailableError as error:
                measured.skipped.append(f"several machines are left out: {error}")
    except KeyboardInterrupt:
        measured.skipped.append("interrupted; whatever had not been measured is left out")
    measured.load_average.append(os.getloadavg()[0])
    return measured


def _on_one_machine(measured: RayScaling, on_step: Callable[[str], object]) -> None:
    plan = measured.plan
    with connected(None, sum(plan.workers)):
        on_step("messages")
        home = FAMILIES[-1].market(_SMALL, plan.seed)
        for workers in plan.workers:
            measured.messages += message_times(workers, 1, home)
        for family in FAMILIES:
            for contracts in plan.contracts:
                on_step(f"{family.name}, about {contracts} contracts")
                market = family.market(contracts, plan.seed)
                measured.rounds += round_times(family, market, (0, *plan.workers), 1, plan.rounds)
                measured.on_paper[family.name] = {
                    0: load_here(market),
                    **{workers: load_of(market, workers) for workers in sorted({*MORE_WORKERS, *plan.workers})},
                }


def _on_several(measured: RayScaling, on_step: Callable[[str], object]) -> None:
    """The largest markets once more, each worker on a machine of its own."""
    plan, most = measured.plan, max(measured.plan.workers)
    if most == 1:
        return
    with machines_here(most):
        on_step("messages between machines")
        home = FAMILIES[-1].market(_SMALL, plan.seed)
        for workers in plan.workers:
            measured.messages += message_times(workers, most, home)
        for family in FAMILIES:
            on_step(f"{family.name} on {most} machines")
            market = family.market(plan.contracts[-1], plan.seed)
            measured.rounds += round_times(family, market, (most,), most, plan.rounds)
