"""The workers: one process a shard, replaced where one is lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from ...executor import Executor, NotAnsweringError, UnavailableError
from ...market import Market
from .recipe import Recipe
from .session import imported_ray, last_line
from .worker_environment import worker_environment

# How long processes may take to come up, and how often one may be lost over one question.
_BEGIN_SECONDS = 60.0
_MOST_LOSSES = 3
_MOST_NAMES = 3


class Crew:
    """Persistent actors that hold one shard each, and are asked all at once.

    Ray itself repeats nothing: an answer depends on what is announced alone, so who is lost is replaced and asked
    again, and the answers are the same bit for bit.

    Parameters
    ----------
    worker : type
        Of the actors, made from `inner` and a home.
    inner : Executor
        What answers within a shard.
    homes : sequence of Market or Recipe
        One a shard.
    patience_seconds : float
        How long an answer may take before its worker counts as lost.

    Raises
    ------
    UnavailableError
        If the workers do not come up.
    """

    def __init__(
        self, worker: type, inner: Executor, homes: Sequence[Market | Recipe], patience_seconds: float
    ) -> None:
        self._ray, self._inner, self._homes, self._patience_seconds = imported_ray(), inner, homes, patience_seconds
        actor = self._ray.remote(worker)
        self._new = actor.options(
            num_cpus=1,
            max_restarts=0,
            max_task_retries=0,
            scheduling_strategy="SPREAD",
            runtime_env=worker_environment(),
        )
        self.actors: list[Any] = []
        self._prepared: dict[str, Sequence[tuple[Any, ...]]] = {}
        try:
            for home in homes:
                self.actors.append(self._new.remote(inner, home))
            self._ray.get([actor.begin.remote() for actor in self.actors], timeout=_BEGIN_SECONDS)
        except self._ray.exceptions.RayError as error:
            self.close()
            raise UnavailableError(self._why_not_begun(error)) from error
        except BaseException:
            self.close()
            raise

    def ask(self, method: str, questions: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call a method of all workers, each with its own arguments, until each has answered.

        Parameters
        ----------
        method : str
            Of the workers.
        questions : sequence of tuple
            Arguments, one tuple a shard.

        Raises
        ------
        AgentError, FloatingPointError, MemoryError
            What the first shard with such an answer says.
        NotAnsweringError
            If the worker of a shard is lost several times.
        """
        answers: list[Any] = [None] * len(questions)
        losses: Counter[int] = Counter()
        asked: Sequence[int] = range(len(questions))
        while asked:
            lost = self._asked_once(method, questions, asked, answers)
            for shard, error in lost.items():
                losses[shard] += 1
                if losses[shard] == _MOST_LOSSES:
                    raise NotAnsweringError(self._why_not_answered(shard, error)) from error
                self._replace(shard)
            asked = list(lost)
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers

    def prepare(self, method: str, questions: Sequence[tuple[Any, ...]]) -> None:
        """Call a method of all workers, and of whoever takes the place of a lost one before it is asked anything.

        Nobody waits for it, and the last such call of a method counts.

        Parameters
        ----------
        method : str
            Of the workers, one by which they remember something.
        questions : sequence of tuple
            Arguments, one tuple a shard.
        """
        self._prepared[method] = questions
        for shard in range(len(questions)):
            self._tell(shard, method)

    def close(self) -> None:
        """Let all workers go."""
        for actor in self.actors:
            self._let_go(actor)
        self.actors = []

    def _asked_once(
        self, method: str, questions: Sequence[tuple[Any, ...]], asked: Iterable[int], answers: list[Any]
    ) -> dict[int, Exception]:
        """Ask some workers, fill in what they answer, and say who was lost, and how."""
        faults = self._ray.exceptions
        sent, lost = {}, {}
        for shard in asked:
            try:
                sent[shard] = getattr(self.actors[shard], method).remote(*questions[shard])
            except faults.RayError as error:
                lost[shard] = error
        deadline = time.monotonic() + self._patience_seconds
        for shard, reference in sent.items():
            try:
                answers[shard] = self._ray.get(reference, timeout=max(deadline - time.monotonic(), 0.0))
            except faults.RayTaskError as error:
                if not isinstance(error.cause, faults.RayError):
                    raise error.cause from error
                lost[shard] = error
            except faults.RayError as error:
                lost[shard] = error
        return lost

    def _replace(self, shard: int) -> None:
        self._let_go(self.actors[shard])
        self.actors[shard] = self._new.remote(self._inner, self._homes[shard])
        # Patience is for answers: a process may take longer to come up. One that does not is lost when it is asked.
        with suppress(self._ray.exceptions.RayError):
            self._ray.get(self.actors[shard].begin.remote(), timeout=_BEGIN_SECONDS)
        for method in self._prepared:
            self._tell(shard, method)

    def _tell(self, shard: int, method: str) -> None:
        # Who is lost already is replaced when it is asked something.
        with suppress(self._ray.exceptions.RayError):
            getattr(self.actors[shard], method).remote(*self._prepared[method][shard])

    def _let_go(self, actor: Any) -> None:
        # It may be gone already, and Ray as well.
        with suppress(self._ray.exceptions.RayError, ValueError):
            self._ray.kill(actor, no_restart=True)

    def _why_not_begun(self, error: Exception) -> str:
        workers = len(self._homes)
        if isinstance(error, self._ray.exceptions.GetTimeoutError):
            cores = self._ray.cluster_resources().get("CPU", 0)
            return (
                f"Ray did not start {workers} workers within {_BEGIN_SECONDS:.0f} s: it has {cores:g} cores in all, "
                "and each worker needs a free one"
            )
        faults = self._ray.exceptions
        has_no_room = isinstance(error, faults.ObjectStoreFullError | faults.OutOfDiskError)
        asked = ":" if has_no_room else "; is walras installed where they run?"
        return f"Ray cannot start {workers} workers{asked} {last_line(error)}"

    def _why_not_answered(self, shard: int, error: Exception) -> str:
        how = (
            f"no answer within {self._patience_seconds:g} s"
            if isinstance(error, self._ray.exceptions.GetTimeoutError)
            else last_line(error)
        )
        return (
            f"the worker of shard {shard + 1} of {len(self._homes)} (agents {_whose(self._homes[shard])}) "
            f"was lost {_MOST_LOSSES} times over one question: {how}"
        )


def _whose(home: Market | Recipe) -> str:
    if isinstance(home, Recipe):
        return f"of {home}"
    names = [agent.name for agent in home.agents]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{', '.join(names[:_MOST_NAMES])}{more}"
