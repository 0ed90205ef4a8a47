"""Several machines as Ray sees them, on this one: raylets beside the coordinator's, one for each worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ....coordinator.executor import UnavailableError
from ....coordinator.executors.on_ray.leftovers import own_folder
from ....coordinator.executors.on_ray.session import connected, environment, imported_ray


@contextmanager
def machines_here(count: int) -> Iterator[None]:
    """Around what needs a Ray of some machines of one core each; this process is on another one, without cores.

    Raises
    ------
    UnavailableError
        If Ray is not installed, or these cannot be started.
    """
    imported_ray()
    from ray.cluster_utils import Cluster

    with own_folder() as folder:
        head = {"num_cpus": 0, "include_dashboard": False, "temp_dir": str(folder)}
        # Where others would look for the address of a Ray to join; these are no machines for them.
        (folder / "ray").mkdir()
        try:
            with environment(RAY_TMPDIR=str(folder)):
                cluster = Cluster(initialize_head=True, head_node_args=head)
        except (OSError, RuntimeError) as error:
            raise UnavailableError(f"Ray starts no raylet here: {error}") from error
        try:
            for _ in range(count):
                cluster.add_node(num_cpus=1)
            cluster.wait_for_nodes()
            # Ray is left before its machines are gone.
            with connected(cluster.address, count):
                yield
        finally:
            cluster.shutdown()
