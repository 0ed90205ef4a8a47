"""Mutants: small changes of the coordinator's judgements, each of which some test must notice.

`make mutants` draws 300 of them by a seed from all that cosmic-ray's operators make of the modules in `covering.py`,
and runs the tests that cover a module against each of its mutants. No file changes: a child process imports the mutant
in its module's place.
"""

import ast
import difflib
import importlib
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from importlib.abc import Loader, MetaPathFinder
from importlib.util import spec_from_loader
from pathlib import Path
from typing import NamedTuple

import click
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.provider import OperatorProvider
from covering import COVERING

ROOT = Path(__file__).resolve().parents[2]
# Imported once, before the children part: what takes the time, and knows nothing of the package.
SHARED = ("cvxpy", "highspy", "hypothesis", "pandas", "scipy.optimize")
# Between numbers a shift or a bitwise operator is an error that any test would notice: nothing is learnt from it.
NUMERIC = "(Add|Sub|Mul|Div|Pow)"
INSTRUCTIVE = re.compile(rf"(?!ReplaceBinary|Variable)|\w+_{NUMERIC}_{NUMERIC}$|\w+_(BitOr_BitAnd|BitAnd_BitOr)$")


class Mutant(NamedTuple):
    module: str
    line: int
    code: str

    def __str__(self) -> str:
        lines = (ROOT / self.module).read_text().splitlines(), self.code.splitlines()
        return "\n    ".join([f"{self.module}:{self.line}", *list(difflib.unified_diff(*lines, n=0, lineterm=""))[3:]])


class Substitute(MetaPathFinder, Loader):
    """Imports a mutant where its module is asked for."""

    def __init__(self, mutant):
        self.mutant = mutant
        self.name = "walras." + mutant.module.removesuffix(".py").replace("/", ".")

    def find_spec(self, name, path=None, target=None):
        return spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module):
        exec(compile(self.mutant.code, self.mutant.module, "exec"), module.__dict__)


def meaning(code: str) -> str | None:
    """What code does, whatever its annotations say, which nobody evaluates; None if it is no Python."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        for annotation in {"annotation", "returns"} & set(node._fields):
            setattr(node, annotation, None)
    return ast.dump(tree)


def mutants_of(module: str) -> list[Mutant]:
    """All that differ in meaning from the module and from each other."""
    code = (ROOT / module).read_text()
    nodes = list(ast_nodes(get_ast(code)))
    operators = OperatorProvider()
    found = {meaning(code): None, None: None}
    for operator in (operators[name]() for name in operators if INSTRUCTIVE.match(name)):
        lines = [begin[0] for node in nodes for begin, _ in operator.mutation_positions(node)]
        for occurrence, line in enumerate(lines):
            mutated = mutate_code(code, operator, occurrence)
            found.setdefault(meaning(mutated), Mutant(module, line, mutated))
    return [mutant for mutant in found.values() if mutant is not None]


def start(mutant: Mutant, seconds: int) -> int:
    """The process that tests a mutant: it ends with 0 if no test fails, and is ended if it takes too long."""
    if pid := os.fork():
        return pid
    outcome = 1
    try:
        signal.alarm(seconds)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.path.insert(0, str(ROOT / ".types"))
        sys.meta_path.insert(0, Substitute(mutant))
        outcome = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *COVERING[mutant.module]])
    finally:
        os._exit(outcome)


def seconds_allowed(module: str) -> int:
    """Ten times what the tests take without a mutant; they must pass."""
    begin = time.perf_counter()
    start(Mutant(module, 0, (ROOT / module).read_text()), 600)
    if os.wait()[1] != 0:
        raise click.ClickException(f"the tests that cover {module} fail without a mutant")
    return 10 + int(10 * (time.perf_counter() - begin))


@click.command()
@click.option("--count", default=300, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--jobs", default=os.cpu_count(), show_default=True, help="Mutants tested at a time.")
@click.option("--only", default="", help="Of those drawn, test only mutants of modules whose path holds this.")
def main(count: int, seed: int, jobs: int, only: str) -> None:
    """Test mutants and name the survivors."""
    os.chdir(ROOT)
    for name in SHARED:
        importlib.import_module(name)
    everything = [mutant for module in COVERING for mutant in mutants_of(module)]
    drawn = random.Random(seed).sample(everything, min(count, len(everything)))
    waiting = [mutant for mutant in drawn if only in mutant.module]
    tested = Counter(mutant.module for mutant in waiting)
    allowed = {module: seconds_allowed(module) for module in tested}
    click.echo(f"{len(drawn)} mutants of {len(everything)} are drawn, {len(waiting)} are tested")
    running, left = {}, Counter()
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running[start(mutant, allowed[mutant.module])] = mutant
        pid, status = os.wait()
        mutant = running.pop(pid)
        if status == 0:
            left[mutant.module] += 1
            click.echo(f"survives: {mutant}")
    for module, number in [*tested.items(), ("together", tested.total())]:
        survivors = left[module] if module in tested else left.total()
        click.echo(f"{module:45} {number - survivors:3} of {number:3} killed")


if __name__ == "__main__":
    main()
