"""Runs that follow one another, told as one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .run import Run


def joined(first: Run, second: Run) -> Run:
    """The history of two runs of the same agents, with the outcome of the second.

    Rounds of the second are counted on from those of the first.
    """
    earlier = len(first.records)
    return replace(
        second,
        best=replace(second.best, number=second.best.number + earlier),
        records=first.records + tuple(replace(record, round=record.round + earlier) for record in second.records),
        watched_prices=np.vstack([first.watched_prices, second.watched_prices]),
        tail=tuple(replace(round_, number=round_.number + earlier) for round_ in second.tail),
        compile_seconds=first.compile_seconds + second.compile_seconds,
        iterate_seconds=first.iterate_seconds + second.iterate_seconds,
        certify_seconds=first.certify_seconds + second.certify_seconds,
    )
