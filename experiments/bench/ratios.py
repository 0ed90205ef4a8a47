"""Ratios: what a row took next to the fastest monolith and to the peers, on the same problem to the same tolerance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .row import Kind, Row


@dataclass(frozen=True)
class Ratio:
    """The fastest decomposition next to something else; above 1 the other one takes longer.

    Parameters
    ----------
    other : str
    problem : str
    tolerance : float
    fastest : Row
        The decomposition, without its set-up.
    times_faster : float
        Seconds of the other over those of the decomposition, both without set-up.
    times_faster_end_to_end : float
        Both with set-up.
    """

    other: str
    problem: str
    tolerance: float
    fastest: Row
    times_faster: float
    times_faster_end_to_end: float


def fastest_qp(row: Row, rows: Iterable[Row]) -> Row | None:
    """The fastest monolithic QP that reached the row's tolerance on its problem."""
    return _fastest(other for other in rows if other.kind == Kind.QP and _comparable(row, other))


def times_fastest_qp(row: Row, rows: Iterable[Row]) -> float | None:
    """Seconds of a row over those of the fastest QP, without set-up; None if one of them did not get there."""
    fastest = fastest_qp(row, rows)
    return row.seconds / fastest.seconds if row.reached and fastest is not None else None


def ratios(rows: tuple[Row, ...]) -> list[Ratio]:
    """The fastest decomposition next to the fastest QP and to every peer, by problem and tolerance."""
    result = []
    for problem, tolerance in dict.fromkeys((row.problem, row.tolerance) for row in rows):
        here = [row for row in rows if (row.problem, row.tolerance) == (problem, tolerance)]
        fastest = _fastest(row for row in here if row.kind == Kind.DECOMPOSITION)
        if fastest is None:
            continue
        qp = _fastest(row for row in here if row.kind == Kind.QP)
        others = [(f"fastest QP ({qp.method})", qp)] if qp is not None else []
        # A peer whose set-up was measured to be all of its time took no time that could be compared.
        peers = (row for row in here if row.kind == Kind.PEER and row.reached and row.seconds > 0)
        others += [(f"{peer.method} {peer.executor}".strip(), peer) for peer in peers]
        result += [
            Ratio(
                other=name,
                problem=problem,
                tolerance=tolerance,
                fastest=fastest,
                times_faster=row.seconds / fastest.seconds,
                times_faster_end_to_end=row.end_to_end_seconds / fastest.end_to_end_seconds,
            )
            for name, row in others
        ]
    return result


def _comparable(row: Row, other: Row) -> bool:
    return (row.problem, row.tolerance) == (other.problem, other.tolerance)


def _fastest(rows: Iterable[Row]) -> Row | None:
    return min((row for row in rows if row.reached), key=lambda row: row.seconds, default=None)
