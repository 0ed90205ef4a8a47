"""Calibration as an inverse problem: what must be true of the data that the paper does not print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ....agents.arrays import FloatArray
from ...scenario.reading import load_scenario
from ..identities.identities import printed_reading
from ..identities.independent_cells import MetCells, met_cells
from .clean_supply import CleanSupply, clean_supplies
from .freedoms import Freedoms
from .market_cells import market_cells
from .nodal_model import NodalModel
from .search import Fit, best_fit
from .structures import structures
from .targets import Targets, targets_of

EMISSION_TABLE = "surrogate"
PUBLISHED = (f"producers.emission_rates={EMISSION_TABLE}",)
# A factor nearer to 1 than this is none.
NO_FACTOR = 0.005
# Points whose every miss is at most this many tolerances (of 1%) are no worse than what is asked of a cell.
_ADMISSIBLE = 2.0


@dataclass(frozen=True, eq=False)
class Calibration:
    """What a calibration found.

    Parameters
    ----------
    seed : int
    targets : Targets
    numbers : dict of str to float
        The fit to all targets: cost factors by unit type, hydro in MW.
    fit, held_out : Fit
        To all targets, and to those ex post alone, of which ex ante is a prediction.
    overrides : tuple of str
        Of `rts24`, the setting that was found.
    rivals : dict of str to Fit
        By other readings of the data, the one that is used first.
    ranges : dict of str to (least, most)
        Of each number, over all points tried whose targets are met to 2% (the price ex ante to that of work).
    clean : list of CleanSupply
    unloaded : dict of int to (float, float)
        Prices at the buses without load, where datacenters may be, ex post and ex ante at alpha 0.1 [$/MWh].
    before, predicted, after : MetCells
        With published costs, as predicted by the fit to ex post cells, and with the fit to all.
    """

    seed: int
    targets: Targets
    numbers: dict[str, float]
    fit: Fit
    held_out: Fit
    overrides: tuple[str, ...]
    rivals: dict[str, Fit]
    ranges: dict[str, tuple[float, float]]
    clean: list[CleanSupply]
    unloaded: dict[int, tuple[float, float]]
    before: MetCells
    predicted: MetCells
    after: MetCells


def calibrate(seed: int, on_step: Callable[[str], object] = lambda _: None) -> Calibration:
    """Fit what the paper leaves open to what its printed cells imply; loads, limits and elasticity stay as stated.

    Parameters
    ----------
    seed : int
        Of the global search.
    on_step : callable
        Called with what is done next.
    """
    scenario = load_scenario("rts24", PUBLISHED)
    models = structures(scenario)
    used = next(iter(models))
    freedoms = Freedoms.of_case(models[used], scenario.grid.source)
    targets = targets_of(scenario, models[used], EMISSION_TABLE)
    all_of_them = np.ones(len(targets.targets), dtype=bool)
    ex_post = np.array([target.is_ex_post for target in targets.targets])
    on_step("fitting the cells ex post")
    held_out = best_fit(models[used], freedoms, targets, ex_post, seed)
    rivals = {}
    for name, model in models.items():
        on_step(f"fitting all targets: {name}")
        rivals[name] = best_fit(model, freedoms, targets, all_of_them, seed)
    fit = rivals[used]
    careful = printed_reading().alpha
    cells = []
    for words, overrides in (
        ("published costs", PUBLISHED),
        ("prediction", _overrides(freedoms, held_out.point)),
        ("fit", _overrides(freedoms, fit.point)),
    ):
        on_step(f"solving the four markets: {words}")
        cells.append(met_cells(market_cells(overrides, careful)))
    return Calibration(
        seed,
        targets,
        freedoms.words(fit.point),
        fit,
        held_out,
        _overrides(freedoms, fit.point),
        rivals,
        _ranges(freedoms, fit.tried),
        clean_supplies(models[used], freedoms, fit.point, fit.states[0], targets.rates_kg_per_mwh),
        _unloaded(models[used], fit),
        *cells,
    )


def _overrides(freedoms: Freedoms, point: FloatArray) -> tuple[str, ...]:
    """A point as overrides of the scenario, with the carbon-free energy of the identities as traded hydro."""
    numbers = freedoms.words(point)
    hydro, traded = numbers.pop("hydro_mw"), round(printed_reading().carbon_free_mwh, 1)
    factors = {name: round(value, 3) for name, value in numbers.items() if abs(value - 1) > NO_FACTOR}
    listed = ", ".join(f"{name}: {value}" for name, value in factors.items())
    return (
        *PUBLISHED,
        f"producers.cost_factors={{{listed}}}",
        f"producers.hydro_traded_mw={traded}",
        f"producers.hydro_injection_mw={round(hydro - traded, 1)}",
    )


def _ranges(freedoms: Freedoms, tried: FloatArray) -> dict[str, tuple[float, float]]:
    admissible = [freedoms.words(row[:-1]) for row in tried if row[-1] <= _ADMISSIBLE]
    if not admissible:
        return {}
    table = pd.DataFrame(admissible)
    return {str(name): (float(column.min()), float(column.max())) for name, column in table.items()}


def _unloaded(model: NodalModel, fit: Fit) -> dict[int, tuple[float, float]]:
    post, ante = (state.price_usd_per_mwh for state in fit.states)
    return {bus: (float(post[place]), float(ante[place])) for bus, place in model.places_without_load().items()}
