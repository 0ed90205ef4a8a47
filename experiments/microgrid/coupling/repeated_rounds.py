"""Rounds that come again: where whole choices jump, prices and loads may go round in a circle for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .coupled_round import CoupledRound

# Of announced prices, [$/MWh]: with damping they near those of the circle, and never meet them.
_SAME_PRICE = 0.01


@dataclass(frozen=True)
class Cycle:
    """Rounds that repeat themselves.

    Parameters
    ----------
    rounds : int
        How many make up the circle.
    load_width_mw : dict of site to float
        Between the least and the most that a site draws in the same slot, in the slot where that is largest.
    total_load_width_mw, price_width_usd_per_mwh : float
        The same of all sites together, and of the prices that were caused.
    benefit_width_usd : float
        Between the sites' least and largest benefit at the prices that they cause.
    """

    rounds: int
    load_width_mw: dict[str, float]
    total_load_width_mw: float
    price_width_usd_per_mwh: float
    benefit_width_usd: float

    def as_json(self) -> dict[str, Any]:
        """By the names above."""
        return {
            "rounds": self.rounds,
            "load_width_mw": self.load_width_mw,
            "total_load_width_mw": self.total_load_width_mw,
            "price_width_usd_per_mwh": self.price_width_usd_per_mwh,
            "benefit_width_usd": self.benefit_width_usd,
        }


def repeated(rounds: Sequence[CoupledRound], tolerance_mw: float) -> Cycle | None:
    """The circle that the last two rounds close, None if they are like no two rounds before with others in between.

    What comes next depends on the last two rounds alone, so that rounds which were once like others twice running go
    on like them.

    Parameters
    ----------
    rounds : sequence of CoupledRound
    tolerance_mw : float
        Loads that differ by no more are the same.
    """

    def is_same(first: CoupledRound, second: CoupledRound) -> bool:
        is_told_the_same = first.announced.price_distance(second.announced) <= _SAME_PRICE
        return is_told_the_same and first.load_change_mw(second) <= tolerance_mw

    for length in range(2, len(rounds) - 1):
        if is_same(rounds[-1], rounds[-1 - length]) and is_same(rounds[-2], rounds[-2 - length]):
            return _cycle(rounds[-length:])
    return None


def _cycle(rounds: Sequence[CoupledRound]) -> Cycle:
    loads = np.array([each.net_mw for each in rounds])
    prices = np.array([each.caused.price_usd_per_mwh for each in rounds])
    widths = np.ptp(loads, axis=0).max(axis=1)
    return Cycle(
        len(rounds),
        dict(zip(rounds[0].schedule.sites, widths.tolist(), strict=True)),
        float(np.ptp(loads.sum(axis=1), axis=0).max()),
        float(np.ptp(prices, axis=0).max()),
        float(np.ptp([each.benefit_usd for each in rounds])),
    )
