"""Claims of the paper and what our runs say about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd


class Verdict(StrEnum):
    """What becomes of a claim."""

    HOLDS = "holds"
    IN_PART = "holds in part"
    FAILS = "fails"


@dataclass(frozen=True)
class Finding:
    """A claim under one set of assumptions.

    Parameters
    ----------
    setting : str
        The emission table, and what else was assumed.
    verdict : Verdict
    words : str
        Sentences with the numbers that decide.
    """

    setting: str
    verdict: Verdict
    words: str


@dataclass(frozen=True, eq=False)
class Claim:
    """A claim, its findings and the numbers behind them.

    Parameters
    ----------
    number : int
    statement : str
        What the paper says, in our words.
    test : str
        How it is decided, with the thresholds.
    findings : tuple of Finding
    cause : str
        Why it fails where it fails, or what to keep in mind where it holds.
    evidence : DataFrame
        The numbers.
    """

    number: int
    statement: str
    test: str
    findings: tuple[Finding, ...]
    cause: str
    evidence: pd.DataFrame

    @property
    def verdict(self) -> Verdict:
        """That of all findings together: in part if they disagree."""
        return together([finding.verdict for finding in self.findings])

    def document(self) -> dict[str, Any]:
        """As nested dictionaries for JSON."""
        return {
            "number": self.number,
            "statement": self.statement,
            "test": self.test,
            "verdict": str(self.verdict),
            "findings": [
                {"setting": finding.setting, "verdict": str(finding.verdict), "words": finding.words}
                for finding in self.findings
            ],
            "cause": self.cause,
        }


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict for several: theirs if they agree, else in part."""
    return verdicts[0] if len(set(verdicts)) == 1 else Verdict.IN_PART


def graded(*, holds: bool, in_part: bool) -> Verdict:
    """The best verdict that is earned."""
    if holds:
        return Verdict.HOLDS
    return Verdict.IN_PART if in_part else Verdict.FAILS
