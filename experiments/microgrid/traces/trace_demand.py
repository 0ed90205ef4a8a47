"""Inference demand, slot by slot, of a published trace of requests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....agents.arrays import FloatArray
from .trace_columns import trace_refusal
from .trace_files import requests_of

_JOULES_PER_MWH = 3.6e9
_SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class TokenEnergy:
    """IT energy of a token: an assumption, since no trace tells it.

    A server of eight H100 GPUs draws about 10 kW, and writes some 2500 tokens a second of a model of 70 billion
    parameters in large batches: 4 J each. It reads a prompt about seven times as fast. Smaller models take less, small
    batches more.

    Parameters
    ----------
    context_joules, generated_joules : float
        Of each token read, and of each written.
    """

    context_joules: float = 0.6
    generated_joules: float = 4.0


@dataclass(frozen=True, eq=False)
class TraceDemand:
    """What a trace asks for.

    Parameters
    ----------
    demand_mw : dict of str to array of shape (slots,)
        IT power by class, ``chat`` and ``batch``. All energy of a request falls into the slot in which it comes.
    requests : int
        Those counted.
    outside, failed : int
        Those left out: after the last slot or before the first; without an answer.
    """

    demand_mw: dict[str, FloatArray]
    requests: int
    outside: int
    failed: int

    def at_peak(self, peak_mw: float) -> dict[str, FloatArray]:
        """The same shapes and the same mix of classes, at a peak in MW of all classes together.

        Traces are samples of services whose size nobody tells; their shape is what can be used.
        """
        highest = float(np.sum(list(self.demand_mw.values()), axis=0).max())
        return {name: peak_mw / highest * mw for name, mw in self.demand_mw.items()}


def read_trace(path: Path, slots: int, slot_hours: float, energy: TokenEnergy | None = None) -> TraceDemand:
    """Read a trace, whose layout its columns tell.

    ``TIMESTAMP, ContextTokens, GeneratedTokens``: the Azure LLM inference traces of 2023 and 2024
    (github.com/Azure/AzurePublicDataset; Patel et al., ISCA 2024; Stojkovic et al., arXiv 2408.00741), all of it chat.
    ``Timestamp, Model, Request tokens, Response tokens, Total tokens, Log Type``: BurstGPT (github.com/HPMLL/BurstGPT;
    Wang et al., arXiv 2401.17644), whose conversations are chat and whose API calls batch. Other columns are passed
    over. The first slot begins at midnight before the first request, in UTC where a time has a zone; BurstGPT counts
    seconds from midnight itself.

    Parameters
    ----------
    path : Path
    slots : int
    slot_hours : float
    energy : TokenEnergy, optional

    Raises
    ------
    ScenarioError
        If the file has other columns, a row that cannot be, or nothing to do in the slots; the message says which.
    """
    token = TokenEnergy() if energy is None else energy
    joules = {"chat": np.zeros(slots), "batch": np.zeros(slots)}
    requests = outside = failed = 0
    for some in requests_of(path):
        joule = token.context_joules * some.context_tokens + token.generated_joules * some.generated_tokens
        slot = np.floor(some.seconds / (_SECONDS_PER_HOUR * slot_hours))
        inside = (slot >= 0) & (slot < slots)
        served = inside & ~some.failed
        for name, of_class in (("chat", ~some.is_batch), ("batch", some.is_batch)):
            counted = served & of_class
            joules[name] += np.bincount(slot[counted].astype(np.int64), joule[counted], slots)
        requests += int(served.sum())
        outside += int((~inside).sum())
        failed += int((inside & some.failed).sum())
    if not any(total.any() for total in joules.values()):
        left_out = f"{outside:,} requests are outside, {failed:,} failed"
        raise trace_refusal(path, f"asks for nothing in {slots} slots of {slot_hours:g} h from midnight on: {left_out}")
    to_mw = 1 / (_JOULES_PER_MWH * slot_hours)
    return TraceDemand({name: to_mw * total for name, total in joules.items()}, requests, outside, failed)
