"""The equilibrium of a run folder or of a scenario, solved sharply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...agents.goods import Good
from ...coordinator.market import Market
from ...coordinator.programmes.unsolved import UnsolvedProgrammeError
from ..archive.run_folder import read_run_folder
from ..errors import Fault, InfeasibleError, RunFolderError, ScenarioError
from ..monolith.equilibrium import assemble_monolith
from ..scenario.disclosures import disclosure_scheme
from ..scenario.market_builder import BuiltMarket, build_on
from ..scenario.reading import ScenarioOnCase, ScenarioSource, read_scenario, scenario_of
from ..scenario.schema import Scenario
from ..settlement.scheme import DisclosureScheme
from .sharp_point import SharpPoint, sharp_point


@dataclass(frozen=True, eq=False)
class Opened:
    """An equilibrium, and where it comes from.

    Parameters
    ----------
    scenario : Scenario
    point : SharpPoint
    mix_kg_per_mwh : mapping of Good to float
        Disclosed purchase mixes; empty ex post.
    run : dict or None
        The document of the run whose equilibrium it is; None if there was none.
    """

    scenario: Scenario
    point: SharpPoint
    mix_kg_per_mwh: Mapping[Good, float]
    run: dict[str, Any] | None


def opened(results: str, overrides: Sequence[str], *, allow_code: bool) -> Opened:
    """Solve the market of a run folder, for the purchase mixes that the run disclosed, or that of a scenario.

    Parameters
    ----------
    results : str
        A folder that `run` or `compare` wrote, the name of a built-in scenario, or its file.
    overrides : sequence of str
        ``key.path=value`` each, for a scenario alone.
    allow_code : bool
        Whether code that the scenario names may run.

    Raises
    ------
    RunFolderError
        If the folder is broken, holds no single run, or one that cannot be repeated.
    ScenarioError
        If the scenario has faults, cannot clear, or has no convex problem.
    UnsolvedProgrammeError
        If no solver solves it.
    """
    try:
        is_folder = Path(results).is_dir()
    except (OSError, ValueError):
        is_folder = False
    if not is_folder:
        return _solved(results, read_scenario(results, overrides, allow_code=allow_code), None)
    if overrides:
        raise RunFolderError(f"{results} is a run as it was; --set is for scenarios")
    document = read_run_folder(Path(results)).document
    added = document.get("added_agents")
    if added:
        raise RunFolderError(
            f"{results}: {', '.join(map(str, added))} joined in Python; run.json does not say what they are"
        )
    source = ScenarioSource(results, document["scenario_document"], Path(results))
    return _solved(results, scenario_of(source, [], allow_code=allow_code), document)


def _solved(told: str, loaded: ScenarioOnCase, run: dict[str, Any] | None) -> Opened:
    try:
        built = build_on(loaded.case, loaded.scenario)
    except ScenarioError as error:
        raise ScenarioError(told, error.faults) from error
    scheme = disclosure_scheme(loaded.scenario, built.market)
    market = built.market
    try:
        mix = _mix(told, built, scheme, run)
        market = market.with_disclosures(scheme.disclosures(market, mix))
        if not _has_one_value(market):
            message = (
                "value emissions differently: no convex problem has the equilibrium, which may have no derivatives"
            )
            raise ScenarioError(told, [Fault("hyperscalers", message)])
        return Opened(loaded.scenario, sharp_point(market, built.stacked), mix, run)
    except InfeasibleError as error:
        raise ScenarioError(told, [Fault("", str(error))]) from error
    except UnsolvedProgrammeError:
        raise
    except RuntimeError as error:
        raise UnsolvedProgrammeError(str(error)) from error


def _has_one_value(market: Market) -> bool:
    return len(set(market.disclosed.emission_price_usd_per_kg.tolist())) <= 1


def _mix(told: str, built: BuiltMarket, scheme: DisclosureScheme, run: dict[str, Any] | None) -> Mapping[Good, float]:
    """Purchase mixes that were disclosed in the run, or that those of the contracts agree with."""
    if not scheme.curtailed_mwh:
        return {}
    if run is None:
        first = built.market.with_disclosures(scheme.disclosures(built.market, scheme.first_mix(built.market)))
        if not _has_one_value(first):
            return scheme.first_mix(built.market)
        return assemble_monolith(built.market, built.stacked).equilibrium(scheme).mix_kg_per_mwh
    disclosed = run.get("disclosure", {}).get("mix_kg_per_mwh", {})
    found = {}
    for good in scheme.curtailed_mwh:
        value = disclosed.get(good.seller, {}).get(str(good.period))
        if value is None or value < 0:
            raise RunFolderError(f"{told}/run.json: disclosure.mix_kg_per_mwh says nothing of {good}")
        found[good] = float(value)
    return found
