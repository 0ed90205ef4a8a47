"""What arXiv 2602.19310 prints: Tables I to III of Section IV, as data."""

from __future__ import annotations

from dataclasses import dataclass

SCHEMES = ("ex_post", "ex_ante")
PRINTED_ALPHAS = (0.1, 0.9)
DATACENTERS = ("mdc1", "mdc2", "mdc3")

# Scheme, then one value for each alpha of PRINTED_ALPHAS.
_Values = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Quantity:
    """A row of a printed table.

    Parameters
    ----------
    table : str
        I, II or III.
    key : str
        Names the quantity; see `tables.OURS` for what it is in our runs.
    label, unit : str
    values : dict of str to pair of float
        By scheme, at the alphas of `PRINTED_ALPHAS`.
    """

    table: str
    key: str
    label: str
    unit: str
    values: _Values

    def value(self, scheme: str, alpha: float) -> float:
        """The printed number."""
        return self.values[scheme][PRINTED_ALPHAS.index(alpha)]


def _row(table: str, key: str, label: str, unit: str, post: tuple[float, float], ante: tuple[float, float]) -> Quantity:
    return Quantity(table, key, label, unit, {"ex_post": post, "ex_ante": ante})


# Table III prints emissions per purchased MWh, and 0 where a modular datacenter buys nothing; so do prices in Table I.
PRINTED = (
    _row("I", "cost.local", "cost of local work", "$", (113_031, 65_617), (124_367, 66_188)),
    _row("I", "cost.mdc", "cost of leased work", "$", (37_264, 6_366), (3_636, 5_701)),
    _row("I", "cost.total", "cost of all work", "$", (150_295, 71_983), (128_023, 71_888)),
    _row("I", "power_price.mdc1", "power price of mdc1", "$/MWh", (58.89, 58.89), (61.06, 58.57)),
    _row("I", "power_price.mdc2", "power price of mdc2", "$/MWh", (52.91, 52.91), (55.44, 52.31)),
    _row("I", "power_price.mdc3", "power price of mdc3", "$/MWh", (0, 0), (0, 0)),
    _row("II", "co2.local", "CO2 of local work", "t", (32.51, 32.51), (34.50, 32.51)),
    _row("II", "co2.mdc", "CO2 of leased work", "t", (10.64, 7.08), (1.40, 6.46)),
    _row("II", "co2.total", "CO2 of all work", "t", (43.15, 39.59), (35.90, 38.97)),
    _row("II", "co2.system", "CO2 of the system", "t", (1362.76, 1362.76), (1361.50, 1370.41)),
    _row("III", "intensity.mdc1", "intensity of mdc1", "kg/MWh", (621, 621), (621.1, 559.1)),
    _row("III", "intensity.mdc2", "intensity of mdc2", "kg/MWh", (739, 145), (621.0, 145.0)),
    _row("III", "intensity.mdc3", "intensity of mdc3", "kg/MWh", (0, 0), (0, 0)),
    _row("III", "lease_price.mdc1", "lease price of mdc1", "$/GPU", (0.913, 0.156), (0.036, 0.127)),
    _row("III", "lease_price.mdc2", "lease price of mdc2", "$/GPU", (0.913, 0.156), (0.033, 0.152)),
    _row("III", "lease_price.mdc3", "lease price of mdc3", "$/GPU", (0.913, 0.156), (0.930, 0.157)),
)
_BY_KEY = {quantity.key: quantity for quantity in PRINTED}

# Said in the text, not in a table.
PRINTED_COST_REDUCTION_PERCENT = 34.0
PRINTED_LOCAL_SHARE_PERCENT = 74.0
PRINTED_FOOTPRINT_REDUCTION_PERCENT = 8.0
PRINTED_FORWARD_REDUCTION_PERCENT = (2.0, 5.0)


def printed(key: str, scheme: str, alpha: float) -> float:
    """One printed number."""
    return _BY_KEY[key].value(scheme, alpha)
