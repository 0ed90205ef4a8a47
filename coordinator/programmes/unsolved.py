"""What a programme ends with if no solver solves it."""

from __future__ import annotations


class UnsolvedProgrammeError(RuntimeError):
    """No solver found a solution; the message says how each of them ended."""


class InfeasibleProgrammeError(UnsolvedProgrammeError):
    """No solver found a solution, and one says that there is none."""


class OutOfTimeError(UnsolvedProgrammeError):
    """The time that was given for a programme is over."""
