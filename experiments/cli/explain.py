"""`walras explain`: what a term means."""

from __future__ import annotations

import click

from ...network.plain import printable, shown
from .printing.columns import terminal
from .printing.terms import all_terms, near_names, term_of

EXIT_WRONG_INPUT = 2


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("term", nargs=-1)
@click.pass_context
def explain(ctx: click.Context, term: tuple[str, ...]) -> None:
    """Say in plain words what a term of tables, JSON, diagnoses and options means; alone: list all terms."""
    console = terminal()
    if not term:
        terms = all_terms()
        for subject in dict.fromkeys(each.subject for each in terms):
            names = ", ".join(each.names[0] for each in terms if each.subject == subject)
            console.print(f"{subject}: {names}")
        return
    asked = " ".join(term)
    found = term_of(asked)
    if found is None:
        near = near_names(asked)
        advice = f"near are {', '.join(map(repr, near))}" if near else "`walras explain` lists all"
        click.echo(f"error: {printable(shown(asked))} is no term; {advice}", err=True)
        ctx.exit(EXIT_WRONG_INPUT)
    console.print(f"{found.names[0]}: {found.says}")
