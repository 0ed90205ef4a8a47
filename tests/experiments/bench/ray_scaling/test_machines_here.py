"""Raylets that stand for machines: others' Ray stays as it is, and what does not start is told."""

import os

import pytest

from walras.coordinator.executor import UnavailableError
from walras.experiments.bench.ray_scaling.machines_here import machines_here


class NotJoined:
    """A head whose other machines never come."""

    def __init__(self, folders_at_shutdown):
        self.folders_at_shutdown = folders_at_shutdown

    def add_node(self, **given):
        if given["num_cpus"]:
            raise TimeoutError("the node did not appear")

    def shutdown(self):
        """Ray's own removes the address that stands in this folder, whoever wrote it."""
        self.folders_at_shutdown.append(os.environ.get("RAY_TMPDIR"))


def test_machines_that_do_not_come_are_told_and_no_address_of_others_is_removed(monkeypatch):
    folders_at_shutdown = []
    monkeypatch.setattr("ray.cluster_utils.Cluster", lambda: NotJoined(folders_at_shutdown))
    monkeypatch.delenv("RAY_TMPDIR", raising=False)
    with pytest.raises(UnavailableError, match="Ray starts no raylet here: the node did not appear"), machines_here(2):
        pass
    (folder,) = folders_at_shutdown
    assert folder is not None
    assert not os.path.exists(folder)
    assert "RAY_TMPDIR" not in os.environ
