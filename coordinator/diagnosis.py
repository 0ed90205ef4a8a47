"""Why a run did not converge, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ..agents.arrays import FloatArray
from ..agents.goods import Good
from .run import Run

# Shares of the last rounds in which the imbalance must turn, or of the price path that must lead
# one way, to be called oscillation or drift.
_OSCILLATION = 0.1
_DRIFT = 0.5
# Gaps so many times larger than any imbalance are no matter of goods.
_ALL_BUT_CLEARS = 100


class Pattern(StrEnum):
    """How a good behaves in the last rounds; a single one shows only that it does not clear."""

    OSCILLATES = "oscillates"
    DRIFTS = "drifts"
    STALLS = "stalls"
    NOT_CLEARED = "does not clear"


@dataclass(frozen=True)
class Symptom:
    """A good that does not clear.

    Parameters
    ----------
    good : Good
    pattern : Pattern
    imbalances : tuple of two floats
        Smallest and largest in the last rounds, in the good's unit.
    prices : tuple of two floats
        Likewise, in $ per unit.
    share : float
        Of the squared imbalance, weighed by the goods' volume scales.
    """

    good: Good
    pattern: Pattern
    imbalances: tuple[float, float]
    prices: tuple[float, float]
    share: float

    def __str__(self) -> str:
        """One line."""
        unit = self.good.unit
        low, high = self.imbalances
        cheap, dear = self.prices
        return (
            f"{self.good} {self.pattern}: imbalance between {low:.4g} and {high:.4g} {unit}, "
            f"price between {cheap:.4g} and {dear:.4g} $/{unit} ({self.share:.0%} of all imbalance)"
        )


@dataclass(frozen=True)
class Diagnosis:
    """The goods that clear worst and the agents that regret most.

    Parameters
    ----------
    rounds : int
        How many rounds at the end were looked at.
    symptoms : tuple of Symptom
        Worst first.
    regrets_usd : tuple of (agent name, regret in $)
        At the best round, largest first.
    failure : str, optional
        Why nobody knows what the agents regret.
    all_but_clears : bool
        Whether what agents regret is so large beside all imbalances that these are not what is missing.
    """

    rounds: int
    symptoms: tuple[Symptom, ...]
    regrets_usd: tuple[tuple[str, float], ...]
    failure: str | None = None
    all_but_clears: bool = False

    @property
    def summary(self) -> str:
        """One sentence."""
        if self.failure is not None:
            return f"nothing is certified: {self.failure}"
        if not self.symptoms:
            return "every good clears"
        if self.all_but_clears and self.regrets_usd:
            name, regret = self.regrets_usd[0]
            return f"the market all but clears, and at its prices {name} could still gain {regret:.2g} $"
        counts = {pattern: [s for s in self.symptoms if s.pattern == pattern] for pattern in Pattern}
        pattern, members = max(counts.items(), key=lambda item: sum(symptom.share for symptom in item[1]))
        when = "in its last round" if self.rounds == 1 else f"over its last {self.rounds} rounds"
        return f"the market {pattern} {when}, foremost on {members[0].good}"


def diagnose(run: Run, *, top: int = 5) -> Diagnosis:
    """Look at the last rounds of a run, good by good.

    Parameters
    ----------
    run : Run
    top : int
        How many goods and agents to name.
    """
    market = run.market
    imbalances = np.array([round_.imbalances for round_ in run.tail])
    prices = np.array([round_.prices for round_ in run.tail])
    weights = ((imbalances / market.volume_scale) ** 2).mean(axis=0)
    total = float(weights.sum())
    worst = [int(i) for i in np.argsort(-weights, kind="stable")[:top] if weights[i] > 0]
    symptoms = tuple(
        Symptom(
            good=market.goods[i],
            pattern=_pattern(imbalances[:, i], prices[:, i]),
            imbalances=(float(imbalances[:, i].min()), float(imbalances[:, i].max())),
            prices=(float(prices[:, i].min()), float(prices[:, i].max())),
            share=float(weights[i]) / total,
        )
        for i in worst
    )
    certificate = run.certificate
    regrets = certificate.regrets_usd
    missing = max(abs(certificate.relative_gap), certificate.max_relative_regret_of_agent)
    uncleared = max(certificate.max_relative_imbalance, certificate.max_relative_imbalance_of_agent)
    ranked = [int(i) for i in np.argsort(-regrets, kind="stable")[:top] if 0 < regrets[i] < np.inf]
    return Diagnosis(
        rounds=len(run.tail),
        symptoms=symptoms,
        regrets_usd=tuple((market.agents[i].name, float(regrets[i])) for i in ranked),
        failure=certificate.failure,
        all_but_clears=bool(missing > _ALL_BUT_CLEARS * uncleared),
    )


def _pattern(imbalance: FloatArray, price: FloatArray) -> Pattern:
    if len(imbalance) == 1:
        return Pattern.NOT_CLEARED
    turns = np.count_nonzero(imbalance[1:] * imbalance[:-1] < 0)
    if turns > _OSCILLATION * (len(imbalance) - 1):
        return Pattern.OSCILLATES
    path = float(np.abs(np.diff(price)).sum())
    if abs(float(price[-1] - price[0])) > _DRIFT * path:
        return Pattern.DRIFTS
    return Pattern.STALLS
