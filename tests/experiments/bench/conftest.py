"""A small exchange problem that many tests measure on."""

import pytest

from walras.experiments.bench.measurements import Plan
from walras.experiments.bench.measuring import bench
from walras.experiments.bench.problems.problems import problem_builders


@pytest.fixture(scope="session")
def small():
    """Three sellers and three buyers."""
    return problem_builders(3, 0)["exchange"]()


@pytest.fixture(scope="session")
def measured():
    """The exchange problem by ADMM, with monoliths and the plain loop beside it."""
    return bench(Plan(("exchange",), (("admm", "compiled"),), 60.0, 60.0, exchange_size=3), on_step=lambda step: None)
