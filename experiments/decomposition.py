"""Decomposition: run a mechanism, for one purchase mix after the other where leases are disclosed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from ..agents.arrays import FloatArray
from ..coordinator.catalogue import executor_of
from ..coordinator.checkpoints.standing import Keeper
from ..coordinator.executor import Executor, session_of
from ..coordinator.joined import joined
from ..coordinator.market import Market
from ..coordinator.mechanism import Opening
from ..coordinator.rounds import Round
from ..coordinator.run import Run, RunInterrupted, Status, run
from ..coordinator.stopping import stop_at
from .own_parts.named_parts import mechanism_named
from .scenario.schema import CoordinatorSection
from .settlement.footprints import emission_rates
from .settlement.scheme import ContractMix, Disclosed, DisclosureScheme, PurchaseMix, disclose_consistently
from .settlement.settlement import Settlement, settle, unsettled
from .settlement.stacked_market import StackedMarket

# Tolerance of purchase mixes, relative to the largest emission rate, over the tolerance of a run.
_MIX_SHARE = 10


@dataclass(frozen=True, eq=False)
class Decomposition:
    """What came out of the rounds.

    Parameters
    ----------
    run : Run
        All rounds, of all purchase mixes; its outcome is that of the last one.
    settlement : Settlement
        The allocation that is shown.
    disclosed : Disclosed
        The purchase mixes that were disclosed, and how far the contracts are from them.
    is_interrupted : bool
        Whether the user broke the run off; the rest is what there was by then.
    """

    run: Run
    settlement: Settlement
    disclosed: Disclosed[Settlement]
    is_interrupted: bool


def decompose_market(
    market: Market,
    stacked: StackedMarket,
    scheme: DisclosureScheme,
    settings: CoordinatorSection,
    *,
    executor: Executor | str,
    opening: Opening | None = None,
    on_round: Callable[[Round], None] | None = None,
    breakable: Callable[[], AbstractContextManager[object]] = nullcontext,
    keeper: Keeper | None = None,
) -> Decomposition:
    """Run a mechanism until the market clears and the disclosed mixes are those of its contracts.

    Parameters
    ----------
    market : Market
    stacked : StackedMarket
        Of the market's agents.
    scheme : DisclosureScheme
    settings : CoordinatorSection
        Its rounds are those for all purchase mixes together.
    executor : Executor, or str
        A name in `EXECUTORS`.
    opening : Opening, optional
        Where to start from. Each mix starts where the last one ended.
    on_round : callable, optional
        Called after each round, for progress.
    breakable : callable
        What it returns is around every settlement, which an interrupt there leaves out.
    keeper : Keeper, optional
        Keeps where the runs of all mixes stand, and says where they are to go on.

    Raises
    ------
    AgentError
        If an agent's problem cannot be stated or not be solved in the first round.
    OwnPartError
        If there is no such mechanism.
    ValueError
        If there is no such executor.
    """
    answering = executor_of(executor)
    mechanism = mechanism_named(settings.mechanism, settings.arguments)
    runs: list[Run] = []
    is_interrupted = False

    def announce(current: Round) -> None:
        if on_round is not None:
            on_round(replace(current, number=current.number + (len(runs[-1].records) if runs else 0)))

    def solve(disclosing: Market) -> Settlement:
        nonlocal is_interrupted
        spent = len(runs[-1].records) if runs else 0
        best = runs[-1].best if runs else None
        try:
            outcome = run(
                disclosing,
                mechanism,
                answering,
                stop=stop_at(settings.tolerance, max(settings.max_rounds - spent, 1)),
                opening=opening if best is None else Opening(best.prices, best.allocation.trades),
                on_round=announce,
                keeper=keeper,
            )
        except RunInterrupted as error:
            outcome, is_interrupted = error.run, True
        except KeyboardInterrupt:
            if not runs:
                raise
            is_interrupted = True
            return unsettled(runs[-1])
        runs.append(joined(runs[-1], outcome) if runs else outcome)
        if outcome.status != Status.CONVERGED:
            return unsettled(outcome)
        try:
            with breakable():
                return settle(outcome, scheme, stacked)
        except KeyboardInterrupt:
            is_interrupted = True
            return unsettled(outcome)

    def contracts_of(settlement: Settlement) -> tuple[FloatArray, ContractMix] | None:
        mix = settlement.mix_kg_per_mwh
        return None if mix is None else (settlement.allocation.trades, mix)

    # Contracts are less exact than the run that they come from: what a unit sells in all is
    # a multiple of what a modular datacenter buys.
    tolerance = _MIX_SHARE * settings.tolerance * max(emission_rates(market).values(), default=0.0)
    with session_of(answering):
        disclosed = disclose_consistently(market, scheme, solve, contracts_of, tolerance)
    judged = _broken_off(runs[-1]) if is_interrupted else _judged(runs[-1], disclosed, scheme)
    return Decomposition(judged, disclosed.outcome, disclosed, is_interrupted)


def _broken_off(outcome: Run) -> Run:
    return replace(outcome, status=Status.NOT_CONVERGED, reason=f"after round {len(outcome.records)}: interrupted")


def _judged(outcome: Run, disclosed: Disclosed[Settlement], scheme: DisclosureScheme) -> Run:
    """A run whose contracts belie what was disclosed has not found an equilibrium."""
    if outcome.status != Status.CONVERGED or disclosed.is_consistent:
        return outcome
    return replace(outcome, status=Status.NOT_CONVERGED, reason=_inconsistency(disclosed, scheme))


def _inconsistency(disclosed: Disclosed[Settlement], scheme: DisclosureScheme) -> str:
    """What is wrong between the disclosed mixes and the contracts."""
    told = _list_of_mixes(disclosed.mix_kg_per_mwh)
    if disclosed.outcome.repaired_gap is None:
        return f"prices settled, but no clearing contracts were found near the trades for the disclosed mix ({told})"
    if disclosed.outcome.mix_kg_per_mwh is None and scheme.imposed_kg_per_mwh:
        imposed = _list_of_mixes(scheme.imposed_kg_per_mwh)
        return f"no contracts have the imposed purchase mix ({imposed}); impose one that some have, or none"
    if disclosed.outcome.mix_kg_per_mwh is None:
        return f"rounding left no contracts to select for the disclosed mix ({told})"
    return (
        f"the contracts' purchase mix is {disclosed.inconsistency_kg_per_mwh:.2g} kg/MWh off the disclosed one "
        f"({told}) after {disclosed.mixes} mixes"
    )


def _list_of_mixes(mix: PurchaseMix) -> str:
    hours = len({good.period for good in mix}) > 1
    named = (
        f"{good.seller}{f' in hour {good.period + 1}' if hours else ''} {value:.6g}" for good, value in mix.items()
    )
    return f"{', '.join(named)} kg/MWh"
