"""Published traces of requests as files: the Azure LLM inference trace, and BurstGPT."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np

from ....agents.arrays import BoolArray, FloatArray
from ....network.plain import shown
from .trace_columns import TraceColumn, trace_refusal

_AT_ONCE = 100_000
_SECOND = np.timedelta64(1, "s")
AZURE = ("TIMESTAMP", "ContextTokens", "GeneratedTokens")
BURST_GPT = ("Timestamp", "Request tokens", "Response tokens", "Log Type")
_CHAT_LOG, _BATCH_LOG = "Conversation log", "API log"


@dataclass(frozen=True, eq=False)
class Requests:
    """Some requests of a trace: arrays of shape (requests,).

    Parameters
    ----------
    seconds : array
        Since midnight of the first day.
    context_tokens, generated_tokens : arrays
    is_batch : array of bool
        The others are chat.
    failed : array of bool
    """

    seconds: FloatArray
    context_tokens: FloatArray
    generated_tokens: FloatArray
    is_batch: BoolArray
    failed: BoolArray


def requests_of(path: Path) -> Iterator[Requests]:
    """Read a trace, a hundred thousand requests at a time.

    Raises
    ------
    ScenarioError
        If the file has other columns, or a row that cannot be; the message names its line.
    """
    try:
        if not path.is_file():
            raise trace_refusal(path, "is no file; a trace of requests is needed")
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _parts(path, file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise trace_refusal(path, f"cannot be read as CSV: {error}") from error


def _parts(path: Path, file: TextIO) -> Iterator[Requests]:
    reader = csv.reader(file, strict=True)
    header = next(reader, [])
    layout = next((columns for columns in (AZURE, BURST_GPT) if set(columns) <= set(header)), None)
    if layout is None:
        needed = "; or ".join(", ".join(columns) for columns in (AZURE, BURST_GPT))
        raise trace_refusal(path, f"has the columns {shown(', '.join(header))}; needed are {needed}")
    places = [header.index(column) for column in layout]
    midnight: np.datetime64 | None = None
    rows = ((reader.line_num, row) for row in reader if row)
    while part := list(islice(rows, _AT_ONCE)):
        for line, row in part:
            if len(row) != len(header):
                raise trace_refusal(path, f"line {line}: {len(row)} cells; the first line has {len(header)}")
        lines = [line for line, _ in part]
        columns = [
            TraceColumn(path, column, lines, [row[place] for _, row in part])
            for column, place in zip(layout, places, strict=True)
        ]
        if layout is BURST_GPT:
            yield _burst_gpt(*columns)
        else:
            times = columns[0].times()
            midnight = times[0].astype("datetime64[D]") if midnight is None else midnight
            yield _azure((times - midnight) / _SECOND, *columns[1:])


def _azure(seconds: FloatArray, context: TraceColumn, generated: TraceColumn) -> Requests:
    none = np.zeros(len(seconds), dtype=np.bool_)
    return Requests(seconds, context.numbers(), generated.numbers(), none, none)


def _burst_gpt(time: TraceColumn, context: TraceColumn, generated: TraceColumn, kind: TraceColumn) -> Requests:
    """Its times are seconds since midnight already; a request without an answer failed."""
    written, is_batch = generated.numbers(), kind.are(_BATCH_LOG, (_CHAT_LOG, _BATCH_LOG))
    return Requests(time.numbers(), context.numbers(), written, is_batch, written == 0)
