"""One study of one scenario: build, run, summarise, and solve the monolith beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ..coordinator import EXECUTORS, MECHANISMS, Market, Round, Run, run, stop_at
from .errors import InfeasibleError
from .monolith.equilibrium import Equilibrium, solve_monolith
from .results.comparison import Difference, compare
from .results.ledger import Ledger
from .results.result import Result, summarise
from .scenario.market_builder import build_market
from .scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class Monolith:
    """The equilibrium beside a run."""

    equilibrium: Equilibrium
    result: Result
    difference: Difference


@dataclass(frozen=True)
class MonolithFailure:
    """Why there is no equilibrium beside a run."""

    reason: str


@dataclass(frozen=True, eq=False)
class Study:
    """A scenario with what came out of it.

    Parameters
    ----------
    scenario : Scenario
    run : Run
    result : Result
        Of the best round.
    build_seconds : float
        For building the market.
    monolith : Monolith, MonolithFailure or None
        None if nobody asked for it.
    """

    scenario: Scenario
    run: Run
    result: Result
    build_seconds: float
    monolith: Monolith | MonolithFailure | None = None

    @property
    def market(self) -> Market:
        """The market that was studied."""
        return self.run.market


def decompose(
    scenario: Scenario, *, executor: str = "compiled", on_round: Callable[[Round], None] | None = None
) -> Study:
    """Run the mechanism of a scenario.

    Parameters
    ----------
    scenario : Scenario
    executor : str
        A name in `EXECUTORS`.
    on_round : callable, optional
        Called after each round, for progress.

    Raises
    ------
    ScenarioError
        If the scenario describes no market that can clear.
    ValueError
        If there is no such executor.
    """
    if executor not in EXECUTORS:
        raise ValueError(f"executor is {executor!r}; allowed are {', '.join(EXECUTORS)}")
    begin = time.perf_counter()
    market = build_market(scenario)
    build_seconds = time.perf_counter() - begin
    settings = scenario.coordinator
    outcome = run(
        market,
        MECHANISMS[settings.mechanism],
        EXECUTORS[executor],
        stop=stop_at(settings.tolerance, settings.max_rounds),
        on_round=on_round,
    )
    result = summarise(Ledger(market, outcome.best.prices, outcome.best.allocation))
    return Study(scenario, outcome, result, build_seconds)


def with_monolith(study: Study) -> Study:
    """Solve the monolith of a study's market and compare.

    Where no equilibrium is found, or the user interrupts the search, the study says why: the run is not lost.
    """
    try:
        equilibrium = solve_monolith(study.market)
    except (InfeasibleError, RuntimeError, KeyboardInterrupt) as error:
        return replace(study, monolith=MonolithFailure(str(error) or "interrupted"))
    result = summarise(Ledger(study.market, equilibrium.prices, equilibrium.allocation))
    return replace(study, monolith=Monolith(equilibrium, result, compare(study.market, study.result, result)))
