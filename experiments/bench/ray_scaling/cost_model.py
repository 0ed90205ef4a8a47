"""What a round costs, from a few measurements: messages, what workers compute, and what does not spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from ....agents.arrays import FloatArray
from .round_time import Load, MessageTime, RoundTime

ASSUMPTIONS = (
    "every worker has a core of its own, and workers do not slow each other by memory or cache",
    "agents are dealt as they are today; a round waits for the shard with most copies",
    "messages pass one after the other through the coordinator and cost what they cost on this machine; "
    "a network between machines comes on top",
    "the mechanism's step stays in one process",
    "an agent costs in every market of its family what it cost in those that were fitted",
    "from how many contracts on workers pay: agents, copies and bytes are to the contracts as in the largest market",
)


@dataclass(frozen=True)
class Linear:
    """A cost that is linear in some counts, none of which makes it less.

    Parameters
    ----------
    seconds_per_unit : tuple of float
        Of each count.
    """

    seconds_per_unit: tuple[float, ...]

    @staticmethod
    def fitted(counts: Sequence[tuple[float, ...]], seconds: Sequence[float], whole: Sequence[float]) -> Linear:
        """Least squares of relative errors, without negative costs.

        Parameters
        ----------
        counts : sequence of tuple of float
            One tuple a measurement.
        seconds : sequence of float
            The cost; what is left of a whole may be below 0 by chance.
        whole : sequence of float
            What errors are relative to [s], above 0: those of a small share of it count as little.
        """
        relative = np.array(counts, dtype=np.float64) / np.array(whole)[:, None]
        # In units of their own: counts differ by decades.
        sizes = np.maximum(np.abs(relative).max(axis=0), np.finfo(np.float64).tiny)
        found: FloatArray = nnls(relative / sizes, np.array(seconds) / np.array(whole))[0] / sizes
        return Linear(tuple(found.tolist()))

    def seconds(self, *counts: float) -> float:
        """The cost of these counts."""
        return sum(each * count for each, count in zip(self.seconds_per_unit, counts, strict=True))


@dataclass(frozen=True)
class CostModel:
    """Seconds of a round: step + messages + the work of the largest shard.

    Parameters
    ----------
    messages : Linear
        Of one round, its workers and its bytes.
    step : Linear
        Of one round and its copies.
    here, there : Linear
        Work of agents and copies, in this process and in one worker.
    """

    messages: Linear
    step: Linear
    here: Linear
    there: Linear

    @staticmethod
    def fitted(rounds: Sequence[RoundTime], messages: Sequence[MessageTime]) -> CostModel:
        """From rounds of one family by this process and by one worker alone, and bare messages to the same machine.

        Raises
        ------
        ValueError
            If one of these is missing.
        """
        alone = [point for point in rounds if point.load.workers == 0]
        one = [point for point in rounds if point.load.workers == 1]
        if not (alone and one and messages):
            raise ValueError("bare messages, rounds in this process and rounds of one worker are needed")
        sent = fitted_messages(messages)
        steps = [point.step_seconds for point in alone]
        beside_messages = [point.median_answer_seconds - sent.seconds(1, 1, point.load.sent_bytes) for point in one]
        return CostModel(
            messages=sent,
            step=Linear.fitted([(1.0, point.load.copies) for point in alone], steps, _rounds(alone)),
            here=_work(alone, [point.median_answer_seconds for point in alone]),
            there=_work(one, beside_messages),
        )

    def seconds(self, load: Load) -> float:
        """A round, as the model has it."""
        step = self.step.seconds(1, load.copies)
        if load.workers == 0:
            return step + self.here.seconds(load.largest_agents, load.largest_copies)
        return (
            step
            + self.messages.seconds(1, load.workers, load.sent_bytes)
            + self.there.seconds(load.largest_agents, load.largest_copies)
        )

    def pays_from(self, workers: int, contracts: int, here: Load, there: Load) -> float:
        """From how many contracts on some workers are faster than this process; infinite where they never are.

        The family grows as it is at one size: all but the calls themselves is in proportion to the contracts.

        Parameters
        ----------
        workers : int
        contracts : int
            Of that size.
        here, there : Load
            Of that size, answered here and by these workers.
        """
        calls = self.messages.seconds(1, workers, 0)
        gained = (self.seconds(here) - (self.seconds(there) - calls)) / contracts
        return calls / gained if gained > 0 else float("inf")


def fitted_messages(messages: Sequence[MessageTime]) -> Linear:
    """Seconds of one round, its workers and its bytes."""
    counts = [(1.0, told.workers, told.sent_bytes) for told in messages]
    seconds = [told.seconds for told in messages]
    return Linear.fitted(counts, seconds, seconds)


def _work(points: Sequence[RoundTime], seconds: Sequence[float]) -> Linear:
    counts = [(point.load.largest_agents, point.load.largest_copies) for point in points]
    return Linear.fitted(counts, seconds, _rounds(points))


def _rounds(points: Sequence[RoundTime]) -> list[float]:
    return [point.seconds for point in points]
