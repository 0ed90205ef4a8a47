"""Where to draw the buses of a grid that says nothing of it."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components, dijkstra

from ...agents.arrays import FloatArray
from ...network.case import Case
from ...network.grid import Grid

_PIVOTS = 50
# Distances of all pairs are held at once.
_MOST_SMOOTHED = 1500
_STEPS = 60


def bus_positions(case: Case) -> dict[int, tuple[float, float]]:
    """Where to draw each bus: as the case says, else so that distances are like numbers of lines between buses."""
    if set(case.grid.buses) <= set(case.positions):
        return case.positions
    return {bus: (float(x), float(y)) for bus, (x, y) in zip(case.grid.buses, _layout(case.grid), strict=True)}


def _layout(grid: Grid) -> FloatArray:
    """Pivot MDS (Brandes and Pich, Graph Drawing 2006), smoothed by stress majorization where there is room.

    Majorization as in Gansner, Koren and North, Graph Drawing 2004, with weights 1 / distance^2.
    """
    count = len(grid.buses)
    if count == 1:
        return np.zeros((1, 2))
    graph = _joined(grid)
    pivots = np.unique(np.linspace(0, count - 1, min(_PIVOTS, count)).astype(int))
    squares = dijkstra(graph, directed=False, unweighted=True, indices=pivots).T ** 2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1, keepdims=True) + squares.mean()
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    points = left[:, :2] * np.sqrt(sizes[:2])
    # Buses as far as each other from all pivots would lie on each other.
    turn = np.arange(count)
    points = points + 1e-3 * np.abs(points).max() * np.column_stack([np.cos(turn), np.sin(turn)])
    return _smoothed(graph, points) if count <= _MOST_SMOOTHED else points


def _joined(grid: Grid) -> sp.csr_array:
    """Which buses a line joins; islands stand beside each other as if lines joined their first buses."""
    begin = [grid.bus_index[bus] for bus in grid.from_bus]
    end = [grid.bus_index[bus] for bus in grid.to_bus]
    shape = (len(grid.buses), len(grid.buses))
    _, island_of = connected_components(sp.csr_array((np.ones(len(begin)), (begin, end)), shape=shape), directed=False)
    first = np.unique(island_of, return_index=True)[1].tolist()
    begin, end = begin + first[:-1], end + first[1:]
    return sp.csr_array((np.ones(len(begin)), (begin, end)), shape=shape)


def _smoothed(graph: sp.csr_array, points: FloatArray) -> FloatArray:
    distance = dijkstra(graph, directed=False, unweighted=True)
    np.fill_diagonal(distance, 1.0)
    weight = distance**-2.0
    np.fill_diagonal(weight, 0.0)
    stiffness = np.diag(weight.sum(axis=1)) - weight
    # The first bus is held: without it the points could move together.
    inverse = np.linalg.inv(stiffness[1:, 1:])
    points = points - points[0]
    for _ in range(_STEPS):
        apart = np.maximum(np.hypot(*(points[:, None, axis] - points[None, :, axis] for axis in (0, 1))), 1e-9)
        pull = weight * distance / apart
        moved = pull.sum(axis=1)[:, None] * points - pull @ points
        points = np.vstack([np.zeros(2), inverse @ moved[1:]])
    return points
