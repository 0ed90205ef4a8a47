"""Scenarios of many hours, held against their grid a week at a time: no memory holds the market of a year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...coordinator.market import Market
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme, by_piqp
from ...network.case import Case
from ..errors import Fault, ScenarioError
from .calibration import dispatch_programme
from .market_builder import build_on
from .schema import Scenario
from .setting import Setting, setting_of

HOURS_AT_ONCE = 168


@dataclass(frozen=True)
class MarketSize:
    """How many agents trade how many goods."""

    agents: int
    goods: int


def check_scenario(case: Case, scenario: Scenario, on_hour: Callable[[int], object]) -> MarketSize:
    """Make sure that a scenario describes a market that can clear.

    Of more than a week, weeks that can serve all workload without leases need no market; the others are built one
    by one. Ramp limits hold within weeks. Own agents may look across all hours: their market is built whole.

    Parameters
    ----------
    case : Case
    scenario : Scenario
    on_hour : callable
        Called with how many hours are done since it was called last; every hour is done twice.

    Raises
    ------
    ScenarioError
        If it cannot; the message names the hours where there are many.
    """
    if scenario.periods <= HOURS_AT_ONCE or scenario.agents or scenario.newcomers:
        market = build_on(case, scenario).market
        on_hour(2 * scenario.periods)
        return MarketSize(len(market.agents), len(market.goods))
    setting = setting_of(scenario, case, lambda: on_hour(1))
    dearest = int(np.argmax(setting.baseline.price_usd_per_mwh.max(axis=0)))
    one_hour = _build(case, scenario, slice(dearest, dearest + 1))
    for begin in range(0, scenario.periods, HOURS_AT_ONCE):
        hours = slice(begin, min(begin + HOURS_AT_ONCE, scenario.periods))
        if scenario.consumers.forward_position > 0 or not _serves_without_leases(setting, hours):
            _build(case, scenario, hours)
        on_hour(hours.stop - hours.start)
    return MarketSize(len(one_hour.agents), len(one_hour.goods) * scenario.periods)


def hours_of_scenario(scenario: Scenario, hours: slice) -> Scenario:
    """The scenario of some of its hours."""

    def cut(value: Any) -> Any:
        return value[hours] if isinstance(value, list) else value

    document = scenario.model_dump()
    document["periods"] = hours.stop - hours.start
    document["load_profile"] = cut(document["load_profile"])
    document["producers"]["hydro_injection_mw"] = cut(document["producers"]["hydro_injection_mw"])
    for lender in document["modular_datacenters"]:
        lender["curtailed_mw"] = cut(lender["curtailed_mw"])
    by_name = [renter["batches_mw"] for renter in document["hyperscalers"]]
    for values in (*by_name, document["purchase_mix_kg_per_mwh"] or {}):
        values.update({name: cut(value) for name, value in values.items()})
    return Scenario.model_validate(document)


def _build(case: Case, scenario: Scenario, hours: slice) -> Market:
    try:
        return build_on(case, hours_of_scenario(scenario, hours)).market
    except ScenarioError as error:
        where = f"hours {hours.start + 1} to {hours.stop}" if hours.stop - hours.start > 1 else f"hour {hours.stop}"
        faults = [Fault(fault.path, f"{where}: {fault.message}") for fault in error.faults]
        raise ScenarioError(error.source, faults) from error


def _serves_without_leases(setting: Setting, hours: slice) -> bool:
    """Whether lines and units can serve all work where it arises, when conventional load takes what is left.

    That suffices for the market to clear. An hour's load is its fixed load less what is shed, down to its hydro.
    """
    one = dispatch_programme(setting.grid, setting.units)
    buses, count = len(setting.grid.buses), hours.stop - hours.start
    work = np.zeros_like(setting.load_mwh)
    for section in setting.scenario.hyperscalers:
        for batch in section.batches_mw.values():
            work[setting.grid.bus_index[section.bus]] += setting.per_period(batch)
    needed = setting.load_mwh - setting.hydro_mwh + setting.fixed_withdrawal_mwh + work
    shed = np.maximum(setting.load_mwh - setting.hydro_mwh, 0.0)[:, hours].T
    rows = sp.hstack([one.A, sp.eye_array(buses)])
    flows = sp.hstack([one.G, sp.csr_array((len(one.h), buses))])
    ramps, most = _ramps(setting, count, rows.shape[1], len(one.c))
    columns = (count, len(one.c))
    return by_piqp(
        QuadraticProgramme(
            P=sp.csc_array((count * rows.shape[1],) * 2),
            c=np.zeros(count * rows.shape[1]),
            A=sp.csc_array(sp.block_diag([rows] * count)),
            b=needed[:, hours].T.ravel(),
            G=sp.csc_array(sp.vstack([sp.block_diag([flows] * count), ramps, -ramps])),
            h=np.concatenate([np.tile(one.h, count), most, most]),
            lower=np.hstack([np.broadcast_to(one.lower, columns), np.zeros_like(shed)]).ravel(),
            upper=np.hstack([np.broadcast_to(one.upper, columns), shed]).ravel(),
        ),
        {},
    ).is_solved


def _ramps(setting: Setting, hours: int, width: int, shed_from: int) -> tuple[sp.csr_array, FloatArray]:
    """Changes of output from hour to hour over all variables of some hours, and the most that they may be."""
    first = shed_from - len(setting.units)
    limited = [(first + place, unit.ramp_mw_per_h) for place, unit in enumerate(setting.units)]
    bound = [(column, most) for column, most in limited if most is not None]
    picked = sp.csr_array(
        (np.ones(len(bound)), (range(len(bound)), [column for column, _ in bound])), shape=(len(bound), width)
    )
    steps = sp.eye_array(hours - 1, hours, k=1) - sp.eye_array(hours - 1, hours)
    return sp.csr_array(sp.kron(steps, picked)), np.tile([most for _, most in bound], hours - 1)
