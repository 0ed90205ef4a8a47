"""Sites that know what they do to prices, as one group against a market that does not bargain with them."""

from __future__ import annotations

import time
from dataclasses import replace
from math import inf

import numpy as np

from ....agents.arrays import FloatArray
from ..instance import Instance
from ..joint_plan import Effort, plan_by
from ..joint_programme import JointProgramme
from ..microgrid_plan import Plan, plan_of
from ..participants import participants
from .coupled_outcome import Coupled
from .coupled_round import CoupledRound
from .coupled_rounds import CouplingInterrupted
from .grid_connection import at_prices, net_import_mw, told
from .grid_signals import Standing
from .residual_curves import Payments, ResidualCurve, sampled_curves

NAME = "anticipating"
_MOST_PASSES = 5
# Of the benefit: sites that gain no more by looking again stop.
_WORTH_IT = 1e-7


def with_anticipation(coupled: Coupled, standing: Standing, effort: Effort) -> Coupled:
    """What sites gain, and others lose, if one group plans all sites against the market's sampled answer.

    From the round that is shown on, each pass samples what every site would pay by what it draws, plans against these
    curves, and clears the market beside the plan; the next one samples around that, as long as the cleared market
    says that it pays. Curves leave out what one site does to another's price, which only clearing shows. A result is
    one that the group prefers to taking prices, not the best there is.

    Raises
    ------
    CouplingInterrupted
        If the user interrupts it; what was coupled is attached.
    """
    instance, connection, best = coupled.instance, coupled.connection, coupled.shown
    try:
        for _ in range(_MOST_PASSES):
            curves = sampled_curves(instance, standing, connection, best.net_mw)
            found = _against(instance, curves, best.caused.grid_t_per_mwh, effort)
            if found.schedule is None:
                break
            clearing = standing.clear(net_import_mw(found.schedule))
            caused = standing.signal(clearing)
            plan = plan_of(told(instance, caused, connection), found.schedule, found.status, inf, found.seconds)
            tried = CoupledRound(instance, connection, best.caused, plan, clearing, caused)
            if tried.benefit_usd <= best.benefit_usd + _WORTH_IT * max(1.0, abs(best.benefit_usd)):
                break
            best = tried
    except KeyboardInterrupt as error:
        raise CouplingInterrupted(coupled) from error
    return replace(coupled, anticipated=best)


def _against(instance: Instance, curves: list[ResidualCurve], grid_t_per_mwh: FloatArray, effort: Effort) -> Plan:
    """The plan of greatest benefit along curves; its own figures are those of energy that costs nothing."""
    begin, nothing = time.perf_counter(), np.zeros_like(grid_t_per_mwh)
    free = at_prices(instance, nothing, nothing, grid_t_per_mwh)
    agents, payments = participants(free), Payments(curves, instance.slot_hours)
    joint = JointProgramme(agents, payments.restrict, lambda declared: declared.total_usd + payments.total_usd)
    return plan_by(free, agents, joint, effort, NAME, begin)
