"""What the case study assumes, and where each assumption is from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ....agents.producer import Producer
from ...pages.markdown import markdown_table
from ...scenario.market_builder import build_market
from ...scenario.schema import Scenario
from ..forward.forward_limits import carried_positions
from ..paper_settings import PAPER, SETTINGS
from ..printed import PRINTED_ALPHAS


class Origin(StrEnum):
    """Whose an assumption is."""

    PRINTED = "printed"
    INFERRED = "inferred"
    OURS = "ours"


@dataclass(frozen=True)
class Assumption:
    """One of them.

    Parameters
    ----------
    what : str
    origin : Origin
        Printed in the paper, inferred from numbers that it prints, or our choice where it says nothing.
    why : str
        From what it follows, or what speaks for it.
    """

    what: str
    origin: Origin
    why: str


ASSUMPTIONS = {
    "loads": Assumption("Conventional load", Origin.PRINTED, "the peak of the 24-bus reliability test system"),
    "limits": Assumption("Line limits", Origin.PRINTED, "a share of the continuous ratings"),
    "elasticity": Assumption("Price elasticity of load", Origin.PRINTED, "one number for all loads"),
    "base": Assumption(
        "Where the elasticity holds",
        Origin.OURS,
        "at the fixed load and the nodal prices of its least-cost dispatch, without the workload",
    ),
    "workload": Assumption("Workload and its batches", Origin.PRINTED, "served in full in every table"),
    "host": Assumption("Bus of the hyperscaler", Origin.PRINTED, "behind congested lines: energy is dearest there"),
    "buses": Assumption(
        "Buses of the datacenters",
        Origin.INFERRED,
        "of mdc1 and mdc2 the power prices of Table I tell; mdc3 buys nothing, and its bus is ours",
    ),
    "capacity": Assumption(
        "Capacities of the datacenters", Origin.INFERRED, "full leases cost what Table I prints at Table III's prices"
    ),
    "curtailed": Assumption(
        "Curtailed energy of the datacenters", Origin.INFERRED, "what they need not buy, by the emissions of Table II"
    ),
    "gpu": Assumption("Power of a GPU", Origin.INFERRED, "ratio of lease prices per GPU to those per MWh"),
    "alpha": Assumption(
        "Values of alpha in the tables", Origin.INFERRED, "ratio of lease prices; they may be rounded as printed"
    ),
    "weights": Assumption(
        "Weight of emissions",
        Origin.INFERRED,
        "a kilogram weighs 1 - alpha where a dollar weighs alpha: lease prices fit so",
    ),
    "rates": Assumption(
        "Emission rates of the units", Origin.INFERRED, "intensities of Table III and system CO2 of Table II"
    ),
    "susceptance": Assumption("Susceptances", Origin.OURS, "1 / x; taps, resistances and charging are left out"),
    "units": Assumption("Units", Origin.OURS, "no least output, no fixed cost; groups of equal units are one producer"),
    "costs": Assumption(
        "Marginal costs of the units",
        Origin.INFERRED,
        "published ones times factors by unit type, fitted to power prices and costs of Table I",
    ),
    "hydro": Assumption(
        "Hydro",
        Origin.INFERRED,
        "as much as makes local CO2 what Table II prints is sold in contracts; the rest serves loads pro rata",
    ),
    "intensity": Assumption(
        "Disclosed intensity", Origin.INFERRED, "curtailed energy counts in its denominator: ex ante prices fit so"
    ),
    "selection": Assumption(
        "Which of equal contracts", Origin.OURS, "least norm; all others are shown as intervals beside it"
    ),
    "matrix": Assumption(
        "Baseline of forward contracts",
        Origin.OURS,
        "least-cost dispatch of fixed load, pro rata to sales and purchases; others are variations",
    ),
    "obligation": Assumption(
        "Who owes forward contracts", Origin.OURS, "the producer, by contract; by generator and by consumer beside it"
    ),
    "positions": Assumption(
        "Forward positions", Origin.PRINTED, "60, 70, 80 and 90%; by contract the last is cut down to what can be met"
    ),
    "congestion": Assumption("Congestion", Origin.OURS, "sum over lines of shadow price times limit"),
}


def assumptions_table() -> str:
    """All assumptions with what they are in the paper's setting."""
    values = _values(SETTINGS[PAPER].at(PRINTED_ALPHAS[-1]))
    rows = [[each.what, values.get(key, ""), str(each.origin), each.why] for key, each in ASSUMPTIONS.items()]
    return markdown_table(["assumption", "in the paper's setting", "origin", "from what"], rows, numbers=0)


def _values(scenario: Scenario) -> dict[str, str]:
    (hyperscaler,) = scenario.hyperscalers
    lenders = scenario.modular_datacenters
    units = [agent for agent in build_market(scenario).agents if isinstance(agent, Producer)]
    rates = sorted({unit.emission_rate_kg_per_mwh for unit in units})
    standing = SETTINGS[PAPER].standing_for_printed
    return {
        "limits": f"{scenario.grid.line_limit_scale:.0%}",
        "elasticity": f"{scenario.consumers.price_elasticity:g}",
        "workload": ", ".join(f"{load}" for load in hyperscaler.batches_mw.values()) + " MW",
        "host": f"{hyperscaler.bus}",
        "buses": ", ".join(f"{lender.name}: {lender.bus}" for lender in lenders),
        "capacity": ", ".join(f"{lender.name}: {lender.capacity_mw:g} MW" for lender in lenders),
        "curtailed": ", ".join(f"{lender.name}: {lender.curtailed_mw} MW" for lender in lenders),
        "gpu": f"{scenario.gpu_rating_kw:.4f} kW",
        "alpha": ", ".join(f"{alpha:g}" for alpha in standing),
        "rates": ", ".join(f"{rate:.4g}" for rate in rates) + " kg/MWh",
        "costs": ", ".join(f"{name}: {factor:g}" for name, factor in scenario.producers.cost_factors.items()),
        "hydro": f"{scenario.producers.hydro_traded_mw:g} MW sold",
        "intensity": scenario.disclosed_intensity.replace("_", " "),
        "selection": scenario.selection.replace("_", " "),
        "positions": ", ".join(f"{position:.0%}" for position in carried_positions(PAPER, "contract")),
    }
