"""`walras show` and `walras plot`: run folders read back."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ...network.plain import printable
from ..archive.run_folder import read_run_folder
from .tables import print_document


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The document of the run.")
@click.option("-v", "--verbose", is_flag=True, help="Also print all buses, surpluses and regrets.")
def show(folder: Path, as_json: bool, verbose: bool) -> None:
    """Read a run folder back."""
    document = read_run_folder(folder).document
    if as_json:
        click.echo(json.dumps(document, allow_nan=False))
    else:
        print_document(document, verbose=verbose)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where to put the figures.")
def plot(folder: Path, out: Path | None) -> None:
    """Draw a run folder: convergence, and the network with prices and congested lines."""
    from ..figures.drawing import draw

    for path in draw(read_run_folder(folder), out or folder):
        click.echo(printable(str(path)))
