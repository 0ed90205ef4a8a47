"""`walras new`: a template."""

from __future__ import annotations

from pathlib import Path

import click

from ...network.plain import printable
from ..own_parts.new_template import write_template


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Write a market of three buses with an own agent and an own mechanism, which runs as it is, to begin from."""
    names = write_template(folder)
    click.echo(f"{printable(str(folder))}: {', '.join(names)}")
    click.echo(f"next: cd {printable(str(folder))} && walras run scenario.yaml; README.md says more")
