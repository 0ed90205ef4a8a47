"""What is seen ahead of sun, wind and requests: the less exact, the farther ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray
from ..generating.profiles import stationary_series
from ..instance import Instance

_HOURLY_MEMORY = 0.9
# Each series has a stream of its own.
_RENEWABLE, _DEMAND = range(2)


@dataclass(frozen=True)
class ForecastErrors:
    """How far forecasts are off.

    Parameters
    ----------
    renewable_share, demand_share : float
        Standard deviation of the error far ahead, as a share of what comes.
    seed : int
    """

    renewable_share: float = 0.0
    demand_share: float = 0.0
    seed: int = 0

    @property
    def are_none(self) -> bool:
        """Whether all comes as forecast."""
        return self.renewable_share == self.demand_share == 0


PERFECT = ForecastErrors()


class Forecasts:
    """Forecasts that are made anew slot by slot, each of them nearer to what comes than the one before.

    What comes deviates from what is known long before by an AR(1) series D of variance share squared, of which 0.9
    stays from one hour to the next. Who has seen slots up to t expects D to fade from there: of slot t + k, what comes
    times 1 + D[t + k] - 0.9^(k hours) D[t] is forecast, and nothing below zero. The variance of the error grows with
    lead time as 1 - 0.9^(2 k hours), and successive forecasts of a slot move by independent steps, as in the
    martingale model of forecast evolution (Heath and Jackson, IIE Transactions 26(3), 1994).

    The error is relative, so that no sun is forecast at night; a calm is foreseen exactly too.

    Parameters
    ----------
    instance : Instance
        What comes.
    errors : ForecastErrors
    """

    def __init__(self, instance: Instance, errors: ForecastErrors) -> None:
        self._memory = _HOURLY_MEMORY**instance.slot_hours
        self._renewable = {
            name: (np.array(site.renewable_mw), errors.renewable_share * self._series(instance, errors, _RENEWABLE, i))
            for i, (name, site) in enumerate(instance.sites.items())
        }
        pairs = [(region, kind) for region, demand in instance.demand_mw.items() for kind in demand]
        self._demand = {
            (region, kind): (
                np.array(instance.demand_mw[region][kind]),
                errors.demand_share * self._series(instance, errors, _DEMAND, i),
            )
            for i, (region, kind) in enumerate(pairs)
        }

    def renewable_mw(self, site: str, seen: int) -> FloatArray:
        """Of all slots, shape (slots,), by who has seen the first `seen` ones."""
        return self._forecast(*self._renewable[site], seen)

    def demand_mw(self, region: str, request_class: str, seen: int) -> FloatArray:
        """Of all slots, shape (slots,), by who has seen the first `seen` ones."""
        return self._forecast(*self._demand[region, request_class], seen)

    def _forecast(self, comes: FloatArray, deviation: FloatArray, seen: int) -> FloatArray:
        """Deviations begin one slot before the first, so that position `seen` is that of the last slot seen."""
        ahead = np.arange(1, len(comes) - seen + 1)
        error = deviation[seen + 1 :] - self._memory**ahead * deviation[seen]
        return np.concatenate([comes[:seen], comes[seen:] * np.maximum(1 + error, 0.0)])

    def _series(self, instance: Instance, errors: ForecastErrors, purpose: int, index: int) -> FloatArray:
        random = np.random.default_rng([errors.seed, purpose, index])
        return stationary_series(instance.slots + 1, self._memory, random)
