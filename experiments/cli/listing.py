"""`walras list`: what comes with walras."""

from __future__ import annotations

import json

import click

from ...coordinator.catalogue import EXECUTORS, MECHANISMS
from ...network.csv_reader import built_in_cases
from ..microgrid.instance_reading import built_in_instances
from ..scenario.reading import built_in_scenarios


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def list_(as_json: bool) -> None:
    """List built-in scenarios, microgrid instances, grids, mechanisms and executors."""
    names = {
        "scenarios": built_in_scenarios(),
        "instances": built_in_instances(),
        "grids": built_in_cases(),
        "mechanisms": list(MECHANISMS),
        "executors": list(EXECUTORS),
    }
    if as_json:
        click.echo(json.dumps(names))
        return
    for kind, members in names.items():
        click.echo(f"{kind}: {', '.join(members)}")
