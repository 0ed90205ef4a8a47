"""The identities with the ends that rounding leaves them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from ..printed import PRINTED, printed
from .printed_cells import Reading

# Which cell each field of a reading is.
_CELLS = {
    "leases_careful_usd": ("cost.mdc", "ex_post", 0.1),
    "leases_careless_usd": ("cost.mdc", "ex_post", 0.9),
    "lease_price_usd": ("lease_price.mdc1", "ex_post", 0.1),
    "local_careful_usd": ("cost.local", "ex_post", 0.1),
    "local_careless_usd": ("cost.local", "ex_post", 0.9),
    "local_t": ("co2.local", "ex_post", 0.1),
    "clean_lease_ante_usd": ("lease_price.mdc3", "ex_ante", 0.1),
    "local_ante_usd": ("cost.local", "ex_ante", 0.1),
    "local_ante_t": ("co2.local", "ex_ante", 0.1),
    "local_ante_careless_usd": ("cost.local", "ex_ante", 0.9),
    "local_ante_careless_t": ("co2.local", "ex_ante", 0.9),
}
_WORDS = {
    "leased_mwh": ("leases ex post, alpha 0.1", "MDC cost / lease price", "MWh"),
    "local_mwh": ("L: local work where leases are full", "285 - 24", "MWh"),
    "price_usd_per_mwh": ("p24: price at the hyperscaler's bus", "MDC cost(0.9) / 24 - 145 / 9", "$/MWh"),
    "kappa_usd_per_kg": ("kappa where 0.1 is printed", "(MDC cost(0.1) / 24 - p24) / 145", "$/kg"),
    "alpha": ("alpha where 0.1 is printed", "1 / (1 + kappa)", ""),
    "advantage_kg": ("A: clean supply, the sum of z (145 - rate)", "145 L - local CO2", "kg"),
    "advantage_of_cost_kg": ("A again", "fall of local cost / fall of kappa", "kg"),
    "carbon_free_mwh": ("A as energy without emissions", "A / 145", "MWh"),
    "price_of_cost_usd_per_mwh": ("p24 again", "(local cost(0.9) - A / 9) / L", "$/MWh"),
    "local_ante_mwh": ("L ex ante, alpha 0.1", "(local CO2 + A) / 145", "MWh"),
    "price_ante_usd_per_mwh": ("p24 ex ante, alpha 0.1", "lease price of mdc3 x 1700 - 145 kappa", "$/MWh"),
    "price_ante_of_cost_usd_per_mwh": ("p24 ex ante, alpha 0.1, again", "(local cost - kappa A) / L", "$/MWh"),
    "slope_usd_per_mwh2": ("slope of p24 in L", "from ex post to ex ante, alpha 0.1", "$/MWh per MWh"),
    "local_ante_careless_mwh": ("L ex ante, alpha 0.9", "(local CO2 + A) / 145", "MWh"),
    "price_ante_careless_usd_per_mwh": ("p24 ex ante, alpha 0.9", "(local cost - A / 9) / L", "$/MWh"),
}
# Half a unit of the last printed place.
_HALF_UNITS = {"$": 0.5, "$/MWh": 0.005, "t": 0.005, "kg/MWh": 0.5, "$/GPU": 0.0005}
_UNITS = {quantity.key: quantity.unit for quantity in PRINTED}


@dataclass(frozen=True)
class Identity:
    """A number that printed cells imply.

    Parameters
    ----------
    key : str
        A property of `Reading`.
    label, formula, unit : str
    value, least, most : float
        At the printed cells, and over all of their roundings.
    """

    key: str
    label: str
    formula: str
    unit: str
    value: float
    least: float
    most: float


def printed_reading() -> Reading:
    """The cells as they are printed."""
    return Reading(**{field: printed(*cell) for field, cell in _CELLS.items()})


def identities() -> tuple[Identity, ...]:
    """All identities."""
    reading, corners = printed_reading(), list(_corners())
    found = []
    for key, (label, formula, unit) in _WORDS.items():
        ends = [float(getattr(corner, key)) for corner in corners]
        found.append(Identity(key, label, formula, unit, float(getattr(reading, key)), min(ends), max(ends)))
    return tuple(found)


def _corners() -> Iterator[Reading]:
    """The cells at all ends of their roundings; each identity is monotone in each cell over so little."""
    ends = []
    for cell in _CELLS.values():
        value, half = printed(*cell), _HALF_UNITS[_UNITS[cell[0]]]
        ends.append((value - half, value + half))
    for corner in product(*ends):
        yield Reading(**dict(zip(_CELLS, corner, strict=True)))
