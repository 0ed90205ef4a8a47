"""What many tests share."""

import pytest

from walras.coordinator import Batched, Compiled, Serial
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario


@pytest.fixture(params=[Serial(), Compiled(), Batched()], ids=lambda executor: executor.name)
def executor(request):
    return request.param


@pytest.fixture(scope="session")
def rts24():
    return build_market(load_scenario("rts24"))
