"""The smallest penalty on deviations from a plan within which nobody gains by deviating."""

from __future__ import annotations

from dataclasses import dataclass

from ...agents.agent import AgentError
from ...agents.arrays import FloatArray
from .deviations import Deviations

# Every step takes a ratio of some deviation that was not known before; a handful is enough in practice.
_MOST_STEPS = 100


@dataclass(frozen=True)
class Penalty:
    """A penalty that deters everybody.

    Parameters
    ----------
    usd_per_unit : float
        On each unit that a trade deviates by, in the good's own unit.
    agent : int, or None
        Position in the market of whom less would not deter; None where prices alone deter everybody.
    """

    usd_per_unit: float
    agent: int | None


def exact_penalty(deviations: Deviations, prices: FloatArray) -> Penalty:
    """The largest gain per unit of deviation over all agents and all that they could do, at prices.

    With it augmented-Lagrangian prices leave nobody a gain (Wang, Hesamzadeh, Zhao and Kronqvist, arXiv 2603.25490;
    that some penalty does: Feizollahi, Ahmed and Sun, "Exact augmented Lagrangian duality for mixed integer linear
    programming", Math. Programming 161, 2017). Dinkelbach, "On nonlinear fractional programming", Management Science
    13(7), 1967: the ratio of the best deviation at a penalty is the next penalty, until nobody gains.

    Parameters
    ----------
    deviations : Deviations
    prices : array of shape (goods,)

    Raises
    ------
    AgentError
        If an agent's search fails, or ratios do not settle.
    """
    penalty, undeterred = Penalty(0.0, None), None
    for _ in range(_MOST_STEPS):
        found = deviations.best(prices, penalty.usd_per_unit, undeterred)
        if not found:
            return penalty
        ratios = {one.agent: deviations.gain_usd(one, prices) / one.units for one in found}
        undeterred = list(ratios)
        hardest = max(ratios, key=ratios.__getitem__)
        penalty = Penalty(ratios[hardest], hardest)
    names = ", ".join(deviations.market.agents[n].name for n in undeterred or ())
    raise AgentError(f"agents are not deterred by {penalty.usd_per_unit:g} $ per unit: {names}")
