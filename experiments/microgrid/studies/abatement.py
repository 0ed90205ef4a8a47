"""What it costs to emit less: the benefit that a tighter budget takes, by what it avoids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ..microgrid_plan import JOINT
from .study_runs import StudyPoint

# Of emissions: what a budget avoids less than is not told from the solver's gap.
_LEAST_AVOIDED = 1e-3


@dataclass(frozen=True)
class Abatement:
    """A budget's cost to the joint plan of one seed, against the budget that binds nothing.

    The benefit counts the price of carbon where there is one, so costs come on top of that price.

    Parameters
    ----------
    share : float
        Budget by what is emitted without one.
    avoided_t, lost_usd : float
    average_usd_per_t, marginal_usd_per_t : float, or None
        For all that is avoided, and for what is avoided beyond the next looser budget; None where nothing is.
    """

    share: float
    avoided_t: float
    lost_usd: float
    average_usd_per_t: float | None
    marginal_usd_per_t: float | None

    def as_json(self) -> dict[str, float | None]:
        """By the names above."""
        return asdict(self)


def abatement(points: Sequence[StudyPoint]) -> list[Abatement]:
    """The curve of one seed, from the loosest budget to the tightest that has a schedule."""
    known = [
        (point.value, joint.benefit_usd, joint.emissions_t)
        for point in sorted(points, key=lambda point: -point.value)
        if (joint := point.plans[JOINT]).benefit_usd is not None and joint.emissions_t is not None
    ]
    curve = []
    for position, (share, usd, tonnes) in enumerate(known):
        _, first_usd, first_t = known[0]
        _, before_usd, before_t = known[max(position - 1, 0)]
        least = _LEAST_AVOIDED * first_t
        average = _cost(first_usd - usd, first_t - tonnes, least)
        marginal = _cost(before_usd - usd, before_t - tonnes, least)
        curve.append(Abatement(share, first_t - tonnes, first_usd - usd, average, marginal))
    return curve


def _cost(usd: float, tonnes: float, least_t: float) -> float | None:
    return usd / tonnes if tonnes > least_t else None
