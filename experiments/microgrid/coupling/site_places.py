"""Which site stands at which bus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ....network.case import Case
from ....network.plain import listing, shown
from ...errors import Fault, ScenarioError
from ..instance import Instance

OPTION = "--at"


def site_places(instance: Instance, case: Case, given: Sequence[str] = ()) -> dict[str, int]:
    """The bus of every site, in the order of the sites.

    Who is not told where to stand stands, one after the other, at the buses with the largest loads that nobody was
    sent to, largest first (of equal loads the first bus in the case), and at the same ones again if there are more
    sites.

    Parameters
    ----------
    instance : Instance
    case : Case
    given : sequence of str
        ``site=bus`` each.

    Raises
    ------
    ScenarioError
        With every word that names no site or no bus, or a site twice.
    """
    told, faults = _parsed(instance, case, given)
    if faults:
        raise ScenarioError(OPTION, faults)
    by_load = sorted(case.load_mw, key=lambda bus: -case.load_mw[bus]) or list(case.grid.buses)
    free = [bus for bus in by_load if bus not in told.values()] or by_load
    others = [site for site in instance.sites if site not in told]
    places = told | {site: free[position % len(free)] for position, site in enumerate(others)}
    return {site: places[site] for site in instance.sites}


def _parsed(instance: Instance, case: Case, given: Iterable[str]) -> tuple[dict[str, int], list[Fault]]:
    told: dict[str, int] = {}
    faults: list[Fault] = []
    buses = {str(bus): bus for bus in case.grid.buses}
    for word in given:
        site, sign, bus = word.rpartition("=")
        if not sign:
            faults.append(Fault(shown(word), "site=bus is needed"))
        elif site not in instance.sites:
            faults.append(Fault(word, f"{shown(site)} is no site; allowed: {listing(instance.sites)}"))
        elif bus not in buses:
            faults.append(Fault(word, f"{shown(bus)} is no bus of the market; allowed: {listing(buses)}"))
        elif site in told:
            faults.append(Fault(word, f"{shown(site)} stands at bus {told[site]} already; a site has one bus"))
        else:
            told[site] = buses[bus]
    return told, faults
