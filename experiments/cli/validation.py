"""`walras validate` and `walras schema`."""

from __future__ import annotations

import json

import click

from ...network.plain import printable
from ..scenario.market_builder import build_on
from ..scenario.reading import read_scenario
from ..scenario.schema import Scenario
from .options import allow_code_option, faults_of


@click.command()
@click.argument("file")
@allow_code_option
def validate(file: str, allow_code: bool) -> None:
    """Print every error of a scenario at once, each with its path, the value and what is allowed."""
    loaded = read_scenario(file, allow_code=allow_code)
    with faults_of(file):
        market = build_on(loaded.case, loaded.scenario).market
    click.echo(f"{printable(file)}: valid; {len(market.agents)} agents trade {len(market.goods)} goods")


@click.command()
def schema() -> None:
    """Print the JSON Schema of a scenario."""
    click.echo(json.dumps(Scenario.model_json_schema(), indent=2))
