"""Forward contracts: the share of the baseline's trade that was agreed on before (Section IV-E)."""

from __future__ import annotations

import numpy as np

from ...agents.arrays import FloatArray
from ...agents.producer import ForwardContract
from .names import consumer_name
from .setting import Setting


def forward_contracts(setting: Setting, unit_index: int) -> tuple[ForwardContract, ...]:
    """What a producer owes to conventional load under the scenario's forward position phi.

    The baseline contracts are pro rata: unit g sells ``output_g * purchases_j / all purchases`` to
    consumer j in the least-cost dispatch for fixed load. By contract the unit owes phi of each, by
    generator phi of their sum; by consumer nothing, since there the consumer is bound.
    """
    section = setting.scenario.consumers
    owed = section.forward_position * setting.baseline.output_mwh[unit_index]
    names = tuple(consumer_name(bus) for bus in setting.load_buses)
    if section.forward_position == 0 or not names:
        return ()
    match section.forward_basis:
        case "generator":
            return (ForwardContract(names, owed),)
        case "contract":
            shares = _shares_of_purchases(setting)
            return tuple(ForwardContract((name,), owed * share) for name, share in zip(names, shares, strict=True))
        case "consumer":
            return ()


def forward_purchase_mwh(setting: Setting, bus: int) -> FloatArray | None:
    """What the consumer at a bus must buy at least, shape (periods,); None unless the basis is the consumer."""
    section = setting.scenario.consumers
    if section.forward_position == 0 or section.forward_basis != "consumer":
        return None
    index = setting.grid.bus_index[bus]
    purchase: FloatArray = np.maximum(setting.load_mwh[index] - setting.hydro_mwh[index], 0.0)
    return section.forward_position * purchase


def _shares_of_purchases(setting: Setting) -> FloatArray:
    """Share of each load bus in all purchases of the baseline, shape (load buses, periods)."""
    index = [setting.grid.bus_index[bus] for bus in setting.load_buses]
    purchases = np.maximum(setting.load_mwh[index] - setting.hydro_mwh[index], 0.0)
    return np.asarray(purchases / np.maximum(purchases.sum(axis=0), 1e-300))
