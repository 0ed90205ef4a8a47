"""Stopping rules: named sentences that compose with | and &."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from .rounds import Round


class StoppingRule(ABC):
    """A condition on rounds; `a | b` stops when either does, `a & b` when both do.

    Rules remember nothing: a run that goes on from a checkpoint asks them about its last round and those to come.
    """

    @abstractmethod
    def reason(self, current: Round) -> str | None:
        """Why the run ends with this round, in a sentence, or None to go on."""

    def goal(self, current: Round) -> str | None:
        """Why a round is what the run is for, or None; a spent budget never is."""
        return None

    def is_reached(self, current: Round) -> bool:
        """Whether the run ends with this round since it is what the run is for."""
        return self.reason(current) is not None and self.goal(current) is not None

    def wants_certificate(self, current: Round) -> bool:
        """Whether a certificate of this round could end the run."""
        return self.reason(current) is not None

    def __or__(self, other: StoppingRule) -> StoppingRule:
        """Stop when at least one of two rules does."""
        return AnyOf((self, other))

    def __and__(self, other: StoppingRule) -> StoppingRule:
        """Stop when two rules do in the same round."""
        return AllOf((self, other))


@dataclass(frozen=True)
class Converged(StoppingRule):
    """A certificate finds every relative figure within a tolerance.

    These are the gap, the imbalances and the violations, and each agent's own regret and imbalance.
    """

    tolerance: float = 1e-6

    def __post_init__(self) -> None:
        """Refuse a tolerance that nothing can meet."""
        refuse_tolerance(self.tolerance)

    def reason(self, current: Round) -> str | None:
        """Only certified rounds can have converged."""
        certificate = current.certificate
        if certificate is None or not certificate.worst <= self.tolerance:
            return None
        return (
            f"relative gap {certificate.relative_gap:.2e}, largest relative imbalance "
            f"{certificate.max_relative_imbalance:.2e} and violation {certificate.max_relative_violation:.2e}, and "
            f"those of every agent in its own scale, are within {self.tolerance:g}"
        )

    def goal(self, current: Round) -> str | None:
        """A round that has converged."""
        return self.reason(current)

    def wants_certificate(self, current: Round) -> bool:
        """Imbalance is known without a certificate."""
        return current.max_relative_imbalance <= self.tolerance


@dataclass(frozen=True)
class Settled(StoppingRule):
    """Announcement and imbalance have come to rest.

    Where demand or cost is nearly flat, quantities still move when no dollar is left to gain; where
    they are steep, prices do.
    """

    tolerance: float = 1e-7

    def __post_init__(self) -> None:
        """Refuse a tolerance that nothing can meet."""
        refuse_tolerance(self.tolerance)

    def reason(self, current: Round) -> str | None:
        """Look at the dual and the primal residual."""
        if not max(current.dual_residual, current.max_relative_imbalance) <= self.tolerance:
            return None
        return f"both residuals are within {self.tolerance:g}"


@dataclass(frozen=True)
class MaxRounds(StoppingRule):
    """The budget of rounds is spent."""

    rounds: int = 5000

    def __post_init__(self) -> None:
        """Refuse a budget without a round."""
        if self.rounds < 1:
            raise ValueError(f"rounds is {self.rounds}; at least 1 is needed")

    def reason(self, current: Round) -> str | None:
        """Count rounds from 1."""
        return f"{self.rounds} rounds are spent" if current.number >= self.rounds else None


@dataclass(frozen=True)
class AnyOf(StoppingRule):
    """At least one rule fires; the first one gives the reason."""

    rules: tuple[StoppingRule, ...]

    def reason(self, current: Round) -> str | None:
        """Reason of the first rule that fires."""
        return next((reason for rule in self.rules if (reason := rule.reason(current)) is not None), None)

    def goal(self, current: Round) -> str | None:
        """A goal of any rule."""
        return _first_goal(self.rules, current)

    def is_reached(self, current: Round) -> bool:
        """Whether a rule that fires is reached; beside it a budget may be spent."""
        return any(rule.is_reached(current) for rule in self.rules)

    def wants_certificate(self, current: Round) -> bool:
        """One of the rules does."""
        return any(rule.wants_certificate(current) for rule in self.rules)


@dataclass(frozen=True)
class AllOf(StoppingRule):
    """All rules fire in the same round."""

    rules: tuple[StoppingRule, ...]

    def reason(self, current: Round) -> str | None:
        """All reasons joined."""
        reasons = [reason for rule in self.rules if (reason := rule.reason(current)) is not None]
        return "; ".join(reasons) if len(reasons) == len(self.rules) else None

    def goal(self, current: Round) -> str | None:
        """A goal of any rule: the others only say how long to go on."""
        return _first_goal(self.rules, current)

    def wants_certificate(self, current: Round) -> bool:
        """All of the rules do."""
        return all(rule.wants_certificate(current) for rule in self.rules)


def _first_goal(rules: tuple[StoppingRule, ...], current: Round) -> str | None:
    return next((goal for rule in rules if (goal := rule.goal(current)) is not None), None)


def refuse_tolerance(tolerance: float) -> None:
    """Raise ValueError unless a tolerance is a finite number above 0."""
    if not 0 < tolerance < float("inf"):
        raise ValueError(f"tolerance is {tolerance}; a finite number above 0 is needed")


def stop_at(tolerance: float, max_rounds: int) -> StoppingRule:
    """The usual rule: converged and settled to a tenth of the tolerance, or a spent budget."""
    return Converged(tolerance) & Settled(tolerance / 10) | MaxRounds(max_rounds)
