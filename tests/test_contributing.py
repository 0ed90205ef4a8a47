"""What CONTRIBUTING.md promises: a mechanism in 30 lines and an executor in 25 that run as they stand there."""

import ast
import re
import runpy
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from cases import ex_ante, three_bus_loop, two_agents
from cases.known import assert_solves
from support.kept_runs import unbroken_and_resumed

from walras.coordinator import ADMM, Compiled, Serial, iterate, run, stop_at

TEXT = (Path(__file__).resolve().parents[1] / "CONTRIBUTING.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def block_with(name):
    (block,) = (block for block in BLOCKS if f"class {name}:" in block)
    return block


@pytest.fixture
def written(tmp_path):
    """What the code of the section on some class defines."""

    def run_block(name):
        script = tmp_path / f"{name.lower()}.py"
        script.write_text(block_with(name))
        return runpy.run_path(str(script))[name]

    return run_block


@pytest.mark.parametrize(("name", "lines", "names"), [("HeavyBall", 30, 7), ("Apart", 25, 9)])
def test_little_has_to_be_written_and_known(name, lines, names):
    block = block_with(name)
    assert len([line for line in block.splitlines() if line.strip()]) <= lines
    imports = [node for node in ast.walk(ast.parse(block)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert sum(len(node.names) for node in imports) <= names


def test_every_block_is_looked_at():
    assert len(BLOCKS) == 2


def test_the_heavy_ball_moves_as_on_paper(written):
    """Supply max(p - 10, 0) / 2, demand max(50 - p, 0) / 2; steps of 0.2 * 30 / 10 = 0.6 $/MWh per MWh short."""
    market = two_agents.rising_cost().market
    mechanism = written("HeavyBall")(step_size=0.2, momentum=0.4)
    rounds = islice(iterate(market, mechanism, Compiled().compile(market)), 12)
    price, change = 0.0, 0.0
    for current in rounds:
        assert current.prices == pytest.approx([price], abs=1e-6)
        change = 0.4 * change + 0.6 * (max(50 - price, 0) / 2 - max(price - 10, 0) / 2)
        price += change


@pytest.mark.parametrize("executor", [Serial(), Compiled()], ids=lambda executor: executor.name)
def test_the_heavy_ball_finds_the_equilibrium(written, executor):
    known = two_agents.rising_cost()
    outcome = run(known.market, written("HeavyBall")(), executor, stop=stop_at(1e-8, 300))
    assert outcome.status == "converged"
    assert outcome.mechanism_name == "heavy ball"
    assert_solves(known, outcome.best.prices, outcome.best.allocation, rel=1e-6)


def test_checkpoints_keep_the_heavy_ball(written):
    unbroken, resumed = unbroken_and_resumed(two_agents.rising_cost().market, written("HeavyBall")(), Compiled(), 5, 12)
    assert resumed == unbroken


@pytest.mark.parametrize("inner", [Serial(), Compiled()], ids=lambda inner: inner.name)
@pytest.mark.parametrize("known", [three_bus_loop.congested_loop, ex_ante.full], ids=["loop", "disclosed lease"])
def test_agents_apart_make_the_same_rounds(written, inner, known):
    market = known().market
    apart = written("Apart")(inner)
    together, alone = (
        run(market, ADMM(), executor, stop=stop_at(1e-6, 40), watch=market.goods) for executor in (inner, apart)
    )
    assert alone.executor_name == f"{inner.name}, agents apart"
    assert len(together.records) == len(alone.records) >= 10
    assert np.array_equal(together.watched_prices, alone.watched_prices)
    assert np.array_equal(together.best.prices, alone.best.prices)
    assert np.array_equal(together.best.allocation.trades, alone.best.allocation.trades)
    assert np.array_equal(together.best.allocation.costs, alone.best.allocation.costs)
    assert together.certificate.relative_gap == alone.certificate.relative_gap
