"""What many tests share."""

import pytest
from hypothesis import settings

from walras.coordinator import Batched, Compiled, Serial
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario

# The suite draws the same examples every time; `--hypothesis-profile search` draws others.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("repeatable")


@pytest.fixture(params=[Serial(), Compiled(), Batched()], ids=lambda executor: executor.name)
def executor(request):
    return request.param


@pytest.fixture(scope="session")
def rts24():
    return build_market(load_scenario("rts24"))
