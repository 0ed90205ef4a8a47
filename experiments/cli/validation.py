"""`walras validate` and `walras schema`."""

from __future__ import annotations

import json

import click

from ...network.plain import printable
from ..scenario.long_scenarios import check_scenario
from ..scenario.reading import read_scenario
from ..scenario.schema import Scenario
from .options import allow_code_option, faults_of
from .process.prints import prints_aside
from .progress import validation_progress


@click.command()
@click.argument("file")
@allow_code_option
@click.option("-q", "--quiet", is_flag=True, help="No progress line.")
def validate(file: str, allow_code: bool, quiet: bool) -> None:
    """Print every error of a scenario at once, each with its path, the value and what is allowed."""
    with prints_aside():
        loaded = read_scenario(file, allow_code=allow_code)
        with faults_of(file), validation_progress(loaded.scenario.periods, quiet=quiet) as on_hour:
            size = check_scenario(loaded.case, loaded.scenario, on_hour)
    click.echo(f"{printable(file)}: valid; {size.agents} agents trade {size.goods} goods")


@click.command()
def schema() -> None:
    """Print the JSON Schema of a scenario."""
    click.echo(json.dumps(Scenario.model_json_schema(), indent=2))
