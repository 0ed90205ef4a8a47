"""Claims of the paper and what our runs say about them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
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
        What was assumed, for readers.
    verdict : Verdict
    words : str
        Sentences with the numbers that decide.
    """

    setting: str
    verdict: Verdict
    words: str


@dataclass(frozen=True, eq=False)
class Claim:
    """A claim, what was found in the paper's own setting, what in others, and the numbers behind both.

    Parameters
    ----------
    number : int
    statement : str
        What the paper says, in our words.
    test : str
        How it is decided, with the thresholds.
    findings : tuple of Finding
        In the paper's own setting. These decide.
    sensitivity : tuple of Finding
        In other settings. They say how far the verdict reaches and never change it.
    cause : str
        Why it fails where it fails, or what to keep in mind where it holds.
    evidence : DataFrame
        The numbers.
    """

    number: int
    statement: str
    test: str
    findings: tuple[Finding, ...]
    sensitivity: tuple[Finding, ...]
    cause: str
    evidence: pd.DataFrame

    @property
    def verdict(self) -> Verdict:
        """That of the findings in the paper's own setting together: in part if they disagree."""
        return together([finding.verdict for finding in self.findings])

    def document(self) -> dict[str, Any]:
        """As nested dictionaries for JSON."""
        return {
            "number": self.number,
            "statement": self.statement,
            "test": self.test,
            "verdict": str(self.verdict),
            "findings": [_record(finding) for finding in self.findings],
            "sensitivity": [_record(finding) for finding in self.sensitivity],
            "cause": self.cause,
        }


def divided(
    found: Sequence[tuple[Hashable, Finding]], own: Hashable
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Findings of the paper's own setting, and those of others.

    Parameters
    ----------
    found : sequence of (key, Finding)
        A key names the setting, and what else distinguishes it.
    own : hashable
        The key of the paper's own setting.
    """
    return (
        tuple(finding for setting, finding in found if setting == own),
        tuple(finding for setting, finding in found if setting != own),
    )


def by_verdict(findings: Sequence[Finding]) -> str:
    """Settings in words, those of one verdict together."""
    verdicts = dict.fromkeys(finding.verdict for finding in findings)
    return ", ".join(
        f"{verdict} ({'; '.join(finding.setting for finding in findings if finding.verdict == verdict)})"
        for verdict in verdicts
    )


def _record(finding: Finding) -> dict[str, str]:
    return {"setting": finding.setting, "verdict": str(finding.verdict), "words": finding.words}


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict for several: theirs if they agree, else in part."""
    return verdicts[0] if len(set(verdicts)) == 1 else Verdict.IN_PART


def graded(*, holds: bool, in_part: bool) -> Verdict:
    """The best verdict that is earned."""
    if holds:
        return Verdict.HOLDS
    return Verdict.IN_PART if in_part else Verdict.FAILS
