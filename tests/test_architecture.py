"""The laws of the house: which part may know which. Every law is broken once, by a made-up package."""

import ast
import re
from collections import Counter

import networkx as nx
import pytest
from support.imports import (
    FOLDERS,
    MODULES,
    PATHS,
    ROOT,
    chains,
    defined_in,
    edges,
    imports_of,
    package_graph,
    room,
    told,
)

LONGEST_CHAIN = 25
FULLEST_FOLDER = 18

EXECUTORS = room("coordinator.executors")
MECHANISMS = room("coordinator.mechanisms")
MONOLITH = room("experiments.monolith")
PARTICIPANTS = room(
    *("agents", "walras"),
    *(f"agents.{kind}" for kind in ("consumer", "producer", "grid_operator", "hyperscaler", "modular_datacenter")),
)
# What both sides of the conversation may know of the coordinator: what is said, and linear algebra.
COMMON = tuple(
    f"coordinator.{name}"
    for name in ("market", "disclosure", "announcement", "bids", "imbalance", "turnover", "sparse", "quasidefinite")
)
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
    found = [told for folder in FOLDERS for told in edges(graph, room(folder), outside(folder, *KNOWN[folder]))]
    grid_operator = room("agents.grid_operator")
    return found + edges(graph, lambda module: room("agents")(module) and not grid_operator(module), room("network"))


def circles(graph):
    return [told([*circle, circle[0]]) for circle in nx.simple_cycles(graph)]


def too_long(graph):
    if not nx.is_directed_acyclic_graph(graph):
        return ["a circle has no end"]
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
        lambda graph: chains(graph, lambda module: MECHANISMS(module) or EXECUTORS(module), PARTICIPANTS_ALONE),
        {"coordinator.executors.a": ["coordinator.market"], "coordinator.market": ["agents.producer"]},
    ),
    "a decomposition and its settlement need no monolith": (
        lambda graph: chains(graph, room("experiments.decomposition", "experiments.settlement", "coordinator"), MONOLITH),
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
