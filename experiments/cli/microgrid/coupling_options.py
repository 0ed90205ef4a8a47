"""Options that say to which market sites are coupled, and where they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from ...microgrid.coupling.day_market import read_day_market, stated
from ...microgrid.coupling.grid_connection import GridConnection
from ...microgrid.coupling.grid_signals import Standing
from ...microgrid.coupling.site_places import OPTION, site_places
from ...microgrid.instance import Instance
from ..options import NumberWithin

F = TypeVar("F", bound=Callable[..., Any])
_MOST_USD_PER_MWH = 1e6


@dataclass(frozen=True)
class CouplingOptions:
    """What the options say."""

    market: str
    market_overrides: tuple[str, ...]
    at: tuple[str, ...]
    margin: float
    export_share: float

    @property
    def connection(self) -> GridConnection:
        """What sites pay beside nodal prices."""
        return GridConnection(self.margin, self.export_share)

    def standing(self, instance: Instance) -> Standing:
        """The market with the sites of an instance on it.

        Raises
        ------
        ScenarioError
            If they do not fit together.
        """
        found = read_day_market(self.market, self.market_overrides, instance)
        places = site_places(instance, found.case, self.at)
        return Standing(stated(found), places)


def coupling_options(command: F) -> F:
    """Add the options of `CouplingOptions` to a command."""
    decorators = [
        click.option(
            "--market",
            default="rts24",
            show_default=True,
            help="Scenario of the market; one hour becomes a winter day.",
        ),
        click.option(
            "--market-set",
            "market_overrides",
            multiple=True,
            metavar="KEY.PATH=VALUE",
            help="Override the scenario of the market. Repeatable.",
        ),
        click.option(
            OPTION,
            multiple=True,
            metavar="SITE=BUS",
            help="Where a site stands. Repeatable.  [default: the others at the buses with the largest loads]",
        ),
        click.option(
            "--margin",
            type=NumberWithin(0, _MOST_USD_PER_MWH),
            default=0.0,
            show_default=True,
            help="What imports cost beyond the nodal price, in $/MWh.",
        ),
        click.option(
            "--export-share",
            type=NumberWithin(0, 1),
            default=1.0,
            show_default=True,
            help="Of the nodal price, what exports earn.",
        ),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command
