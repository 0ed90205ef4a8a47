"""Inputs of every kind, drawn by a seed and a number: each can be drawn again alone."""

from pathlib import Path
from random import Random

from fuzz.case_inputs import csv_input, matpower_input
from fuzz.folder_inputs import folder_input
from fuzz.instance_inputs import instance_input
from fuzz.judging import Input
from fuzz.option_inputs import option_input, set_input
from fuzz.yaml_inputs import scenario_input, sweep_input

# How many of 23 inputs are of this kind.
KINDS = {
    "scenario": (scenario_input, 6),
    "sweep": (sweep_input, 2),
    "--set": (set_input, 3),
    "option": (option_input, 1),
    "csv": (csv_input, 3),
    "matpower": (matpower_input, 2),
    "run folder": (folder_input, 3),
    "instance": (instance_input, 3),
}


def draw(seed: int, number: int, folder: Path, only: str | None = None) -> Input:
    """The input with this number."""
    random = Random(f"{seed} {number}")
    kinds = [kind for kind, (_, times) in KINDS.items() for _ in range(times)]
    kind = only or random.choice(kinds)
    return KINDS[kind][0](random, folder)
