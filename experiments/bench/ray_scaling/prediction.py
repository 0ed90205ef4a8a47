"""What the cost model says: of what was measured, held out or not, and of more workers on paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .cost_model import CostModel, fitted_messages
from .measuring_workers import RayScaling
from .round_time import MessageTime, RoundTime

# How far beyond the largest market that was measured the model is asked.
_TIMES = 10


@dataclass(frozen=True)
class Checked:
    """A measurement beside the model.

    Parameters
    ----------
    point : RoundTime
    predicted_seconds : float
    is_held_out : bool
        Whether the model was fitted without it.
    """

    point: RoundTime
    predicted_seconds: float
    is_held_out: bool

    @property
    def error(self) -> float:
        """What the model says over what was measured, less 1."""
        return self.predicted_seconds / self.point.seconds - 1


@dataclass(frozen=True)
class OnPaper:
    """The largest market of a family by some workers, as the model has it.

    Parameters
    ----------
    family : str
    contracts, machines, workers : int
        More than one machine stands for messages between raylets.
    seconds : float
    times_one_worker, times_here : float
        How much faster than by one worker on the same machines, and than in this process.
    pays_from_contracts : float
        From how many contracts on these workers are faster than this process; infinite where they are not within ten
        times as many as were measured.
    """

    family: str
    contracts: int
    machines: int
    workers: int
    seconds: float
    times_one_worker: float
    times_here: float
    pays_from_contracts: float


@dataclass(frozen=True)
class Modelled:
    """The model of one family, with workers on one machine or on several.

    Parameters
    ----------
    family : str
    machines : int
    model : CostModel
    checked : tuple of Checked
    on_paper : tuple of OnPaper
    """

    family: str
    machines: int
    model: CostModel
    checked: tuple[Checked, ...]
    on_paper: tuple[OnPaper, ...]


def modelled(measured: RayScaling) -> list[Modelled]:
    """A model for every family and number of machines; nothing where too little was measured to fit one.

    Work is fitted on one machine, and only messages are other ones between several.
    """
    messages: dict[int, list[MessageTime]] = {}
    for told in measured.messages:
        messages.setdefault(told.machines, []).append(told)
    result = []
    for family in measured.on_paper:
        rounds = [point for point in measured.rounds if point.family == family]
        try:
            on_one = CostModel.fitted(rounds, messages.get(1, []))
        except ValueError:
            continue
        for machines, own in messages.items():
            model = replace(on_one, messages=fitted_messages(own))
            checked = [
                Checked(point, model.seconds(point.load), point.load.workers > 1)
                for point in rounds
                if point.machines == machines
            ]
            on_paper = _on_paper(measured, family, machines, model, rounds)
            result.append(Modelled(family, machines, model, tuple(checked), on_paper))
    return result


def _on_paper(
    measured: RayScaling, family: str, machines: int, model: CostModel, rounds: Sequence[RoundTime]
) -> tuple[OnPaper, ...]:
    loads = measured.on_paper[family]
    contracts = max(point.contracts for point in rounds)
    here, one = model.seconds(loads[0]), model.seconds(loads[1])
    return tuple(
        OnPaper(
            family=family,
            contracts=contracts,
            machines=machines,
            workers=workers,
            seconds=model.seconds(load),
            times_one_worker=one / model.seconds(load),
            times_here=here / model.seconds(load),
            pays_from_contracts=_within(_TIMES * contracts, model.pays_from(workers, contracts, loads[0], load)),
        )
        for workers, load in loads.items()
        if workers
    )


def _within(most: float, contracts: float) -> float:
    return math.ceil(contracts) if contracts <= most else float("inf")
