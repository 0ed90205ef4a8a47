"""A schedule of the second system: which job runs where and when, what is served where, what each microgrid does."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ...agents.arrays import FloatArray, IntArray

Routed = dict[str, dict[str, dict[str, FloatArray]]]


@dataclass(frozen=True)
class Run:
    """Where a job runs, and in which slot it starts."""

    site: str
    start: int


@dataclass(frozen=True, eq=False)
class Compute:
    """What runs and is served where, without a word on energy.

    Parameters
    ----------
    jobs : dict of name to Run or None
        None for a job that does not run.
    routed_mw : dict of region to class to site to array of shape (slots,)
        Of sites that are reached in time.
    """

    jobs: dict[str, Run | None]
    routed_mw: Routed


@dataclass(frozen=True, eq=False)
class SiteSchedule:
    """What a site does slot by slot [MW]; `energy_mwh` has one entry more, `on` is 0 or 1, `it_mw` is without idle."""

    import_mw: FloatArray
    export_mw: FloatArray
    renewable_mw: FloatArray
    dispatchable_mw: FloatArray
    on: IntArray
    charge_mw: FloatArray
    discharge_mw: FloatArray
    energy_mwh: FloatArray
    it_mw: FloatArray
    load_mw: FloatArray


@dataclass(frozen=True, eq=False)
class Schedule:
    """What all sites do.

    Parameters
    ----------
    jobs, routed_mw : dicts
        As of `Compute`.
    dropped_mw : dict of region to class to array of shape (slots,)
    sites : dict of name to SiteSchedule
    """

    jobs: dict[str, Run | None]
    routed_mw: Routed
    dropped_mw: dict[str, dict[str, FloatArray]]
    sites: dict[str, SiteSchedule]

    def as_json(self) -> dict[str, Any]:
        """Plain lists and numbers, by the keys of the interface."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value
