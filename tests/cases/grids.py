"""Random connected grids for property tests, and a second way to compute power flows."""

import numpy as np
from hypothesis import strategies as st

from walras.network import Grid


@st.composite
def connected_grids(draw, max_buses: int = 8, limits=None):
    """A random spanning tree, some further lines (parallel ones too), any hub, odd bus numbers."""
    count = draw(st.integers(2, max_buses))
    buses = tuple(draw(st.permutations([10 * bus + 3 for bus in range(count)])))
    ends = [(buses[draw(st.integers(0, i - 1))], buses[i]) for i in range(1, count)]
    pairs = st.tuples(st.sampled_from(buses), st.sampled_from(buses)).filter(lambda pair: pair[0] != pair[1])
    ends += draw(st.lists(pairs, max_size=count))
    reactances = [draw(st.integers(1, 40)) / 40 for _ in ends]
    line_limits = [draw(limits) if limits is not None else np.inf for _ in ends]
    return Grid(
        buses=buses,
        hub=draw(st.sampled_from(buses)),
        line_ids=tuple(f"L{i}" for i in range(len(ends))),
        from_bus=tuple(a for a, _ in ends),
        to_bus=tuple(b for _, b in ends),
        reactance_pu=np.array(reactances),
        limit_mw=np.array(line_limits, dtype=float),
    )


def flows_by_laplacian(grid: Grid, injection_mw: np.ndarray) -> np.ndarray:
    """Line flows [MW] for injections that sum to zero, by the pseudo-inverse of the full Laplacian."""
    laplacian = np.zeros((len(grid.buses), len(grid.buses)))
    position = {bus: index for index, bus in enumerate(grid.buses)}
    ends = [(position[a], position[b]) for a, b in zip(grid.from_bus, grid.to_bus, strict=True)]
    for (a, b), reactance in zip(ends, grid.reactance_pu, strict=True):
        for i, j, sign in ((a, a, 1), (b, b, 1), (a, b, -1), (b, a, -1)):
            laplacian[i, j] += sign / reactance
    angles = np.linalg.pinv(laplacian) @ injection_mw
    return np.array([(angles[a] - angles[b]) / x for (a, b), x in zip(ends, grid.reactance_pu, strict=True)])
