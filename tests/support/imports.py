"""The package's imports, read from its source: nothing is executed."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import networkx as nx

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("consumer", "producer", "grid_operator", "hyperscaler", "modular_datacenter")
FOLDERS = ("agents", "coordinator", "experiments", "network")
MODULES = [ROOT / "__init__.py", *(path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))]

Room = Callable[[str], bool]


@dataclass(frozen=True)
class Import:
    """One name taken from a module, or a module itself if there is no name."""

    importer: str
    line: int
    module: str
    name: str | None

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.name or 'all'} from {self.module}"


def module_name(path: Path) -> str:
    """`coordinator.market`, or `coordinator` for its `__init__`; the root is `walras`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "walras"


PATHS = {module_name(path): path for path in MODULES}


def imports_of(importer: str) -> list[Import]:
    """What a module of the package takes from the package."""
    return list(imports_in(importer, PATHS[importer].read_text()))


def imports_in(importer: str, source: str) -> Iterator[Import]:
    """As above, of some source; ``from .x import y`` names the module x.y if there is one, else x."""
    package = PATHS[importer].relative_to(ROOT).parts[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for parts in (alias.name.split(".") for alias in node.names):
                if parts[0] == "walras":
                    yield Import(importer, node.lineno, ".".join(parts[1:]) or "walras", None)
        elif isinstance(node, ast.ImportFrom):
            base = node.module.split(".") if node.module else []
            if node.level:
                base = [*package[: len(package) - node.level + 1], *base]
            elif base.pop(0) != "walras":
                continue
            for alias in node.names:
                inside = ".".join([*base, alias.name])
                module, name = (inside, None) if inside in PATHS else (".".join(base) or "walras", alias.name)
                yield Import(importer, node.lineno, module, name)


def defined_in(module: str) -> set[str]:
    """Names that a module makes itself at its top level, imported ones left out."""
    names = set()
    for node in ast.parse(PATHS[module].read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return names


def package_graph() -> nx.DiGraph:
    """Modules, and an edge from each to every one that it imports. That its parents run first does not count."""
    graph = nx.DiGraph()
    graph.add_nodes_from(PATHS)
    graph.add_edges_from((found.importer, found.module) for name in PATHS for found in imports_of(name))
    return graph


def room(*names: str) -> Room:
    """The modules of some folders, or single modules."""
    return lambda module: any(module == name or module.startswith(f"{name}.") for name in names)


CONVERSING = room("coordinator.executors", "coordinator.mechanisms")


def told(chain: Iterable[str]) -> str:
    """A chain of imports in one line."""
    return " -> ".join(chain)


def chains(graph: nx.DiGraph, begins: Room, ends: Room) -> list[str]:
    """A shortest chain from every module of one room that reaches another room."""
    found = []
    for begin in filter(begins, sorted(graph)):
        ways = nx.single_source_shortest_path(graph, begin)
        reached = [way for end, way in ways.items() if ends(end)]
        if reached:
            found.append(told(min(reached, key=len)))
    return found


def edges(graph: nx.DiGraph, begins: Room, ends: Room) -> list[str]:
    """Imports straight from one room to another."""
    return [told(edge) for edge in sorted(graph.edges) if begins(edge[0]) and ends(edge[1])]
