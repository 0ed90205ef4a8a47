"""How long a round takes on Ray: beside the bare messages on RTS-24, and with two workers beside one on large markets.

`python tests/ray_faults/time_ray.py` prints ratios within one run; what else the machine does is its first line.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import islice

from walras import build_market, load_scenario
from walras.coordinator import ADMM, Batched, Compiled, Executor, Market, NearTargets, cold_opening, iterate
from walras.coordinator.executors.on_ray.on_ray import OnRay
from walras.coordinator.executors.on_ray.session import connected, imported_ray
from walras.coordinator.executors.on_ray.shards import balanced_shards
from walras.experiments.bench.problems.rings import ring_market


class Echo:
    """Sends back what it is sent."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    def answer(self, _: object) -> object:
        """As long as a worker's answer."""
        return self._answer


def announcement_of(market: Market) -> NearTargets:
    """What ADMM says after some rounds."""
    mechanism, respond = ADMM(), Batched().compile(market)
    state = mechanism.start(market, cold_opening(market))
    for _ in range(5):
        state = mechanism.step(state, respond(state.announcement))
    return state.announcement


def median_ms(call: Callable[[], object], count: int) -> float:
    """Of some calls, after one that does not count."""
    call()
    seconds = []
    for _ in range(count):
        begin = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begin)
    return 1e3 * statistics.median(seconds)


def messages(count: int) -> None:
    """A round of RTS-24, the same messages without any agents, and the agents without any messages."""
    ray, market = imported_ray(), build_market(load_scenario("rts24"))
    said, shards = announcement_of(market), balanced_shards(market, 2)
    told = [shard.told(said) for shard in shards]
    apart = [Compiled().compile(shard.home(market)) for shard in shards]
    echoes = [ray.remote(Echo).remote(own(part)) for own, part in zip(apart, told, strict=True)]
    with OnRay(workers=2).compile(market) as respond:
        for trial in range(3):
            of_round = median_ms(lambda: respond(said), count)
            bare = median_ms(
                lambda: ray.get([echo.answer.remote(part) for echo, part in zip(echoes, told, strict=True)]), count
            )
            of_agents = max(median_ms(partial(own, part), count) for own, part in zip(apart, told, strict=True))
            overhead = of_round - of_agents
            sys.stdout.write(
                f"RTS-24, trial {trial + 1}: round {of_round:.2f} ms, bare messages {bare:.2f} ms, slower shard "
                f"{of_agents:.2f} ms; round less shard over bare messages {overhead / bare:.2f}\n"
            )


def workers(market: Market, inner: Executor, rounds: int) -> None:
    """Rounds with one worker and with two, in turn."""
    executors = [OnRay(inner, workers=count) for count in (1, 2)]
    with executors[0].compile(market) as one, executors[1].compile(market) as two:
        made = [iterate(market, ADMM(), respond, certify_every=10**6) for respond in (one, two)]
        seconds: list[list[float]] = [[], []]
        for _ in range(rounds):
            for own, rounds_of in zip(seconds, made, strict=True):
                own += [current.seconds for current in islice(rounds_of, 1)]
        first, second = (statistics.median(own[1:]) for own in seconds)
        told = ", ".join(f"{1e3 * a:.0f}/{1e3 * b:.0f}" for a, b in zip(*seconds, strict=True))
        sys.stdout.write(
            f"{len(market.goods):,} goods by {inner.name}: one worker {1e3 * first:.0f} ms, two {1e3 * second:.0f} ms, "
            f"{first / second:.2f} times; by round {told}\n"
        )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buses", type=int, default=560, help="of the ring; 560 make 105,000 contracts")
    parser.add_argument("--rounds", type=int, default=8)
    given = parser.parse_args()
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores\n")
    with connected(None, 6):
        messages(200)
        market = ring_market(given.buses)
        for inner in (Compiled(), Batched()):
            workers(market, inner, given.rounds)
    sys.stdout.write(f"load {os.getloadavg()[0]:.1f}\n")


if __name__ == "__main__":
    main()
