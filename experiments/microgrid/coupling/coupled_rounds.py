"""Sites and market found together: round after round, each answers the other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..instance import Instance
from ..joint_plan import BEST_EFFORT, Effort, joint_plan
from ..microgrid_plan import Plan
from .coupled_outcome import Coupled, CouplingStatus
from .coupled_round import CoupledRound
from .grid_connection import AT_NODAL_PRICES, GridConnection, net_import_mw, told
from .grid_signals import GridSignal, Standing
from .repeated_rounds import Cycle, repeated


@dataclass(frozen=True)
class CouplingSettings:
    """How prices go on, and when to stop.

    Parameters
    ----------
    damping : float
        Share of the way, above 0 and at most 1, from prices that were announced to those that they have caused.
    max_rounds : int
    tolerance_mw : float
        Loads that change by no more are the same.
    """

    damping: float = 0.5
    max_rounds: int = 50
    tolerance_mw: float = 0.01


DEFAULT_SETTINGS = CouplingSettings()


class CouplingInterrupted(KeyboardInterrupt):
    """The user broke it off; the rounds that were made by then are attached, none if there was none."""

    def __init__(self, coupled: Coupled | None) -> None:
        super().__init__("interrupted")
        self.coupled = coupled


def couple(
    instance: Instance,
    standing: Standing,
    connection: GridConnection = AT_NODAL_PRICES,
    settings: CouplingSettings = DEFAULT_SETTINGS,
    effort: Effort = BEST_EFFORT,
) -> Coupled:
    """Have sites plan by the market's prices, and the market clear beside what they plan, until neither moves.

    Sites are price takers: they plan as if nothing that they do moved a price. The first prices are those of the market
    without them. Once loads are at rest the next prices are the caused ones, undamped: it has converged when sites
    that plan by the very prices that they caused draw what they drew. A plan of whole choices may have no such fixed
    point; then rounds end in a circle.

    Parameters
    ----------
    instance : Instance
    standing : Standing
    connection : GridConnection
    settings : CouplingSettings
    effort : Effort
        For each plan.

    Raises
    ------
    CouplingInterrupted
        If the user interrupts it.
    ScenarioError
        If the market cannot serve what sites draw.
    """
    rounds: list[CoupledRound] = []

    def outcome(status: CouplingStatus, reason: str, cycle: Cycle | None = None) -> Coupled:
        return Coupled(instance, standing.places, connection, tuple(rounds), status, reason, cycle)

    try:
        coupled = outcome(*_ended(instance, standing, connection, settings, effort, rounds))
    except KeyboardInterrupt as error:
        broken_off = outcome(CouplingStatus.INTERRUPTED, f"interrupted after round {len(rounds)}")
        raise CouplingInterrupted(broken_off if rounds else None) from error
    if not rounds:
        return coupled
    try:
        # What they would rather do at the prices that they have caused says how near to an equilibrium it is.
        return replace(coupled, best_reply=_plan(instance, coupled.shown.caused, connection, effort, "best reply"))
    except KeyboardInterrupt as error:
        raise CouplingInterrupted(coupled) from error


def _ended(
    instance: Instance,
    standing: Standing,
    connection: GridConnection,
    settings: CouplingSettings,
    effort: Effort,
    rounds: list[CoupledRound],
) -> tuple[CouplingStatus, str, Cycle | None]:
    """Make rounds, which are added to those given as they are made, and say how they have ended."""
    signal = standing.signal(standing.clear(np.zeros((len(standing.places), instance.slots))))
    is_as_caused = False
    while len(rounds) < settings.max_rounds:
        number = len(rounds) + 1
        plan = _plan(instance, signal, connection, effort, f"round {number}")
        if plan.schedule is None:
            return CouplingStatus.NO_SCHEDULE, f"in round {number} sites have no schedule: {plan.reason}", None
        clearing = standing.clear(net_import_mw(plan.schedule))
        rounds.append(CoupledRound(instance, connection, signal, plan, clearing, standing.signal(clearing)))
        is_at_rest = number > 1 and rounds[-1].load_change_mw(rounds[-2]) <= settings.tolerance_mw
        if is_at_rest and is_as_caused:
            return CouplingStatus.CONVERGED, "sites that plan by the prices that they cause draw what they drew", None
        cycle = repeated(rounds, settings.tolerance_mw)
        if cycle is not None:
            told_of = f"rounds {number - cycle.rounds + 1} to {number} repeat themselves"
            return CouplingStatus.CYCLE, told_of, cycle
        share = 1.0 if is_at_rest else settings.damping
        is_as_caused = share == 1.0
        signal = signal.towards(rounds[-1].caused, share)
    return CouplingStatus.MAX_ROUNDS, f"loads still move after {settings.max_rounds} rounds", None


def _plan(instance: Instance, signal: GridSignal, connection: GridConnection, effort: Effort, name: str) -> Plan:
    """The joint plan of sites that take prices and intensities as they are told."""
    return joint_plan(told(instance, signal, connection), effort, name=name)
