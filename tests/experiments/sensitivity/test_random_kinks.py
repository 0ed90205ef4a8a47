"""Markets of few round numbers, many of them at several kinks at once: one side at a time, against solutions beyond.

Where limits are only just reached a solver leaves the equilibrium itself less exact than a little beyond it, so that
slopes are taken between steps, and followed back; where they differ by much another limit is met.
"""

import numpy as np
import pytest
from cases.random.seeded_markets import FixedLoad
from support.whys import changed, solved, why_of

from walras.agents import Consumer, Customer, GridOperator, Producer
from walras.coordinator import Market, Scale
from walras.experiments.errors import InfeasibleError
from walras.experiments.sensitivity.limits_held import TOLERANCE
from walras.experiments.settlement.scheme import DisclosureScheme
from walras.network import Grid

STEP = 1e-2
SEEDS = range(8)
EX_POST = DisclosureScheme(None, {}, {})


def round_market(seed: int) -> Market:
    """A triangle with a load that bends, three that do not and five units; all numbers are among a few."""
    rng = np.random.default_rng(seed)
    buses, ends = (1, 2, 3), ((1, 2), (2, 3), (1, 3))
    limits = rng.choice([5.0, 10.0, 100.0], 3)
    names = tuple(f"{a}-{b}" for a, b in ends)
    grid = Grid(buses, 1, names, tuple(a for a, _ in ends), tuple(b for _, b in ends), np.full(3, 0.2), limits)
    sellers = tuple(f"unit {i}" for i in range(5))
    town = Consumer("town", 1, sellers, rng.choice([50.0, 60.0], 1), rng.choice([1.0, 2.0], 1), np.zeros(1))
    fixed = [FixedLoad(f"must {bus}", bus, sellers, float(rng.choice([5, 10]))) for bus in buses]
    customers = tuple(Customer(buyer.name, buyer.bus) for buyer in (town, *fixed))
    units = [
        Producer(
            name,
            bus,
            1,
            customers,
            float(rng.choice([5, 10, 20, 40])),
            float(rng.choice([10, 20, 30])),
            float(rng.choice([0, 0, 0, 1.0])),
            float(rng.choice([0, 500, 900])),
            1,
        )
        for name, bus in zip(sellers, (1, 2, 3, *rng.integers(1, 4, 2).tolist()), strict=True)
    ]
    agents = (town, *fixed, *units, GridOperator("grid operator", grid, np.zeros((3, 1)), 500.0))
    return Market(agents, dict.fromkeys(Market(agents).goods, Scale(40.0, 20.0)))


def figures_beyond(market, parameter, sign):
    """Figures one, two and three steps to a side; None where nothing clears there."""
    try:
        return [solved(changed(market, parameter.kind, parameter.name, sign * k * STEP), EX_POST) for k in (1, 2, 3)]
    except InfeasibleError:
        return None


@pytest.mark.parametrize("seed", SEEDS)
def test_each_side_of_a_kink_is_the_slope_beyond_it(seed):
    market, rng = round_market(seed), np.random.default_rng(100 + seed)
    told = why_of(market)
    # Rates change nothing here: nobody minds emissions.
    followed = [parameter for parameter in told.followed.parameters if parameter.kind != "emission_rate"]
    compared = 0
    for position in rng.choice(len(followed), 2, replace=False):
        parameter = followed[position]
        for side, sign in (("more", 1), ("less", -1)):
            beyond = figures_beyond(market, parameter, sign)
            moves = getattr(told.followed, side)[told.followed.parameters.index(parameter)]
            assert (beyond is None) == (moves is None), (parameter.kind, parameter.name, side)
            for figure in (one.name for one in told.followed.figures if beyond is not None and one.name in beyond[0]):
                derivative = getattr(told.derivative(parameter.kind, parameter.name, figure), side)
                first, second, third = (values[figure] for values in beyond)
                slope, further = sign * (second - first) / STEP, sign * (third - second) / STEP
                if derivative is None or abs(slope - further) > 0.1 * (1 + abs(slope)):
                    continue
                back = slope - 1.5 * (further - slope)
                # Totals are made of prices times, and emission rates per, MWh.
                rounding = 2e-3 if figure.startswith(("price", "line_price")) else 5e-2
                within = pytest.approx(back, rel=1e-3, abs=rounding)
                assert derivative == within, (parameter.kind, parameter.name, figure)
                compared += 1
    assert compared > 10


def test_markets_of_all_kinds_are_among_them():
    """Some kink, and in some trades or prices have many values."""
    told = [why_of(round_market(seed)) for seed in SEEDS]
    assert sum(one.strictness()[0] < TOLERANCE for one in told) >= 2
    assert sum(not one.followed.is_unique.all() for one in told) >= 2
