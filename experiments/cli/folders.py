"""`walras show` and `walras plot`: folders of runs and sweeps read back."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ...network.plain import printable
from ..archive.run_folder import RunFolder, read_run_folder
from ..errors import RunFolderError
from ..pooled.recovered_contracts import contracts_of
from ..results.shown_hour import hour_fault, hours_of, shown_hour
from ..sweep.kept_sweep import KeptSweep, is_sweep_folder, read_sweep_folder
from .options import hour_option
from .printing.contract_tables import contracts_document, print_contracts
from .printing.sweep_tables import print_sweep, sweep_document
from .printing.tables import print_document


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@hour_option
@click.option("--json", "as_json", is_flag=True, help="The document of the run, or the rows of the sweep.")
@click.option("--contracts", is_flag=True, help="Who buys how much from whom, recovered where a run was pooled.")
@click.option("-v", "--verbose", is_flag=True, help="Also print all buses, surpluses and regrets, all runs, contracts.")
def show(folder: Path, hour: int | None, as_json: bool, contracts: bool, verbose: bool) -> None:
    """Read the folder of a run or of a sweep back."""
    kept = _read(folder, hour)
    if contracts:
        _show_contracts(kept, hour, as_json=as_json, verbose=verbose)
    elif isinstance(kept, KeptSweep):
        if as_json:
            click.echo(json.dumps(sweep_document(folder, folder, kept.runs), allow_nan=False))
        else:
            print_sweep(folder, kept.parameters, kept.runs, verbose=verbose)
    elif as_json:
        click.echo(json.dumps(kept.document, allow_nan=False))
    else:
        print_document(kept.document, verbose=verbose, hour=hour)


def _show_contracts(kept: RunFolder | KeptSweep, hour: int | None, *, as_json: bool, verbose: bool) -> None:
    if isinstance(kept, KeptSweep):
        raise RunFolderError("--contracts is for the folder of one run: runs/KEY in that of the sweep")
    try:
        contracts = contracts_of(kept.trades)
    except ValueError as error:
        raise RunFolderError(f"{kept.path / 'trades.parquet'}: {error}") from error
    if as_json:
        click.echo(json.dumps({"contracts": contracts_document(contracts)}, allow_nan=False))
    else:
        print_contracts(contracts, shown_hour(kept.document["result"], hour), verbose=verbose)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@hour_option
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to put the figures.")
def plot(folder: Path, hour: int | None, out: Path | None) -> None:
    """Draw a run (convergence, the network with prices and congested lines, all hours), or curves of a sweep."""
    kept = _read(folder, hour)
    if isinstance(kept, KeptSweep):
        from ..figures.sweep_curves import draw_sweep

        paths = draw_sweep(kept, out or folder)
    else:
        from ..figures.drawing import draw

        paths = draw(kept, out or folder, hour)
    for path in paths:
        click.echo(printable(str(path)))


def _read(folder: Path, hour: int | None) -> RunFolder | KeptSweep:
    """What the folder holds; a run must have the hour that is to be shown."""
    if is_sweep_folder(folder):
        if hour is not None:
            advice = f"name one of its runs: {folder}/runs/KEY (show -v prints the keys)"
            raise RunFolderError(f"{folder}: --hour is {hour}, of a sweep; {advice}")
        return read_sweep_folder(folder)
    kept = read_run_folder(folder)
    if fault := hour_fault(hour, hours_of(kept.document["result"])):
        raise RunFolderError(f"{folder}: {fault}")
    return kept
