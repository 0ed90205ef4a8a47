"""Stopping rules: named sentences that compose with | and &."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from .rounds import Round


@dataclass(frozen=True)
class Stop:
    """Why a run ends, in a sentence, and whether that is success."""

    reason: str
    converged: bool


class StoppingRule(ABC):
    """A condition on rounds; `a | b` stops when either does, `a & b` when both do."""

    @abstractmethod
    def check(self, current: Round) -> Stop | None:
        """Why the run ends with this round, or None to go on."""

    def __or__(self, other: StoppingRule) -> StoppingRule:
        """Stop when at least one of two rules does."""
        return AnyOf((self, other))

    def __and__(self, other: StoppingRule) -> StoppingRule:
        """Stop when two rules do in the same round."""
        return AllOf((self, other))


@dataclass(frozen=True)
class Converged(StoppingRule):
    """Relative gap and largest relative imbalance are certified to be within a tolerance."""

    tolerance: float = 1e-6

    def __post_init__(self) -> None:
        """Refuse a tolerance that nothing can meet."""
        if not 0 < self.tolerance < float("inf"):
            raise ValueError(f"tolerance is {self.tolerance}; a finite number above 0 is needed")

    def check(self, current: Round) -> Stop | None:
        """Only certified rounds can have converged."""
        certificate = current.certificate
        if certificate is None or not certificate.worst <= self.tolerance:
            return None
        return Stop(
            f"relative gap {certificate.relative_gap:.2e} and largest relative imbalance "
            f"{certificate.max_relative_imbalance:.2e} are within {self.tolerance:g}",
            converged=True,
        )


@dataclass(frozen=True)
class MaxRounds(StoppingRule):
    """The budget of rounds is spent."""

    rounds: int = 5000

    def __post_init__(self) -> None:
        """Refuse a budget without a round."""
        if self.rounds < 1:
            raise ValueError(f"rounds is {self.rounds}; at least 1 is needed")

    def check(self, current: Round) -> Stop | None:
        """Count rounds from 1."""
        return Stop(f"{self.rounds} rounds are spent", converged=False) if current.number >= self.rounds else None


@dataclass(frozen=True)
class AnyOf(StoppingRule):
    """At least one rule fires; success goes first."""

    rules: tuple[StoppingRule, ...]

    def check(self, current: Round) -> Stop | None:
        """The rule that fires gives the reason."""
        stops = [stop for rule in self.rules if (stop := rule.check(current))]
        return max(stops, key=lambda stop: stop.converged, default=None)


@dataclass(frozen=True)
class AllOf(StoppingRule):
    """All rules fire in the same round."""

    rules: tuple[StoppingRule, ...]

    def check(self, current: Round) -> Stop | None:
        """All reasons joined; success if one of them is."""
        stops = [stop for rule in self.rules if (stop := rule.check(current))]
        if len(stops) < len(self.rules):
            return None
        return Stop("; ".join(stop.reason for stop in stops), any(stop.converged for stop in stops))
