"""What is said in a round: the coordinator's announcement and the agents' responses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .market import FloatArray


@dataclass(frozen=True, eq=False)
class Announcement:
    """What every agent is told: maximise ``prices @ trades - cost - rho @ (trades - targets)**2 / 2``.

    Parameters
    ----------
    prices : array of shape (goods,)
        In $ per unit of each good.
    rho : array of shape (goods,)
        Weight of the distance from the targets [$ per unit squared]; zeros ask for a pure best response.
    targets : array of shape (copies,)
        In the goods' units, stacked as in `Market`.

    Raises
    ------
    FloatingPointError
        If a number is not finite: the mechanism diverged.
    """

    prices: FloatArray
    rho: FloatArray
    targets: FloatArray

    def __post_init__(self) -> None:
        """Refuse what nobody can answer."""
        for name, values in (("prices", self.prices), ("rho", self.rho), ("targets", self.targets)):
            if not np.isfinite(values).all():
                raise FloatingPointError(f"the announced {name} are not finite")

    @property
    def is_pure(self) -> bool:
        """Whether the prices alone are announced."""
        return not self.rho.any()

    @property
    def numbers_per_copy(self) -> int:
        """How many numbers an agent is sent for each of its goods: a price, and a target where it counts."""
        return 1 if self.is_pure else 2


@dataclass(frozen=True, eq=False)
class Responses:
    """What all agents answer.

    Parameters
    ----------
    trades : array of shape (copies,)
        Stacked as in `Market`.
    costs : array of shape (agents,)
        Each agent's own cost of its trades [$], without prices and distances.
    """

    trades: FloatArray
    costs: FloatArray
