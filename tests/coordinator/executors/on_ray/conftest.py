"""One Ray for all tests here, with two workers that hold the agents of RTS-24."""

import pytest

from walras.coordinator import Compiled
from walras.coordinator.executors.on_ray.on_ray import OnRay
from walras.coordinator.executors.on_ray.session import connected


@pytest.fixture(scope="session")
def local_ray():
    with connected(None, 6):
        yield


@pytest.fixture(scope="session")
def rts24_on_ray(rts24, local_ray):
    with OnRay(Compiled(), workers=2, patience_seconds=60.0).compile(rts24) as respond:
        yield respond
