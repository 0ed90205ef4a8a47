"""What was measured of rounds and of bare messages."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Load:
    """What one round asks for.

    Parameters
    ----------
    workers : int
        0 where this process answers itself.
    copies : int
        Of goods, of all agents together.
    largest_agents, largest_copies : int
        Of the shard with most copies; of the whole market where this process answers.
    sent_bytes : int
        To and from all workers together.
    """

    workers: int
    copies: int
    largest_agents: int
    largest_copies: int
    sent_bytes: int


@dataclass(frozen=True)
class RoundTime:
    """Rounds of one market by one number of workers.

    Parameters
    ----------
    family : str
        Of `FAMILIES`.
    contracts, agents : int
    machines : int
        That the workers are on, as Ray sees it.
    load : Load
    round_seconds, answer_seconds : tuple of float
        Each round, and of it what agents' answers took, messages included; the first round is none of these.
    set_up_seconds : float
        From agents to the end of the first round, without its median.
    peak_mib : tuple of float
        Most memory that each worker's process has held.
    worker_cpu_seconds : tuple of float
        Processor time of each worker a round; unlike the others, it does not depend on what else the machine does.
    """

    family: str
    contracts: int
    agents: int
    machines: int
    load: Load
    round_seconds: tuple[float, ...]
    answer_seconds: tuple[float, ...]
    set_up_seconds: float
    peak_mib: tuple[float, ...] = ()
    worker_cpu_seconds: tuple[float, ...] = ()

    @property
    def seconds(self) -> float:
        """Median round."""
        return median(self.round_seconds)

    @property
    def median_answer_seconds(self) -> float:
        """Of the answers alone."""
        return median(self.answer_seconds)

    @property
    def step_seconds(self) -> float:
        """Of the mechanism's step between answers, which one process takes: median of rounds less their own answers."""
        return median(whole - answer for whole, answer in zip(self.round_seconds, self.answer_seconds, strict=True))


@dataclass(frozen=True)
class MessageTime:
    """A call of all workers that compute nothing.

    Parameters
    ----------
    workers, machines : int
    sent_bytes : int
        To and from all workers together.
    seconds : float
        Median of some calls.
    """

    workers: int
    machines: int
    sent_bytes: int
    seconds: float
