"""Anderson acceleration: extrapolate a fixed-point map from what its last rounds changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, Protocol

import numpy as np

from ...agents.arrays import FloatArray
from ..announcement import Announcement, Responses
from ..market import Market
from ..mechanism import Mechanism, Opening, S, refuse_outside
from .anderson_memory import Memory

# The n-th accepted extrapolation may have a residual of this multiple of the first one over n ** power:
# then all of them together are finite, which convergence needs (Fu, Zhang and Boyd 2020).
_LARGEST_RESIDUAL = 1e3
_POWER = 1.1


class FixedPoint(Mechanism[S], Protocol[S]):
    """A mechanism whose step maps a coupling vector to the next, never moving two of them apart.

    The vector comes in units in which that holds for the 2-norm.
    """

    def coupling(self, state: S) -> FloatArray:
        """All that the announcement says, as one vector."""
        ...

    def at_coupling(self, state: S, coupling: FloatArray) -> S:
        """The state with another announcement."""
        ...

    def is_same_map(self, before: S, after: S) -> bool:
        """Whether steps from two states are one map, so that they may be compared."""
        ...


@dataclass(frozen=True, eq=False)
class Point:
    """Where a plain step led, and how far that was.

    Parameters
    ----------
    image, residual : array of shape (coupling,)
    norm : float
        2-norm of the residual.
    """

    image: FloatArray
    residual: FloatArray
    norm: float


@dataclass(frozen=True, eq=False)
class AndersonState(Generic[S]):
    """The state to announce, the one that the last plain step led to, and what is remembered.

    Parameters
    ----------
    inner, plain : states of the mechanism
        They differ by the extrapolation.
    last : Point or None
        The last point that was accepted; None at the start and after a restart.
    memory : Memory
    first_norm : float
        Norm of the first residual of this map; infinite before it.
    accepted, rejected : int
        Counts of extrapolations.
    """

    inner: S
    plain: S
    last: Point | None
    memory: Memory
    first_norm: float
    accepted: int
    rejected: int

    @property
    def market(self) -> Market:
        """Market of the mechanism."""
        return self.inner.market

    @property
    def announcement(self) -> Announcement:
        """What the extrapolated state says."""
        return self.inner.announcement

    @property
    def prices(self) -> FloatArray:
        """Prices after the last plain step, shape (goods,)."""
        return self.plain.prices

    @property
    def allocation(self) -> Responses:
        """Responses to the last announcement."""
        return self.plain.allocation

    @property
    def dual_residual(self) -> float:
        """How far the last plain step moved the announcement; extrapolations do not count."""
        return self.plain.dual_residual


@dataclass(frozen=True)
class Anderson(Generic[S]):
    """Safeguarded type-II Anderson acceleration of any mechanism that is a fixed-point map.

    Anderson, "Iterative procedures for nonlinear integral equations", J. ACM 12(4), 1965, in the form of
    Walker and Ni, SIAM J. Numer. Anal. 49(4), 2011, regularised and safeguarded as in Fu, Zhang and
    Boyd, "Anderson accelerated Douglas-Rachford splitting", SIAM J. Sci. Comput. 42(6), 2020. Announced
    next is the combination of the last images whose combined residual is least.

    A round is one plain step. If it turns out too long, the extrapolation that it started from is
    rejected: the next round goes on from the last accepted image, with nothing remembered.

    What an agent reveals: the response that the mechanism asks for, at announcements that the
    coordinator chose by remembering what all agents answered before.

    Parameters
    ----------
    mechanism : FixedPoint
    memory : int
        Most differences between rounds that are remembered; 0 leaves the mechanism as it is.
    regularisation : float
        Added to the diagonal of the Gram matrix of normalised differences; its inverse root bounds how
        many times as far as the plain step any one of them can reach.
    growth : float
        An extrapolation is rejected if the residual is more than this many times the last one.
    """

    mechanism: FixedPoint[S]
    memory: int = 100
    regularisation: float = 1e-6
    growth: float = 2.0

    def __post_init__(self) -> None:
        """Refuse settings under which nothing can be solved or accepted."""
        refuse_outside("memory", self.memory, -1, float("inf"))
        refuse_outside("regularisation", self.regularisation, 0, float("inf"))
        refuse_outside("growth", self.growth, 1, float("inf"))

    @property
    def name(self) -> str:
        """Name of the mechanism, marked."""
        return f"accelerated {self.mechanism.name}"

    @property
    def announces(self) -> type[Announcement]:
        """What the mechanism announces."""
        return self.mechanism.announces

    def start(self, market: Market, opening: Opening) -> AndersonState[S]:
        """Nothing to extrapolate from yet."""
        inner = self.mechanism.start(market, opening)
        return AndersonState(inner, inner, None, Memory(), float("inf"), 0, 0)

    def step(self, state: AndersonState[S], responses: Responses) -> AndersonState[S]:
        """Judge the last extrapolation by the plain step from it, and extrapolate anew."""
        plain = self.mechanism.step(state.inner, responses)
        if not self.mechanism.is_same_map(state.inner, plain):
            return replace(state, inner=plain, plain=plain, last=None, memory=Memory(), first_norm=float("inf"))
        image = self.mechanism.coupling(plain)
        residual = image - self.mechanism.coupling(state.inner)
        point = Point(image, residual, float(np.linalg.norm(residual)))
        memory = state.memory
        if state.last is not None:
            if len(memory) and point.norm > self._longest(state, state.last):
                return replace(
                    state,
                    inner=self.mechanism.at_coupling(plain, state.last.image),
                    plain=plain,
                    last=None,
                    memory=Memory(),
                    rejected=state.rejected + 1,
                )
            memory = memory.with_difference(image - state.last.image, residual - state.last.residual, self.memory)
        inner = plain
        if len(memory):
            inner = self.mechanism.at_coupling(plain, image - memory.correction(residual, self.regularisation))
        return replace(
            state,
            inner=inner,
            plain=plain,
            last=point,
            memory=memory,
            first_norm=min(state.first_norm, point.norm) if state.last is None else state.first_norm,
            accepted=state.accepted + (len(state.memory) > 0),
        )

    def _longest(self, state: AndersonState[S], last: Point) -> float:
        """Norm of the longest residual with which an extrapolation is accepted."""
        summable: float = _LARGEST_RESIDUAL * state.first_norm / (state.accepted + 1) ** _POWER
        return min(self.growth * last.norm, summable)
