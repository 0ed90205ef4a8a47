"""Sites and market found together, for a reader at the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.console import Console

from ...microgrid.coupling.coupled_outcome import Coupled, CouplingStatus
from ...microgrid.coupling.coupled_round import CoupledRound
from .columns import Column, print_columns, terminal
from .plan_tables import money

_PARTIES = {
    "consumers": "consumers",
    "producers": "producers",
    "grid_operator": "grid operator",
    "modular_datacenters": "modular datacenters",
    "hyperscalers": "hyperscalers",
    "other_agents": "other agents",
    "sites": "sites",
    "grid_connection": "grid connection",
    "price_of_carbon": "price of carbon",
}


def print_coupled(coupled: Coupled) -> None:
    """Print how the rounds ended, what sites meet and draw at their buses, and who gains what."""
    console = terminal()
    if not coupled.rounds:
        console.print(f"There is nothing to show: {coupled.reason}.")
        return
    shown = coupled.shown
    _print_sites(console, coupled, shown)
    console.print()
    _print_accounts(console, coupled)
    console.print()
    for sentence in _sentences(coupled):
        console.print(sentence)


def _print_sites(console: Console, coupled: Coupled, shown: CoupledRound) -> None:
    prices, loads = shown.caused.price_usd_per_mwh, shown.net_mw
    labels = [
        Column("site", list(coupled.places), "left"),
        Column("bus", [str(bus) for bus in coupled.places.values()]),
    ]
    figures = {
        "least price\n$/MWh": prices.min(axis=1),
        "mean price\n$/MWh": prices.mean(axis=1),
        "most\n$/MWh": prices.max(axis=1),
        "net import\nMWh": loads.sum(axis=1),
        "most\nMW": loads.max(axis=1),
        "least\nMW": loads.min(axis=1),
    }
    print_columns(console, labels, [Column(head, [f"{value:,.1f}" for value in row]) for head, row in figures.items()])


def _print_accounts(console: Console, coupled: Coupled) -> None:
    """Surpluses, and by how much they change where sites know what they do to prices."""
    accounts, other = coupled.shown.accounts, coupled.anticipated
    parties = [party for party, usd in accounts.surplus_usd.items() if usd or party == "sites"]
    labels = [*(_PARTIES[party] for party in parties), "all of them", "welfare"]
    total = sum(accounts.surplus_usd.values())
    columns = [_column("$", [*(accounts.surplus_usd[party] for party in parties), total, accounts.welfare_usd])]
    if other is not None:
        changes = coupled.surplus_changes_usd(other)
        welfare = other.accounts.welfare_usd - accounts.welfare_usd
        values = [*(changes[party] for party in parties), sum(changes.values()), welfare]
        columns.append(_column("anticipating,\n$ more", values, 2))
    print_columns(console, [Column("surplus", labels, "left")], columns)


def _column(heading: str, values: Sequence[float], decimals: int = 0) -> Column:
    return Column(heading, [f"{round(value, decimals) + 0.0:,.{decimals}f}" for value in values])


def _sentences(coupled: Coupled) -> list[str]:
    shown, cycle, count = coupled.shown, coupled.cycle, len(coupled.rounds)
    accounts = shown.accounts
    ended = {
        CouplingStatus.CONVERGED: f"Converged after {count} rounds",
        CouplingStatus.CYCLE: f"No fixed point was met in {count} rounds",
    }.get(coupled.status, f"Not converged after {count} rounds")
    told = [f"{ended}: {coupled.reason}."]
    if cycle is not None:
        told.append(
            f"Over the cycle of {cycle.rounds} rounds a site's load varies by up to "
            f"{max(cycle.load_width_mw.values()):.1f} MW, that of all sites by {cycle.total_load_width_mw:.1f} MW, "
            f"prices by {cycle.price_width_usd_per_mwh:.2f} $/MWh and the sites' benefit by "
            f"{cycle.benefit_width_usd:,.2f} $; shown is the round whose prices surprise least."
        )
    if coupled.regret_usd is not None and coupled.most_regret_usd is not None:
        told.append(
            f"At the prices that they cause ({shown.surprise_usd_per_mwh:.3f} $/MWh from those that they planned by) "
            f"sites could gain {coupled.regret_usd:,.2f} $, at most {coupled.most_regret_usd:,.2f} $, of a benefit of "
            f"{money(shown.benefit_usd)} $."
        )
    if coupled.anticipated is not None:
        changes = coupled.surplus_changes_usd(coupled.anticipated)
        others = sum(usd for party, usd in changes.items() if party not in ("sites", "price_of_carbon"))
        moved, way = coupled.anticipated.load_change_mw(shown), "gain" if others > 0 else "lose"
        told.append(
            f"As one group that knows what it does to prices, sites would gain {changes['sites']:,.2f} $ and move a "
            f"load by up to {moved:.1f} MW; all others together would {way} {abs(others):,.2f} $."
        )
    told.append(
        f"Surpluses add up to the welfare but for {abs(accounts.residual):.0e} of it; sites pay "
        f"{accounts.sites_paid_usd:,.2f} $ for energy, of which {abs(accounts.unbalanced_usd):.0e} $ are not received."
    )
    told.append(f"The market emits {float(np.sum(shown.clearing.co2_t)):,.1f} t.")
    return told
