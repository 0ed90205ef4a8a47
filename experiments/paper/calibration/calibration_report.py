"""The report of a calibration in Markdown."""

from __future__ import annotations

import numpy as np

from ...pages.markdown import markdown_table, number
from ..identities.identities_section import identities_section
from ..identities.independent_cells import MetCells
from ..lookup import SCHEME_NAMES
from ..printed import PRINTED, printed
from .inverse_problem import NO_FACTOR, Calibration

_LABELS = {quantity.key: f"{quantity.label} [{quantity.unit}]" for quantity in PRINTED}
TITLE = "What arXiv 2602.19310 leaves open, fitted to what it prints"


def calibration_report(calibration: Calibration) -> str:
    """Identities, the fit cell by cell, its prediction ex ante, and what else would fit."""
    return "\n".join(
        [
            f"# {TITLE}\n",
            "## What the printed cells say by themselves\n",
            identities_section(),
            "## The fit\n",
            "Free is what the paper does not print: marginal costs by unit type, the injection of hydro, and whose "
            "output the clean supply is. Loads, line limits and elasticity stay as it states them. Least and most are "
            "over all points that the search tried and that meet every target to 2% (p24 ex ante to 2% of the worth "
            "of work). Factors were searched from 0.2 to 2: what spans nearly all of that is open, and what ends at "
            "one of the two may go on beyond. That prices need a factor does not make it so: the published costs are "
            "those of the test system.\n",
            _numbers(calibration),
            _targets(calibration),
            "## Cell by cell\n",
            _counts(calibration),
            _cells(calibration),
            "## What else would fit\n",
            _rivals(calibration),
            _clean(calibration),
            _buses(calibration),
            f"Seed of the search: {calibration.seed}. The setting, as overrides of `rts24`:\n",
            *(f"    --set '{override}'" for override in calibration.overrides),
            "",
        ]
    )


def _numbers(calibration: Calibration) -> str:
    rows = []
    for name, value in calibration.numbers.items():
        least, most = calibration.ranges.get(name, (None, None))
        is_hydro = name == "hydro_mw"
        label, published = ("hydro [MW]", "300") if is_hydro else (f"cost factor of {name}", "1")
        form = ".1f" if is_hydro else ".3f"
        rows.append([label, published, number(value, form), number(least, form), number(most, form)])
    return markdown_table(["number", "published", "fit", "least", "most"], rows, numbers=4)


def _targets(calibration: Calibration) -> str:
    aims = calibration.targets.targets
    fit, held_out = (calibration.targets.values(found.states) for found in (calibration.fit, calibration.held_out))
    rows = [
        [
            f"{aim.label} [{aim.unit}]",
            number(aim.value),
            number(predicted),
            number(100 * (predicted / aim.value - 1), "+.2f"),
            number(met),
            number(100 * (met / aim.value - 1), "+.2f"),
        ]
        for aim, predicted, met in zip(aims, held_out, fit, strict=True)
    ]
    hidden = np.array([not aim.is_ex_post for aim in aims])
    wanted = np.array([aim.value for aim in aims])
    errors = 100 * np.abs(held_out / wanted - 1)[hidden]
    prices = ", ".join(f"{error:.2f}%" for error in errors)
    columns = ["target", "printed", "fit ex post", "%", "fit to all", "%"]
    return (
        f"{markdown_table(columns, rows, numbers=5)}\nFitted to the cells ex post alone, the model misses those ex "
        f"ante by {prices}: the error of a prediction.\n"
    )


def _counts(calibration: Calibration) -> str:
    def words(met: MetCells) -> str:
        return f"{met.near} of {len(met.table)} ({met.possible_near} of those that some data can meet)"

    used = sum(abs(value - 1) > NO_FACTOR for name, value in calibration.numbers.items() if name != "hydro_mw")
    table = calibration.after.table
    intensities = int((table["is_near"] & table["key"].str.startswith("intensity.")).sum())
    all_met = {
        "with published costs": calibration.before,
        "with the fit to the cells ex post": calibration.predicted,
        "with the fit to all": calibration.after,
    }
    listed = ", ".join(f"{words(met)} {setting}" for setting, met in all_met.items())
    inside = ", ".join(f"{met.inside} {setting}" for setting, met in all_met.items())
    return (
        f"Independent cells within 2%: {listed}. Further cells inside an interval of equilibria narrower than 10%: "
        f"{inside}. Used for it: {used} cost factors, the traded hydro and the alpha of 0.1. Inferred before from the "
        "same tables, in all three settings: emission rates, which are intensities of Table III, and the datacenters' "
        "buses, capacities, curtailed energy and power of a GPU. What a datacenter's contracts emit is not decided by "
        "the model: intensities may be anything from the cleanest to the dirtiest unit that it can buy from, and the "
        f"{intensities} that the fit to all meets are met by the selection rule.\n"
    )


def _cells(calibration: Calibration) -> str:
    ours = [met.table["monolith"].tolist() for met in (calibration.before, calibration.predicted, calibration.after)]
    rows = []
    for index, row in enumerate(calibration.after.table.to_dict("records")):
        rows.append(
            [
                f"{_LABELS[row['key']]}{' (contradicted)' if row['is_contradicted'] else ''}",
                f"{SCHEME_NAMES[row['disclosure']]} {row['alpha']:g}",
                "yes" if row["is_near"] else "inside" if row["is_inside"] else "no",
                *(_short(values[index]) for values in ours),
                _short(row["paper"]),
            ]
        )
    columns = ["cell", "market", "met", "published costs", "predicted", "fit", "paper"]
    return markdown_table(columns, rows, numbers=4)


def _rivals(calibration: Calibration) -> str:
    rows = [
        [name, number(fit.loss, ".1f"), number(float(np.abs(fit.misses).max()), ".1f")]
        for name, fit in calibration.rivals.items()
    ]
    columns = ["reading of the data", "loss of its best fit", "largest miss in tolerances"]
    return markdown_table(columns, rows, numbers=2)


def _clean(calibration: Calibration) -> str:
    rows = [
        [
            clean.name,
            "yes" if clean.is_steady else "no",
            number(clean.output_mwh, ".1f"),
            number(clean.rate_kg_per_mwh, ".1f"),
            number(clean.system_t, ",.1f"),
            number(100 * clean.system_miss, "+.1f"),
        ]
        for clean in calibration.clean
    ]
    columns = ["clean supply", "full at both alphas", "MWh", "kg/MWh", "system CO2 [t]", "% off"]
    return "\n".join(
        [
            "Who could be the clean supply alone, with all other rates as they are. Only A is identified: several "
            "units together, or what forward contracts leave over of cleaner ones, could be it as well.\n",
            markdown_table(columns, rows, numbers=4),
        ]
    )


def _buses(calibration: Calibration) -> str:
    rows = [[f"{bus}", number(post), number(ante)] for bus, (post, ante) in calibration.unloaded.items()]
    wanted = [[printed(f"power_price.{name}", scheme, 0.1) for scheme in SCHEME_NAMES] for name in ("mdc1", "mdc2")]
    listed = " and ".join(f"{post} and {ante}" for post, ante in wanted)
    return "\n".join(
        [
            f"Where the datacenters could be: prices at the buses without load [$/MWh]; printed are {listed} for "
            "mdc1 and mdc2, ex post and ex ante at alpha 0.1. Where mdc3 is cannot be told, since it buys nothing.\n",
            markdown_table(["bus", "ex post", "ex ante"], rows, numbers=2),
        ]
    )


def _short(value: float) -> str:
    return f"{value:,.5g}" if abs(value) < 1e4 else f"{value:,.0f}"
