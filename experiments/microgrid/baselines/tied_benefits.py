"""How much is left to chance where plans of compute tie: the worst and the best that energy can make of them."""

from __future__ import annotations

from dataclasses import replace

import cvxpy as cp
import numpy as np

from ....agents.site import Site, SiteDecisions
from ....coordinator.programmes.unsolved import InfeasibleProgrammeError
from ..instance import Instance
from ..joint_plan import Effort
from ..joint_programme import Declared, JointProgramme, total_usd
from ..participants import participants
from .compute_stage import ComputeStage

# For each end; what is not closed by then is within the bound, which the interval goes to.
_MOST_SECONDS = 10.0


def tied_benefits_usd(instance: Instance, stage: ComputeStage, effort: Effort, name: str) -> tuple[float, float] | None:
    """What no plan of compute that ties falls below, and what none exceeds, with passive energy.

    None where every such plan would import more than some site may.
    """
    known = participants(instance)
    sites = tuple(replace(site, carbon_budget_t=None, has_market_for_carbon=False) for site in known.sites)
    agents = replace(known, sites=sites, budgets=())

    def restrict(declared: Declared) -> list[cp.Constraint]:
        passive = [rule for site, one in zip(sites, declared.decisions, strict=True) for rule in _passive(site, one)]
        return [*stage.tied(declared), *passive]

    try:
        worst = JointProgramme(agents, restrict, lambda declared: -declared.total_usd)
        best = JointProgramme(agents, restrict, total_usd)
        seconds = min(effort.seconds, _MOST_SECONDS)
        told = effort.telling(name)
        return worst.solve(effort.gap, seconds, told).bound, -best.solve(effort.gap, seconds, told).bound
    except InfeasibleProgrammeError:
        return None


def _passive(site: Site, decided: SiteDecisions) -> list[cp.Constraint]:
    """Sun and wind are used as far as the load goes, the rest is bought."""
    m, energy = site.microgrid, decided.energy
    idle = [energy.export_mw, energy.dispatchable_mw, energy.starts, energy.charge_mw, energy.discharge_mw]
    rules: list[cp.Constraint] = [variable == 0 for variable in idle if variable is not None]
    where = np.flatnonzero(m.renewable_mw > 0)
    if len(where):
        # Either all sun and wind are used, or nothing is bought.
        buys = cp.Variable(len(where), boolean=True)
        rules += [
            energy.import_mw[where] <= m.import_mw * buys,
            energy.renewable_mw[where] >= cp.multiply(m.renewable_mw[where], buys),
        ]
    return rules
