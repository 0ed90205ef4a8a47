"""A row of the benchmark: one way to one tolerance on one problem, measured and certified."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..problems.problems import Problem
from .verdict import Verdict


class Kind(StrEnum):
    """What a row measures."""

    DECOMPOSITION = "decomposition"
    QP = "monolith, QP"
    COMPLEMENTARITY = "monolith, complementarity"
    PEER = "peer"


@dataclass(frozen=True)
class Row:
    """One measurement; whether it reached its tolerance is the verdict's word and not the method's.

    Parameters
    ----------
    problem : str
    goods, agents : int
    kind : Kind
    method : str
        A mechanism, a solver or a peer.
    tolerance : float
    verdict : Verdict
        On the result.
    outcome : str
        What ended it, in a sentence.
    executor : str
        Of a mechanism; empty otherwise.
    rounds : int or None
        Rounds, or iterations of a solver; None where it does not say.
    canonicalise_seconds : float
        From declarations to matrices, once for all rows of a problem; peers do without.
    compile_seconds : float
        The rest of the set-up, apart from `seconds`.
    iterate_seconds, certify_seconds : float
        Rounds or iterations, and certificates that the stopping rule asked for.
    cpu_seconds : float or None
        Processor time of the executor's set-up, rounds and certificates; None for peers in processes of their own.
    bytes_per_round, messages_per_round : float or None
        Between coordinator and agents; None for monoliths.
    peak_memory_mib : float or None
    buses : int
        Of the problem's grid.
    is_pooled : bool
        Whether consumers of the problem trade in a pool.
    """

    problem: str
    goods: int
    agents: int
    kind: Kind
    method: str
    tolerance: float
    verdict: Verdict
    outcome: str
    executor: str = ""
    rounds: int | None = None
    canonicalise_seconds: float = 0.0
    compile_seconds: float = 0.0
    iterate_seconds: float = 0.0
    certify_seconds: float = 0.0
    cpu_seconds: float | None = None
    bytes_per_round: float | None = None
    messages_per_round: float | None = None
    peak_memory_mib: float | None = None
    buses: int = 0
    is_pooled: bool = False

    @property
    def reached(self) -> bool:
        """Whether relative gap, largest relative imbalance and infeasibility are within the tolerance."""
        return self.verdict.reaches(self.tolerance)

    @property
    def seconds(self) -> float:
        """Rounds and certificates, without set-up."""
        return self.iterate_seconds + self.certify_seconds

    @property
    def from_matrices_seconds(self) -> float:
        """From the agents' canonical matrices to the result."""
        return self.compile_seconds + self.seconds

    @property
    def end_to_end_seconds(self) -> float:
        """With set-up."""
        return self.canonicalise_seconds + self.from_matrices_seconds

    @property
    def round_milliseconds(self) -> float | None:
        """Mean over the rounds, without certificates."""
        return 1000 * self.iterate_seconds / self.rounds if self.rounds else None


@dataclass(frozen=True)
class Subject:
    """What rows of one method on one problem have in common."""

    problem: Problem
    kind: Kind
    method: str
    executor: str = ""

    def row(self, tolerance: float, verdict: Verdict, outcome: str) -> Row:
        """A row in which nothing is measured yet."""
        market = self.problem.market
        return Row(
            problem=self.problem.name,
            goods=len(market.goods),
            agents=len(market.agents),
            kind=self.kind,
            method=self.method,
            tolerance=tolerance,
            verdict=verdict,
            outcome=outcome,
            executor=self.executor,
            buses=self.problem.buses,
            is_pooled=self.problem.is_pooled,
            canonicalise_seconds=0.0 if self.kind == Kind.PEER else self.problem.canonicalise_seconds,
        )
