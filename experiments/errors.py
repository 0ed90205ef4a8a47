"""What a user of the experiments can mend or must know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a scenario.

    Parameters
    ----------
    path : str
        Where, as a dotted path; empty for the whole file.
    message : str
        What is wrong, with the value and what is allowed.
    """

    path: str
    message: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.path}: {self.message}" if self.path else self.message


class ScenarioError(ValueError):
    """A scenario has faults; `faults` lists them all."""

    def __init__(self, source: str, faults: list[Fault]) -> None:
        self.source = source
        self.faults = faults
        super().__init__("\n".join(f"{source}: {fault}" for fault in faults))


class OwnPartError(ValueError):
    """Code named module:Class cannot be part of a market; the message says where and why."""


class InfeasibleError(ValueError):
    """No allocation satisfies all constraints; the message says which."""


class UnsolvedError(RuntimeError):
    """A solver gave up on a problem that has a solution; the message says which, and why that may be."""


class PeerError(ValueError):
    """A peer of the benchmark cannot be run; the message says why."""


class MeasurementError(RuntimeError):
    """A row of the benchmark could not be measured; the message says why."""


class RunFolderError(ValueError):
    """A run folder cannot be written or read back; the message names the file."""
