"""Rounds: the one generator that every user of a mechanism drives."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from ..agents.arrays import FloatArray
from .announcement import Responses
from .certificate import Certificate, certify_if_possible
from .executor import Respond
from .market import Market
from .measures.imbalance import relative_imbalances
from .mechanism import Mechanism, Opening, S, cold_opening, relative_change


@dataclass(frozen=True, eq=False)
class Round:
    """What is known after one announcement and its responses.

    Parameters
    ----------
    number : int
        Counted from 1.
    prices : array of shape (goods,)
    allocation : Responses
    max_relative_imbalance, dual_residual, price_change : float
        How far trades are from clearing, and how far the announcement and the prices moved.
    certificate : Certificate or None
        Only every few rounds: it costs a second answer of every agent.
    seconds : float
        Time for the announcement, the responses and the step; not for the certificate.
    messages, bytes_exchanged : int
        An announcement to and a response from every agent: for each of its goods a price, perhaps a
        target, and a trade, 8 bytes each.
    """

    number: int
    prices: FloatArray
    allocation: Responses
    max_relative_imbalance: float
    dual_residual: float
    price_change: float
    certificate: Certificate | None
    seconds: float
    messages: int
    bytes_exchanged: int


def iterate(
    market: Market,
    mechanism: Mechanism[S],
    respond: Respond,
    *,
    opening: Opening | None = None,
    certify_every: int = 50,
) -> Iterator[Round]:
    """Yield one round after the other, without end.

    Parameters
    ----------
    market : Market
    mechanism : Mechanism
    respond : callable
        A compiled executor.
    opening : Opening, optional
        Where to start from. Default: no prices and no trades are known.
    certify_every : int
        Rounds from one certificate to the next.

    Raises
    ------
    ValueError
        If `certify_every` is below 1, or the opening is that of another market.
    """
    for current, state in rounds_after(
        market, mechanism, respond, first_state(market, mechanism, opening), 0, certify_every
    ):
        # Books are as long as all trades, too: while the next ones come, nobody else holds on to the last ones.
        del state
        yield current


def first_state(market: Market, mechanism: Mechanism[S], opening: Opening | None) -> S:
    """State of a mechanism before the first round; without an opening no prices and no trades are known.

    Raises
    ------
    ValueError
        If the opening is that of another market.
    """
    opening = opening or cold_opening(market)
    given, needed = (
        (opening.prices.shape, opening.trades.shape),
        ((len(market.goods),), (len(market.good_of_copy),)),
    )
    if given != needed:
        raise ValueError(f"the opening's prices and trades have the shapes {given}; {needed} are needed")
    return mechanism.start(market, opening)


def rounds_after(
    market: Market, mechanism: Mechanism[S], respond: Respond, state: S, rounds: int, certify_every: int
) -> Iterator[tuple[Round, S]]:
    """Yield one round after the other, each with the state that it leads to, from a state after some rounds.

    Parameters
    ----------
    state : state of the mechanism
    rounds : int
        How many have led to it.

    Raises
    ------
    ValueError
        If `certify_every` is below 1.
    """
    if certify_every < 1:
        raise ValueError(f"certify_every is {certify_every}; at least 1 is needed")
    for number in count(rounds + 1):
        begin = time.perf_counter()
        announcement = state.announcement
        responses = respond(announcement)
        old_prices = state.prices
        state = mechanism.step(state, responses)
        seconds = time.perf_counter() - begin
        imbalances = relative_imbalances(market, state.allocation.trades)
        certificate = None
        if number % certify_every == 0:
            certificate = certify_if_possible(market, state.prices, state.allocation, respond)
        numbers = announcement.numbers_per_copy * len(market.good_of_copy) + responses.numbers
        # Bids are as long as all trades: while the next ones come, the old ones are gone.
        del announcement, responses
        yield (
            Round(
                number=number,
                prices=state.prices,
                allocation=state.allocation,
                max_relative_imbalance=max(imbalances.values(), default=0.0),
                dual_residual=state.dual_residual,
                price_change=relative_change(market, state.prices - old_prices, state.prices),
                certificate=certificate,
                seconds=seconds,
                messages=2 * len(market.agents),
                bytes_exchanged=8 * numbers,
            ),
            state,
        )
