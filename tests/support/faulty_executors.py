"""Executors that fail in the processes of workers, which import this file."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from walras.coordinator import Compiled, NearTargets, Prices


@dataclass(frozen=True)
class Failing:
    """Answers as `Compiled`, but some rounds in which it dies or hangs.

    Parameters
    ----------
    folder : Path
        Where it is counted how often it has failed.
    times : int
        So often it fails.
    from_question : int
        The first question that a process fails at.
    hangs : bool
        Whether it hangs, or else the process ends.
    agent_name : str
        It fails where this agent is answered.
    """

    folder: Path
    times: int
    from_question: int
    hangs: bool
    agent_name: str
    name = "failing"
    answers = frozenset({Prices, NearTargets})

    def compile(self, market):
        inner, asked = Compiled().compile(market), 0
        is_concerned = self.agent_name in {agent.name for agent in market.agents}

        def respond(announcement):
            nonlocal asked
            asked += 1
            failed = len(list(self.folder.iterdir()))
            if is_concerned and asked >= self.from_question and failed < self.times:
                (self.folder / str(failed)).touch()
                if self.hangs:
                    time.sleep(1000)
                os._exit(1)
            return inner(announcement)

        return respond
