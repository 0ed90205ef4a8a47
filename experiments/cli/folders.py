"""`walras show` and `walras plot`: folders of results read back."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ...network.plain import printable
from ..archive.run_folder import RunFolder, read_run_folder
from ..errors import RunFolderError
from ..results.shown_hour import hour_fault, hours_of
from .options import hour_option
from .tables import print_document


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@hour_option
@click.option("--json", "as_json", is_flag=True, help="The document of the run.")
@click.option("-v", "--verbose", is_flag=True, help="Also print all buses, surpluses and regrets.")
def show(folder: Path, hour: int | None, as_json: bool, verbose: bool) -> None:
    """Read a run folder back."""
    document = _read(folder, hour).document
    if as_json:
        click.echo(json.dumps(document, allow_nan=False))
    else:
        print_document(document, verbose=verbose, hour=hour)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@hour_option
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to put the figures.")
def plot(folder: Path, hour: int | None, out: Path | None) -> None:
    """Draw a run folder: convergence, the network with prices and congested lines, and all hours."""
    from ..figures.drawing import draw

    for path in draw(_read(folder, hour), out or folder, hour):
        click.echo(printable(str(path)))


def _read(folder: Path, hour: int | None) -> RunFolder:
    """A run folder that has the hour which is to be shown."""
    kept = read_run_folder(folder)
    if fault := hour_fault(hour, hours_of(kept.document["result"])):
        raise RunFolderError(f"{folder}: {fault}")
    return kept
