"""One study of one scenario: build, run, settle, summarise, and solve the monolith beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..coordinator.catalogue import EXECUTORS, executor_of
from ..coordinator.checkpoints.standing import Keeper
from ..coordinator.executor import Executor
from ..coordinator.market import Market
from ..coordinator.mechanism import Opening
from ..coordinator.rounds import Round
from ..coordinator.run import Run, Status
from ..network.case import Case
from .archive.frames import prices_frame, trades_frame
from .archive.run_folder import RunFolder
from .decomposition import Decomposition, decompose_market
from .errors import Fault, InfeasibleError, ScenarioError
from .intervals import Intervals, intervals
from .monolith.equilibrium import Equilibrium, assemble_monolith
from .own_parts.named_parts import mechanism_named
from .pooled.recovered_contracts import contracts_of
from .results.comparison import Difference, compare
from .results.enclosures import enclosures
from .results.ledger import Ledger
from .results.result import Result, summarise
from .results.shown_hour import shown_hour
from .scenario.disclosures import disclosure_scheme
from .scenario.market_builder import BuiltMarket, build, build_on
from .scenario.schema import Scenario, refuse_unless_scenario

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Monolith:
    """The equilibrium beside a run, and what all equilibria have between them."""

    equilibrium: Equilibrium
    result: Result
    difference: Difference
    intervals: Intervals


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
    built : BuiltMarket
        What run and monolith start from.
    decomposition : Decomposition
        The run, and the allocation that is shown.
    result : Result
        Prices of the best round, and the allocation that is shown.
    build_seconds : float
        For building and stacking the market.
    monolith : Monolith, MonolithFailure or None
        None if nobody asked for it.
    """

    scenario: Scenario
    built: BuiltMarket
    decomposition: Decomposition
    result: Result
    build_seconds: float
    monolith: Monolith | MonolithFailure | None = None

    @property
    def run(self) -> Run:
        """All rounds."""
        return self.decomposition.run

    @property
    def market(self) -> Market:
        """The market that was studied."""
        return self.run.market

    def contracts(self) -> pd.DataFrame:
        """Who buys how much from whom in the allocation that is shown: period, seller, buyer, quantity and price.

        In a pool they are recovered, as `contracts_of` has it.

        Raises
        ------
        ValueError
            If what is sold to the pool is not what is bought from it, as in a run that has not converged.
        """
        return contracts_of(trades_frame(self.run, self.decomposition.settlement.allocation))

    def plot(self) -> dict[str, Figure]:
        """Figures by name, those of a run folder: ``study.plot()["network"]``; they can be saved, and show themselves.

        Nothing is written and no window opens.
        """
        # matplotlib takes a second to import, and most studies draw nothing.
        from .figures.drawing import figures_of

        result = self.result.document()
        told = {
            "scenario": self.scenario.name,
            "mechanism": self.scenario.coordinator.mechanism,
            "status": str(self.run.status),
            "result": result,
        }
        tables = (
            prices_frame(self.run, shown_hour(result, None).period),
            trades_frame(self.run, self.decomposition.settlement.allocation),
        )
        return figures_of(RunFolder(Path(), told, self.run.to_dataframe(), *tables), self.built.case)


class StudyInterrupted(KeyboardInterrupt):
    """The user broke a study off.

    Parameters
    ----------
    study : Study
        What there was by then.
    """

    def __init__(self, study: Study) -> None:
        super().__init__("interrupted")
        self.study = study


def decompose(
    scenario: Scenario,
    *,
    case: Case | None = None,
    executor: Executor | str = "compiled",
    opening: Opening | None = None,
    on_step: Callable[[str], object] = lambda _: None,
    on_round: Callable[[Round], None] | None = None,
    breakable: Callable[[], AbstractContextManager[object]] = nullcontext,
    keeper: Keeper | None = None,
) -> Study:
    """Run the mechanism of a scenario.

    Parameters
    ----------
    scenario : Scenario
    case : Case, optional
        What the scenario's source holds, if it was read before. Default: it is read now.
    executor : Executor, or str
        A name in `EXECUTORS`.
    opening : Opening, optional
        Where to start from, as a scenario nearby. Default: where the mechanism starts.
    on_step : callable
        Called with what is done next while the market is built, for progress.
    on_round : callable, optional
        Called after each round, for progress. A KeyboardInterrupt that it raises ends the run.
    breakable : callable
        Returns what is to be around parts that can be left out, as settlement: a caller that takes signals in its own
        way raises KeyboardInterrupt there, and in `on_round`.
    keeper : Keeper, optional
        Keeps where the run stands, and says where it is to go on.

    Raises
    ------
    ScenarioError
        If the scenario describes no market that can clear, or its mechanism needs another executor.
    OwnPartError
        If there is no such mechanism.
    StudyInterrupted
        If the user interrupts it after at least one round.
    TypeError
        If `scenario` is none.
    ValueError
        If there is no such executor.
    """
    begin = time.perf_counter()
    refuse_unless_scenario(scenario)
    answering = executor_of(executor)
    _refuse_unanswerable(scenario, answering)
    built = build(scenario, on_step) if case is None else build_on(case, scenario, on_step)
    build_seconds = time.perf_counter() - begin
    on_step("preparing the rounds")
    decomposition = decompose_market(
        built.market,
        built.stacked,
        disclosure_scheme(scenario, built.market),
        scenario.coordinator,
        executor=answering,
        opening=opening,
        on_round=on_round,
        breakable=breakable,
        keeper=keeper,
    )
    run = decomposition.run
    shown = Ledger(run.market, run.best.prices, decomposition.settlement.allocation)
    result = summarise(shown)
    study = Study(scenario, built, decomposition, result, build_seconds)
    if decomposition.is_interrupted:
        raise StudyInterrupted(study)
    optimum = decomposition.settlement.optimum
    if run.status != Status.CONVERGED or optimum is None:
        return study
    try:
        return replace(study, result=replace(result, intervals=enclosures(result, shown, optimum)))
    except KeyboardInterrupt as error:
        raise StudyInterrupted(study) from error


def _refuse_unanswerable(scenario: Scenario, executor: Executor) -> None:
    """Raise ScenarioError if an executor cannot answer what the mechanism announces."""
    name = scenario.coordinator.mechanism
    announced = mechanism_named(name, scenario.coordinator.arguments).announces
    if announced not in executor.answers:
        able = " and ".join(other for other in reversed(EXECUTORS) if announced in EXECUTORS[other].answers)
        others = f"{able} do" if able else "no other does"
        message = f"{name} announces {announced.__name__}, which the executor {executor.name} does not answer; {others}"
        raise ScenarioError(scenario.name, [Fault("coordinator.mechanism", message)])


def with_monolith(study: Study) -> Study:
    """Solve the monolith of a study's market and compare.

    Where no equilibrium is found the study says why: the run is not lost.

    Raises
    ------
    StudyInterrupted
        If the user interrupts the search; the study attached has no monolith, and says so, or no intervals.
    """
    market = study.market
    scheme = disclosure_scheme(study.scenario, market)
    begin = time.perf_counter()
    is_interrupted = False
    try:
        monolith = assemble_monolith(market, study.built.stacked)
        equilibrium = monolith.equilibrium(scheme)
        equilibrium = replace(equilibrium, seconds=time.perf_counter() - begin)
        try:
            between = intervals(monolith, scheme, equilibrium)
        except KeyboardInterrupt:
            between, is_interrupted = Intervals({}, 0), True
    except (InfeasibleError, ValueError, RuntimeError) as error:
        return replace(study, monolith=MonolithFailure(str(error)))
    except KeyboardInterrupt as error:
        raise StudyInterrupted(replace(study, monolith=MonolithFailure("interrupted"))) from error
    ledger = Ledger(equilibrium.market, equilibrium.prices, equilibrium.allocation)
    result = summarise(ledger)
    study = replace(study, monolith=Monolith(equilibrium, result, compare(market, study.result, result), between))
    if is_interrupted:
        raise StudyInterrupted(study)
    return study
