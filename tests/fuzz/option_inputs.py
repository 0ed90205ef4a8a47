"""Odd options: `--set` with odd paths and values, and numbers that are none."""

from pathlib import Path
from random import Random

import yaml
from fuzz.judging import Input
from fuzz.odd import NUMBERS, TEXTS, deep, long_number, mild, odd
from fuzz.yaml_inputs import base, lost

from walras import load_scenario

PATHS = TEXTS["paths"]
ODD_PATHS = [*(path.replace("|", " ") for path in TEXTS["odd_paths"]), "", "se\x1b[31med", "\ud800", "grid.\u202e"]
LONG_PATHS = ["hyperscalers." + "9" * 5000 + ".bus", "a." * 2000 + "b"]


def set_input(random: Random, folder: Path) -> Input:
    """One or two odd overrides."""
    base(folder)
    overrides = [
        f"{random.choice(ODD_PATHS + LONG_PATHS) if random.random() < 0.2 else random.choice(PATHS)}={odd(random)}"
        for _ in range(random.choice([1, 1, 2]))
    ]
    if random.random() < 0.05:
        overrides = [overrides[0].partition("=")[0]]
    arguments = ["run", str(folder / "small.yaml"), "-q", "--json", "--set", "coordinator.max_rounds=2"]
    options = [word for override in overrides for word in ("--set", override)]
    return Input("--set", [*arguments, *options], repr(overrides)[:2000], "", lambda _: lost_of(overrides[-1], folder))


def lost_of(override: str, folder: Path) -> str | None:
    """What the last override says and the scenario does not."""
    path, _, text = override.partition("=")
    value = load_scenario(folder / "small.yaml", [override]).model_dump()
    for key in path.strip().split("."):
        if isinstance(value, list):
            names = [item.get("name") for item in value if isinstance(item, dict)]
            value = value[names.index(key) if key in names else int(key)]
        else:
            value = value[key]
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    if node is None:
        return None if value is None else f"{path}: nothing became {value!r}"
    return lost(node, value, "." + path.strip(), Path())


NUMERIC = {
    "--tolerance": ["run", "SCENARIO", "-q", "--json", "--max-rounds", "2"],
    "--max-rounds": ["run", "SCENARIO", "-q", "--json", "--tolerance", "0.5"],
    "--seed": ["run", "SCENARIO", "-q", "--json", "--max-rounds", "2"],
    "--workers": ["sweep", "SWEEP"],
    "--row-seconds": ["bench", "-q"],
    "--minutes": ["bench", "-q"],
    "--exchange": ["bench", "-q"],
}
PEERS = [*TEXTS["peers"], "", "path=\x1b[31m", "dede=\ud800", "a2dr=" + "a" * 5000]


def option_input(random: Random, folder: Path) -> Input:
    """A number of an option, or a peer's environment."""
    base(folder)
    (folder / "two.yaml").write_text("scenario: small.yaml\ngrid: {seed: [1, 2]}\n")
    if random.random() < 0.15:
        peer = random.choice(PEERS)
        return Input("option", ["bench", "-q", "--peer-env", peer], f"--peer-env {peer!r:.200}")
    option = random.choice(list(NUMERIC))
    value = random.choice([random.choice(NUMBERS), long_number(random), deep(random), mild(random), mild(random)])
    places = {"SCENARIO": str(folder / "small.yaml"), "SWEEP": str(folder / "two.yaml")}
    command = [places.get(word, word) for word in NUMERIC[option]]
    return Input("option", [*command, f"{option}={value}"], f"{command} {option}={value:.200}")
