"""Random grid operators, and problems near targets for agents whose trades tell their variables."""

import numpy as np
from cases.grids import connected_grids
from cases.random.market import tenths
from hypothesis import strategies as st

from walras.agents import GridOperator


@st.composite
def grid_operators(draw) -> GridOperator:
    """2 to 7 buses, parallel lines, lines without limit or with limit zero, one or two hours, fixed withdrawals."""
    grid = draw(connected_grids(max_buses=7, limits=st.one_of(st.sampled_from([np.inf, 0.0]), tenths(1, 60))))
    buses, periods = len(grid.buses), draw(st.integers(1, 2))
    numbers = draw(st.lists(tenths(-9, 9), min_size=buses * periods, max_size=buses * periods))
    fixed = np.array(numbers).reshape(buses, periods)
    return GridOperator("grid operator", grid, fixed - fixed.mean(axis=0), throughput_mw=100.0)
