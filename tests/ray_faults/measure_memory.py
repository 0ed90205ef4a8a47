"""Where one machine ends: most memory of a ring's processes, declared in one of them or by workers of Ray.

`python tests/ray_faults/measure_memory.py --workers 2` takes minutes and gigabytes; --workers 0 is one process.
"""

import argparse
import os
import sys
import time
from dataclasses import asdict, dataclass

from walras.agents import Family
from walras.coordinator import ADMM, Batched, MaxRounds, run
from walras.coordinator.executors.on_ray.declared_by_shards import declared_by_shards
from walras.coordinator.executors.on_ray.on_ray import OnRay
from walras.coordinator.executors.on_ray.recipe import Recipe
from walras.experiments.bench.problems.rings import ring_market, ring_share
from walras.experiments.bench.ray_scaling.worker_processes import peak_mib

_ROUNDS = 3


@dataclass(frozen=True)
class RingMemory:
    """Some rounds of ADMM and a certificate.

    Parameters
    ----------
    contracts, copies : int
    workers : int
        That declare agents; 0 where one process does all.
    coordinator_mib : float
        Most memory that the process with the mechanism has held.
    worker_mib : tuple of float
    seconds : float
        From nothing to the end.
    round_seconds : float
        The last one.
    """

    contracts: int
    copies: int
    workers: int
    coordinator_mib: float
    worker_mib: tuple[float, ...]
    seconds: float
    round_seconds: float


def ring_memory(buses: int, workers: int) -> RingMemory:
    """Measure in this process, which should be a fresh one.

    Parameters
    ----------
    buses : int
        Of the ring; 1733 have 1,001,674 contracts.
    workers : int
        0 declares all agents here.
    """
    begin = time.perf_counter()
    if not workers:
        market = ring_market(buses)
        outcome = run(market, ADMM(), Batched(), stop=MaxRounds(_ROUNDS), watch=())
        peaks: tuple[float, ...] = ()
    else:
        recipes = [Recipe(ring_share, (buses, share, workers)) for share in range(workers)]
        with declared_by_shards(OnRay(Batched(), workers=workers), recipes) as there:
            market = there.market
            outcome = run(market, ADMM(), there, stop=MaxRounds(_ROUNDS), watch=())
            peaks = tuple(peak_mib(process) for process in there.processes())
    return RingMemory(
        contracts=len(market.families[Family.CONTRACT]),
        copies=len(market.good_of_copy),
        workers=workers,
        coordinator_mib=peak_mib(os.getpid()),
        worker_mib=peaks,
        seconds=time.perf_counter() - begin,
        round_seconds=outcome.records[-1].seconds,
    )


def main() -> None:
    """Measure once, in this fresh process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buses", type=int, default=1733, help="of the ring; 1733 have 1,001,674 contracts")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    for name, value in asdict(ring_memory(given.buses, given.workers)).items():
        sys.stdout.write(f"{name}: {value}\n")


if __name__ == "__main__":
    main()
