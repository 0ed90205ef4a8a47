"""Shapley values of a game: what each player adds, averaged over all orders in which they may come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import factorial

Coalition = frozenset[str]


def coalitions(players: Sequence[str]) -> Iterator[Coalition]:
    """All sets of players, the smallest first."""
    for size in range(len(players) + 1):
        yield from (frozenset(members) for members in combinations(players, size))


def shapley_values(players: Sequence[str], worth: Mapping[Coalition, float]) -> dict[str, float]:
    """Shapley, "A value for n-person games", Contributions to the Theory of Games II, 1953.

    Parameters
    ----------
    players : sequence of str
    worth : mapping of frozenset to float
        Of every coalition.

    Returns
    -------
    dict of str to float
        They add up to what all players are worth beyond what none is.
    """
    count = len(players)
    values = {}
    for player in players:
        others = [other for other in players if other != player]
        values[player] = sum(
            factorial(len(before))
            * factorial(count - len(before) - 1)
            / factorial(count)
            * (worth[before | {player}] - worth[before])
            for before in coalitions(others)
        )
    return values
