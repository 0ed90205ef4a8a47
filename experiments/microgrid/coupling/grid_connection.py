"""What sites pay for a MWh of the grid, and an instance at these prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray
from ..instance import Instance
from ..schedule import Schedule
from .grid_signals import GridSignal


@dataclass(frozen=True)
class GridConnection:
    """Who sells the market's energy to sites and buys theirs.

    Parameters
    ----------
    margin_usd_per_mwh : float
        What a MWh imported costs beyond the nodal price; not negative.
    export_share : float
        Of the nodal price, what a MWh exported earns, from 0 to 1; of a negative price it is all.
    """

    margin_usd_per_mwh: float = 0.0
    export_share: float = 1.0

    def import_price(self, nodal: FloatArray) -> FloatArray:
        """$/MWh."""
        return nodal + self.margin_usd_per_mwh

    def export_price(self, nodal: FloatArray) -> FloatArray:
        """$/MWh, never above the price of imports."""
        return np.minimum(self.export_share * nodal, nodal)

    def income_usd(self, nodal: FloatArray, schedule: Schedule) -> float:
        """What is left between sites and market, at prices of shape (sites, slots) of hours."""
        bought, sold = (
            np.array([getattr(site, key) for site in schedule.sites.values()]) for key in ("import_mw", "export_mw")
        )
        paid = self.import_price(nodal) * bought - self.export_price(nodal) * sold
        return float((paid - nodal * (bought - sold)).sum())


AT_NODAL_PRICES = GridConnection()


def at_prices(
    instance: Instance, import_usd_per_mwh: FloatArray, export_usd_per_mwh: FloatArray, grid_t_per_mwh: FloatArray
) -> Instance:
    """An instance whose sites meet other prices and intensities, arrays of shape (sites, slots)."""
    rows = zip(instance.sites.items(), import_usd_per_mwh, export_usd_per_mwh, grid_t_per_mwh, strict=True)
    sites = {
        name: site.model_copy(
            update={
                "import_usd_per_mwh": bought.tolist(),
                "export_usd_per_mwh": sold.tolist(),
                "grid_t_per_mwh": intensity.tolist(),
            }
        )
        for (name, site), bought, sold, intensity in rows
    }
    return instance.model_copy(update={"sites": sites})


def told(instance: Instance, signal: GridSignal, connection: GridConnection) -> Instance:
    """An instance in the prices and intensities of the market."""
    nodal = signal.price_usd_per_mwh
    return at_prices(instance, connection.import_price(nodal), connection.export_price(nodal), signal.grid_t_per_mwh)


def net_import_mw(schedule: Schedule) -> FloatArray:
    """What sites draw less what they feed in, shape (sites, slots)."""
    return np.array([site.import_mw - site.export_mw for site in schedule.sites.values()])
