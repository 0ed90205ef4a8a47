"""Energy of a site: sun and wind, a unit, a battery and a grid connection in both directions."""

from __future__ import annotations

from dataclasses import dataclass

import cvxpy as cp
import numpy as np

from .arrays import BoolArray, FloatArray


@dataclass(frozen=True)
class DispatchableUnit:
    """A generating unit.

    Parameters
    ----------
    max_mw, min_mw : float
        Largest output, and least output while it is on.
    cost_usd_per_mwh, start_usd : float
    emissions_t_per_mwh : float
    ramp_mw_per_slot : float, optional
        Largest change of output from one slot to the next. Default: any.
    before_mw : float, optional
        Output before slot 0, of a unit that is on then. Default: it is off.
    """

    max_mw: float
    min_mw: float
    cost_usd_per_mwh: float
    start_usd: float
    emissions_t_per_mwh: float
    ramp_mw_per_slot: float | None = None
    before_mw: float | None = None

    @property
    def commits(self) -> bool:
        """Whether it matters that it is on, beside how much it gives."""
        return self.max_mw > 0 and (self.min_mw > 0 or self.start_usd > 0)


@dataclass(frozen=True)
class Battery:
    """A battery, whose content may be worth something at the end.

    Parameters
    ----------
    max_mwh, min_mwh, initial_mwh : float
    max_mw : float
        Of charging and of discharging.
    charge_efficiency, discharge_efficiency : float
    wear_usd_per_mwh : float
        Of each MWh discharged.
    least_final_mwh : float, optional
        Least content at the end. Default: as before slot 0.
    final_usd_per_mwh : float
        What each MWh in it is worth at the end.
    """

    max_mwh: float
    min_mwh: float
    initial_mwh: float
    max_mw: float
    charge_efficiency: float
    discharge_efficiency: float
    wear_usd_per_mwh: float
    least_final_mwh: float | None = None
    final_usd_per_mwh: float = 0.0


@dataclass(frozen=True, eq=False)
class Microgrid:
    """The energy of a datacenter site, apart from what it is used for.

    Parameters
    ----------
    slot_hours : float
    renewable_mw : array of shape (slots,)
        What is there for free; it may be curtailed.
    unit : DispatchableUnit
    battery : Battery
    import_mw, export_mw : float
    import_usd_per_mwh, export_usd_per_mwh, grid_t_per_mwh : arrays of shape (slots,)
    carbon_usd_per_t : float
        Price of all emissions, which a budget's own price comes on top of.
    """

    slot_hours: float
    renewable_mw: FloatArray
    unit: DispatchableUnit
    battery: Battery
    import_mw: float
    export_mw: float
    import_usd_per_mwh: FloatArray
    export_usd_per_mwh: FloatArray
    grid_t_per_mwh: FloatArray
    carbon_usd_per_t: float

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return len(self.renewable_mw)

    @property
    def _import_with_carbon(self) -> FloatArray:
        return self.import_usd_per_mwh + self.carbon_usd_per_t * self.grid_t_per_mwh

    @property
    def must_choose_direction(self) -> BoolArray:
        """Slots in which energy could be imported and sold on at a profit, shape (slots,).

        In all others whoever imports and exports at once may net it out, and loses nothing.
        """
        may_do_both = min(self.import_mw, self.export_mw) > 0
        return may_do_both & (self._import_with_carbon < self.export_usd_per_mwh)

    @property
    def must_choose_charge(self) -> BoolArray:
        """Slots in which it could pay to burn energy by charging and discharging at once, shape (slots,).

        In all others what is freed by netting it out lowers imports, which cost something, or curtails sun and wind,
        or is exported, for which there is room and a price that is not negative.
        """
        u, b = self.unit, self.battery
        forced = u.max_mw if u.ramp_mw_per_slot is not None else u.min_mw
        absorbs = (self.export_usd_per_mwh >= 0) & (self.export_mw >= forced + b.max_mw)
        burns = b.max_mw > 0 and b.charge_efficiency * b.discharge_efficiency < 1
        return burns & ~((self._import_with_carbon >= 0) & (absorbs | (forced == 0)))

    def decide(self, load_mw: cp.Expression) -> MicrogridDecisions:
        """Declare what serves a load [MW, shape (slots,)], in fresh variables."""
        return MicrogridDecisions(self, load_mw)


class MicrogridDecisions:
    """What is drawn, generated, stored and sold in each slot, and what that costs and emits.

    Attributes
    ----------
    import_mw, export_mw, renewable_mw, dispatchable_mw, charge_mw, discharge_mw : variables of shape (slots,)
    energy_mwh : variable of shape (slots + 1,)
        Content of the battery before each slot and at the end.
    on, starts : variables of shape (slots,), or None
        Whether the unit is on, and has just been started; None where output alone says all that matters.
    cost : scalar expression [$]
        Of energy, starts, wear and the price of carbon, less what the battery's last content is worth.
    emissions_t : scalar expression
    constraints : list of constraints
    """

    def __init__(self, microgrid: Microgrid, load_mw: cp.Expression) -> None:
        m, unit, battery, slots = microgrid, microgrid.unit, microgrid.battery, microgrid.slots
        hours = m.slot_hours
        self.import_mw = cp.Variable(slots, bounds=[0, m.import_mw])
        self.export_mw = cp.Variable(slots, bounds=[0, m.export_mw])
        self.renewable_mw = cp.Variable(slots, bounds=[np.zeros(slots), m.renewable_mw])
        self.dispatchable_mw = cp.Variable(slots, bounds=[0, unit.max_mw])
        self.charge_mw = cp.Variable(slots, bounds=[0, battery.max_mw])
        self.discharge_mw = cp.Variable(slots, bounds=[0, battery.max_mw])
        self.energy_mwh = cp.Variable(slots + 1, bounds=[battery.min_mwh, max(battery.max_mwh, battery.min_mwh)])
        stored = battery.charge_efficiency * self.charge_mw - self.discharge_mw / battery.discharge_efficiency
        least_final_mwh = battery.initial_mwh if battery.least_final_mwh is None else battery.least_final_mwh
        supply = self.import_mw + self.renewable_mw + self.dispatchable_mw + self.discharge_mw
        self.constraints: list[cp.Constraint] = [
            supply == load_mw + self.export_mw + self.charge_mw,
            self.energy_mwh[1:] == self.energy_mwh[:-1] + hours * stored,
            self.energy_mwh[0] == battery.initial_mwh,
            self.energy_mwh[-1] >= least_final_mwh,
        ]
        self.on: cp.Variable | None = None
        self.starts: cp.Variable | None = None
        self._choose(m)
        grid_t = m.grid_t_per_mwh @ self.import_mw
        self.emissions_t = hours * (grid_t + unit.emissions_t_per_mwh * cp.sum(self.dispatchable_mw))
        trade = m.import_usd_per_mwh @ self.import_mw - m.export_usd_per_mwh @ self.export_mw
        fuel = unit.cost_usd_per_mwh * cp.sum(self.dispatchable_mw)
        wear = battery.wear_usd_per_mwh * cp.sum(self.discharge_mw)
        spent = hours * (trade + fuel + wear) + self._commit(unit, slots) + m.carbon_usd_per_t * self.emissions_t
        # Where it is worth nothing the programme is the same, entry by entry, as without that term.
        worth = battery.final_usd_per_mwh
        self.cost = spent - worth * self.energy_mwh[-1] if worth else spent

    def _choose(self, microgrid: Microgrid) -> None:
        """One direction at a time, where both at once could pay."""
        for slots, first, first_most, second, second_most in (
            (
                microgrid.must_choose_direction,
                self.import_mw,
                microgrid.import_mw,
                self.export_mw,
                microgrid.export_mw,
            ),
            (
                microgrid.must_choose_charge,
                self.charge_mw,
                microgrid.battery.max_mw,
                self.discharge_mw,
                microgrid.battery.max_mw,
            ),
        ):
            where = np.flatnonzero(slots)
            if len(where):
                is_first = cp.Variable(len(where), boolean=True)
                self.constraints += [
                    first[where] <= first_most * is_first,
                    second[where] <= second_most * (1 - is_first),
                ]

    def _commit(self, unit: DispatchableUnit, slots: int) -> cp.Expression:
        """Cost of starts; on is a choice where a least output or a start makes it one."""
        before = _shifted(self.dispatchable_mw, unit.before_mw or 0.0)
        if unit.ramp_mw_per_slot is not None:
            self.constraints += [cp.abs(self.dispatchable_mw - before) <= unit.ramp_mw_per_slot]
        if not unit.commits:
            return cp.Constant(0.0)
        self.on = on = cp.Variable(slots, boolean=True)
        self.starts = starts = cp.Variable(slots, bounds=[0, 1])
        was_on = _shifted(on, float(unit.before_mw is not None))
        self.constraints += [
            unit.min_mw * on <= self.dispatchable_mw,
            self.dispatchable_mw <= unit.max_mw * on,
            starts >= on - was_on,
        ]
        return unit.start_usd * cp.sum(starts)


def _shifted(values: cp.Variable, first: float) -> cp.Expression:
    """What was before each slot, shape (slots,)."""
    return cp.hstack([first, values[:-1]]) if values.size > 1 else cp.Constant(np.array([first]))
