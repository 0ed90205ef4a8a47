"""The laws of the house: which part may know which. Every law is broken once, by a made-up package."""

import networkx as nx
import pytest
from support.imports import CONVERSING, FOLDERS, KINDS, PATHS, chains, edges, imports_in, package_graph, room, told

LONGEST_CHAIN = 25

EXECUTORS = room("coordinator.executors")
MECHANISMS = room("coordinator.mechanisms")
MONOLITH = room("experiments.monolith")
# Participants have files of their own, which neither side of the conversation may know.
PARTICIPANTS = room(*(f"agents.{kind}" for kind in KINDS))
# What both sides of the conversation may know of the coordinator: what is said, linear algebra, and solvers.
SAID = ("market", "disclosure", "announcement", "bids", "measures")
COMMON = tuple(f"coordinator.{name}" for name in (*SAID, "sparse", "quasidefinite", "programmes"))
# Folder: the folders that its modules may import.
KNOWN = {
    "network": (),
    "agents": ("network",),
    "coordinator": ("agents",),
    "experiments": ("agents", "coordinator", "network"),
}


def outside(*allowed):
    """Everything else in the package."""
    inside = room(*allowed)
    return lambda module: not inside(module)


def only_common(begins, own, contract):
    """The law that a side of the conversation knows its own room, its contract and what both know."""
    coordinator, known = room("coordinator"), room(own, contract, *COMMON)
    return lambda graph: edges(graph, begins, lambda module: coordinator(module) and not known(module))


def upwards(graph):
    """Imports against the flow; of the agents, only the grid operator knows where trade happens."""
    found = [way for folder in FOLDERS for way in edges(graph, room(folder), outside(folder, *KNOWN[folder]))]
    others = room("agents")
    return found + edges(graph, lambda module: others(module) and module != "agents.grid_operator", room("network"))


def circles(graph):
    try:
        circle = nx.find_cycle(graph)
    except nx.NetworkXNoCycle:
        return []
    return [told([circle[0][0], *(end for _, end in circle)])]


def too_long(graph):
    if circles(graph):
        return []  # Another law says so; its chains have no end.
    longest = nx.dag_longest_path(graph)
    return [f"{len(longest)} modules: {told(longest)}"] if len(longest) > LONGEST_CHAIN else []


# Law: what breaks it in a package, and a package that does.
LAWS = {
    "executors know no mechanism": (
        lambda graph: chains(graph, EXECUTORS, MECHANISMS),
        {"coordinator.executors.a": ["coordinator.b"], "coordinator.b": ["coordinator.mechanisms.c"]},
    ),
    "mechanisms know no executor": (
        lambda graph: chains(graph, MECHANISMS, EXECUTORS),
        {"coordinator.mechanisms.a.b": ["coordinator.c"], "coordinator.c": ["coordinator.executors"]},
    ),
    "executors know only the conversation": (
        only_common(EXECUTORS, "coordinator.executors", "coordinator.executor"),
        {"coordinator.executors.a": ["coordinator.mechanism"]},
    ),
    "mechanisms know only the conversation": (
        only_common(MECHANISMS, "coordinator.mechanisms", "coordinator.mechanism"),
        {"coordinator.mechanisms.a": ["coordinator.certificate"]},
    ),
    "mechanisms and executors know no kind of participant": (
        lambda graph: chains(graph, CONVERSING, PARTICIPANTS),
        {"coordinator.executors.a": ["coordinator.market"], "coordinator.market": ["agents.producer"]},
    ),
    "a decomposition and its settlement need no monolith": (
        lambda graph: chains(
            graph, room("experiments.decomposition", "experiments.settlement", "coordinator"), MONOLITH
        ),
        {"experiments.settlement.a": ["experiments.b"], "experiments.b": ["experiments.monolith.c"]},
    ),
    "scenarios need no monolith": (
        lambda graph: chains(graph, room("experiments.scenario"), MONOLITH),
        {"experiments.scenario.a": ["experiments.b"], "experiments.b": ["experiments.monolith"]},
    ),
    "linear algebra knows nothing of the conversation": (
        lambda graph: edges(
            graph,
            room("coordinator.quasidefinite"),
            outside("coordinator.quasidefinite", "coordinator.sparse", "agents.arrays"),
        ),
        {"coordinator.quasidefinite.a": ["coordinator.bids"]},
    ),
    "nothing is imported upwards": (upwards, {"coordinator.a": ["experiments.b"]}),
    "only the grid operator knows the network": (upwards, {"agents.consumer": ["network.grid"]}),
    "there is no circle": (circles, {"network.a": ["network.b"], "network.b": ["network.a"]}),
    "no chain is too long": (too_long, {f"network.{i}": [f"network.{i + 1}"] for i in range(LONGEST_CHAIN)}),
}


@pytest.fixture(scope="module")
def graph():
    return package_graph()


@pytest.mark.parametrize("law", LAWS)
def test_the_package_keeps_the_law(law, graph):
    broken_by, _ = LAWS[law]
    assert broken_by(graph) == []


@pytest.mark.parametrize("law", LAWS)
def test_the_law_can_be_broken(law):
    broken_by, package = LAWS[law]
    graph = nx.DiGraph(package)
    (found,) = broken_by(graph)
    assert all(module in found for module in package)


def test_the_graph_is_known_where_the_source_is_short(graph):
    assert set(graph["coordinator.mechanism"]) == {"agents.arrays", "coordinator.announcement", "coordinator.market"}
    cli = "experiments.cli"
    of_process = [f"process.{name}" for name in ("address_space", "imports", "statistics_later")]
    assert set(graph[cli]) == {f"{cli}.{name}" for name in ("commands", *of_process)}
    assert graph.has_edge("walras", "coordinator")
    assert set(graph) == set(PATHS)


def test_every_way_to_import_is_read():
    source = """
import numpy, walras.network.grid
from walras.network import Grid
from . import market, joined
from .market import Market
def late():
    from ..agents.goods import Good as Better
"""
    found = {(way.module, way.name) for way in imports_in("coordinator.run", source)}
    assert found == {
        ("network.grid", None),
        ("network", "Grid"),
        ("coordinator.market", None),
        ("coordinator.joined", None),
        ("coordinator.market", "Market"),
        ("agents.goods", "Good"),
    }
