"""How the weights of distances from targets change from round to round."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from ...agents.arrays import FloatArray
from ..mechanism import refuse_outside


@dataclass(frozen=True)
class Progress:
    """What weights may depend on.

    Parameters
    ----------
    round_number : int
        Rounds made; 0 before the first.
    primal, dual : float
        Relative residuals of the last round; infinite before the first.
    volume, worth : float
        2-norms of ``sqrt(rho) * trades`` and ``prices / sqrt(rho)`` over all copies, in the root of $.
    """

    round_number: int
    primal: float
    dual: float
    volume: float
    worth: float


class RhoRule(Protocol):
    """Whether and how all weights change together."""

    def adapt(self, rho: FloatArray, progress: Progress) -> FloatArray:
        """Weights of shape (copies,) for the next round."""
        ...


@dataclass(frozen=True)
class KeepRho:
    """The weights stay as they are."""

    def adapt(self, rho: FloatArray, progress: Progress) -> FloatArray:
        """Change nothing."""
        return rho


@dataclass(frozen=True)
class PrimalWeight:
    """All weights follow what prices and trades turn out to be, in size and in what they still lack.

    The bound on the rounds that are left is least where ``|sqrt(rho) trades| = |prices / sqrt(rho)|``: the
    primal weight of Applegate et al., "Practical large-scale linear programming using primal-dual hybrid
    gradient", NeurIPS 2021, with sizes for their changes. Residuals that lag behind each other tell the same later
    and more locally (Boyd et al. 2011, section 3.4.1; relative ones as in Wohlberg 2017). Either alone errs on
    some grids, so the change is the geometric mean of both ratios. New weights cost a factorisation, and an
    accelerated mechanism what it remembers; so they come when the count of rounds has doubled, only if they
    differ much, and at last no more, so that ADMM converges. An opening with prices and trades, which has no
    residuals yet, counts as a round.

    Parameters
    ----------
    first, until : int
        Rounds after which the weights may change for the first and for the last time.
    ratio : float
        Change of the weights that is not worth its cost.
    factor : float
        Largest change at once.
    """

    first: int = 20
    until: int = 320
    ratio: float = 2.0
    factor: float = 10.0

    def __post_init__(self) -> None:
        """Refuse rules that never act or act backwards."""
        refuse_outside("first", self.first, 0, float("inf"))
        refuse_outside("ratio", self.ratio, 1, float("inf"))
        refuse_outside("factor", self.factor, 1, float("inf"))

    def adapt(self, rho: FloatArray, progress: Progress) -> FloatArray:
        """Multiply all weights by the geometric mean of worth over volume and primal over dual residual."""
        doublings, rest = divmod(progress.round_number, self.first)
        is_power_of_two = doublings & (doublings - 1) == 0
        if rest or not is_power_of_two or progress.round_number > self.until:
            return rho
        if not (progress.worth > 0 and progress.volume > 0):
            return rho
        sizes = progress.worth / progress.volume
        known = 0 < progress.primal < float("inf") and 0 < progress.dual < float("inf")
        residuals = progress.primal / progress.dual if known else sizes
        change = min(max(math.sqrt(sizes * residuals), 1 / self.factor), self.factor)
        return rho if 1 / self.ratio <= change <= self.ratio else rho * change


@dataclass(frozen=True)
class BalanceResiduals:
    """All weights rise while trades lag behind prices and fall while prices lag behind trades.

    Boyd et al. (2011), section 3.4.1, with relative residuals (Wohlberg 2017). It acts every few
    rounds, since new weights cost a factorisation, and at last stops, so that ADMM converges.

    Parameters
    ----------
    every, until : int
        Rounds between two changes, and the last round that may change anything.
    ratio : float
        Imbalance of the residuals that is left alone.
    factor : float
        Size of a change.
    """

    every: int = 25
    until: int = 500
    ratio: float = 5.0
    factor: float = 1.5

    def __post_init__(self) -> None:
        """Refuse rules that never act or act backwards."""
        refuse_outside("every", self.every, 0, float("inf"))
        refuse_outside("ratio", self.ratio, 1, float("inf"))
        refuse_outside("factor", self.factor, 1, float("inf"))

    def adapt(self, rho: FloatArray, progress: Progress) -> FloatArray:
        """Multiply or divide all weights by the factor."""
        if progress.round_number % self.every or progress.round_number > self.until:
            return rho
        if progress.primal > self.ratio * progress.dual:
            return rho * self.factor
        if progress.dual > self.ratio * progress.primal:
            return rho / self.factor
        return rho
