"""Ratios: what a row took next to the fastest monolith and to the peers, on the same problem to the same tolerance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .rows.row import Kind, Row


@dataclass(frozen=True)
class Ratio:
    """The fastest decomposition next to something else; above 1 the other one takes longer.

    With set-up, in whole or in part, another decomposition may be the fastest, and another monolith.

    Parameters
    ----------
    other : str
    problem : str
    tolerance : float
    fastest : Row
        The decomposition, without its set-up.
    times_faster : float
        Seconds of the other over those of the decomposition, both without set-up.
    fastest_from_matrices : Row
        The decomposition, from the agents' canonical matrices on.
    times_faster_from_matrices : float
        The other still without any set-up: what is left of it as a bare solve.
    fastest_end_to_end : Row
        The decomposition, with its set-up.
    times_faster_end_to_end : float
        Both with set-up.
    """

    other: str
    problem: str
    tolerance: float
    fastest: Row
    times_faster: float
    fastest_from_matrices: Row
    times_faster_from_matrices: float
    fastest_end_to_end: Row
    times_faster_end_to_end: float


def fastest_qp(row: Row, rows: Iterable[Row]) -> Row | None:
    """The fastest monolithic QP that reached the row's tolerance on its problem."""
    qps = (other for other in rows if other.kind == Kind.QP and other.reached and _comparable(row, other))
    return min(qps, key=_seconds, default=None)


def times_fastest_qp(row: Row, rows: Iterable[Row]) -> float | None:
    """Seconds of a row over those of the fastest QP, without set-up; None if one of them did not get there."""
    fastest = fastest_qp(row, rows)
    return row.seconds / fastest.seconds if row.reached and fastest is not None else None


def ratios(rows: tuple[Row, ...]) -> list[Ratio]:
    """The fastest decomposition next to the fastest QP and to every peer, by problem and tolerance."""
    result = []
    for problem, tolerance in dict.fromkeys((row.problem, row.tolerance) for row in rows):
        here = [row for row in rows if (row.problem, row.tolerance) == (problem, tolerance)]
        decompositions = [row for row in here if row.kind == Kind.DECOMPOSITION and row.reached]
        if not decompositions:
            continue
        fastest = min(decompositions, key=_seconds)
        fastest_from_matrices = min(decompositions, key=_from_matrices_seconds)
        fastest_end_to_end = min(decompositions, key=_end_to_end_seconds)
        monoliths = [row for row in here if row.kind == Kind.QP and row.reached]
        others = [(f"fastest QP ({min(monoliths, key=_seconds).method})", monoliths)] if monoliths else []
        # A peer whose set-up was measured to be all of its time took no time that could be compared.
        peers = (row for row in here if row.kind == Kind.PEER and row.reached and row.seconds > 0)
        others += [(f"{peer.method} {peer.executor}".strip(), [peer]) for peer in peers]
        result += [
            Ratio(
                other=name,
                problem=problem,
                tolerance=tolerance,
                fastest=fastest,
                times_faster=min(map(_seconds, rows)) / fastest.seconds,
                fastest_from_matrices=fastest_from_matrices,
                times_faster_from_matrices=min(map(_seconds, rows)) / fastest_from_matrices.from_matrices_seconds,
                fastest_end_to_end=fastest_end_to_end,
                times_faster_end_to_end=min(map(_end_to_end_seconds, rows)) / fastest_end_to_end.end_to_end_seconds,
            )
            for name, rows in others
        ]
    return result


def _comparable(row: Row, other: Row) -> bool:
    return (row.problem, row.tolerance) == (other.problem, other.tolerance)


def _seconds(row: Row) -> float:
    return row.seconds


def _from_matrices_seconds(row: Row) -> float:
    return row.from_matrices_seconds


def _end_to_end_seconds(row: Row) -> float:
    return row.end_to_end_seconds
