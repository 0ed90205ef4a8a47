"""Several machines as Ray sees them, on this one: raylets beside the coordinator's, one for each worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ....coordinator.executor import UnavailableError
from ....coordinator.executors.on_ray.leftovers import own_folder
from ....coordinator.executors.on_ray.session import connected, environment, imported_ray


@contextmanager
def machines_here(count: int) -> Iterator[None]:
    """Around what needs a Ray of some machines of one core each; this process is on another one, without cores.

    They have Ray's own settings, as machines that others started would: workers at its priority, and messages by way of
    the object store from 100 kB on.

    Raises
    ------
    UnavailableError
        If Ray is not installed, or these cannot be started.
    """
    imported_ray()
    from ray.cluster_utils import Cluster

    with own_folder() as folder:
        # Where others look for the address of a Ray to join: these are no machines for them, and theirs stay.
        (folder / "ray").mkdir()
        cluster = Cluster()
        try:
            _start(cluster, count, folder)
            # Ray is left before its machines are gone.
            with connected(cluster.address, count):
                yield
        finally:
            with environment(RAY_TMPDIR=str(folder)):
                cluster.shutdown()


def _start(cluster: Any, count: int, folder: Path) -> None:
    try:
        with environment(RAY_TMPDIR=str(folder)):
            cluster.add_node(num_cpus=0, include_dashboard=False, temp_dir=str(folder))
        for _ in range(count):
            cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
    except (OSError, RuntimeError) as error:
        raise UnavailableError(f"Ray starts no raylet here: {error}") from error
