"""Who computes the runs of a job side by side, and by which executor."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from ...coordinator.executor import Executor
from ...coordinator.executors.on_ray.on_ray import OnRay
from ..workers.local_workers import LocalWorkers
from ..workers.ray_workers import RayWorkers
from ..workers.task import Workers
from .options import RAY, executor_of_options

F = TypeVar("F", bound=Callable[..., Any])


def on_option(command: F) -> F:
    """Add the option that says where runs are computed to a command."""
    text = "Where whole runs are computed: in processes of this machine, or by Ray on one machine or several."
    return click.option("--on", type=click.Choice(["local", RAY]), default="local", show_default=True, help=text)(
        command
    )


@dataclass(frozen=True)
class SideBySide:
    """Who computes runs, and what answers in each.

    Parameters
    ----------
    workers : Workers
    executor : Executor
    """

    workers: Workers
    executor: Executor

    @contextmanager
    def reachable(self) -> Iterator[Executor]:
        """Around many runs: yields the executor, so that all of them share one Ray if it needs one."""
        if isinstance(self.executor, OnRay):
            with self.executor.shared() as shared:
                yield shared
        else:
            yield self.executor


def side_by_side(on: str, executor: str, inner: str | None, workers: int | None, ray_address: str | None) -> SideBySide:
    """What the options of a job say.

    Raises
    ------
    click.UsageError
        If two of them contradict each other.
    """
    if on == RAY and executor == RAY:
        raise click.UsageError(
            "--on ray has Ray compute whole runs, --executor ray the agents of one run; name one of the two."
        )
    if ray_address is not None and RAY not in (on, executor):
        raise click.UsageError(f"--ray-address needs --on {RAY} or --executor {RAY}.")
    if on == RAY:
        return SideBySide(RayWorkers(workers, ray_address), executor_of_options(executor, inner, None, None))
    answering = executor_of_options(executor, inner, workers, ray_address)
    # The processes of such an executor share the agents of one run, so runs come one after the other.
    return SideBySide(_local(1 if executor == RAY else workers), answering)


def workers_of_options(on: str, workers: int | None, ray_address: str | None) -> Workers:
    """Who computes a job of which no part has an executor.

    Raises
    ------
    click.UsageError
        If there is an address of a Ray that is not asked for.
    """
    if on == RAY:
        return RayWorkers(workers, ray_address)
    if ray_address is not None:
        raise click.UsageError(f"--ray-address needs --on {RAY}.")
    return _local(workers)


def _local(count: int | None) -> LocalWorkers:
    return LocalWorkers(count or len(os.sched_getaffinity(0)))
