"""`walras microgrid instance`."""

from __future__ import annotations

import json

import click

from ...microgrid.instance_document import instance_document
from ...microgrid.instance_reading import read_instance
from ..printing.instance_tables import print_instance
from .instance_options import instance_options


@click.command()
@instance_options
@click.option("--json", "as_json", is_flag=True, help="All numbers as one JSON document, which can be read back.")
def instance(scenario: str, seed: int | None, overrides: tuple[str, ...], as_json: bool) -> None:
    """Show an instance with all its numbers: sites, jobs, classes of inference, demand.

    SCENARIO is microgrid4, microgrid10, or a YAML or JSON file. A file holds a whole instance, as --json prints it, or
    a key generator with few numbers, from which an instance is generated; what stands beside it counts more.
    """
    read = read_instance(scenario, overrides, seed)
    if as_json:
        click.echo(json.dumps(instance_document(read)))
    else:
        print_instance(scenario, read)
