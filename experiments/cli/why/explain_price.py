"""`walras why`: who and what set a price, and what would change it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ....network.plain import printable
from ...errors import Fault, RunFolderError, ScenarioError
from ...results.result import summarise
from ...results.shown_hour import hour_fault, shown_hour
from ...sensitivity.bus_loads import NoFreeBuyerError
from ...sensitivity.opened import opened
from ...sensitivity.why import why as followed_at
from ...sensitivity.why_document import why_document
from ...sweep.kept_sweep import is_sweep_folder
from ..options import allow_code_option, hour_option, tell_written
from ..process.prints import prints_aside
from .price_tables import print_why


@click.command()
@click.argument("results")
@click.option("--bus", type=int, metavar="B", help="Whose price is explained.  [default: the dearest]")
@hour_option
@click.option("--set", "overrides", multiple=True, metavar="KEY.PATH=VALUE", help="Override the scenario; repeatable.")
@allow_code_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Draw prices and marginal emissions of all buses there.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout and nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Print more: everybody who moves, every parameter.")
@click.option("-q", "--quiet", is_flag=True, help="Do not say where results were written.")
def why(
    results: str,
    bus: int | None,
    hour: int | None,
    overrides: tuple[str, ...],
    allow_code: bool,
    out: Path | None,
    as_json: bool,
    verbose: bool,
    quiet: bool,
) -> None:
    """Say who and what set the price at a bus, and what more load, limits, weights, rates and costs would change.

    RESULTS is a folder that run or compare wrote with --out, a built-in scenario, or a scenario file. The market is
    solved sharply first; ex ante for purchase mixes as they are.
    """
    if out is not None:
        from ...figures.drawing import folder_for_figures

        folder_for_figures(out)
    if is_sweep_folder(Path(results)):
        raise RunFolderError(
            f"{results} is a sweep; name one of its runs: {results}/runs/KEY (show -v prints the keys)"
        )
    with prints_aside():
        found = opened(results, overrides, allow_code=allow_code)
    if fault := hour_fault(hour, found.scenario.periods):
        raise ScenarioError(results, [Fault("", fault)])
    ledger = found.point.ledger
    figures = summarise(ledger).document()
    shown = shown_hour(figures, hour)
    buses = ledger.grid_operator.grid.buses
    if bus is not None and bus not in buses:
        raise ScenarioError(results, [Fault("", f"--bus is {bus}; there is none of that number ({_some(buses)})")])
    prices = {b: figures["price_usd_per_mwh"][str(b)][shown.period] for b in buses}
    chosen = max(buses, key=lambda b: prices[b]) if bus is None else bus
    try:
        told = followed_at(found.point, ledger, shown.period)
    except NoFreeBuyerError as error:
        raise ScenarioError(results, [Fault("", str(error))]) from error
    document = why_document(found, told, chosen)
    try:
        if out is not None:
            from ...figures.marginal_emissions import draw_why

            draw_why(document, out)
            tell_written(out, quiet=quiet)
    finally:
        if as_json:
            click.echo(json.dumps(document, allow_nan=False))
        else:
            print_why(document, verbose=verbose)


def _some(buses: tuple[int, ...]) -> str:
    told = ", ".join(map(str, buses[:30]))
    return printable(told if len(buses) <= 30 else f"{told}, ... {len(buses)} in all")
