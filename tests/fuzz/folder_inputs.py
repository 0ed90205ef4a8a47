"""Run folders whose document or tables are odd in one place."""

import json
import shutil
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
from fuzz.judging import Input
from fuzz.yaml_inputs import base, with_other_bytes

from walras import decompose, load_scenario, with_monolith
from walras.experiments.archive.writer import write_run_folder

TABLES = ["rounds.parquet", "prices.parquet", "trades.parquet"]
NUMBERS = [None, True, False, 0, -1, 3, 1.5, -0.0, 1e308, -1e308, 5e-324, 10**39]
WORDS = ["", "x", "\x1b[31m", "\ud800", "\u202e", "a\nb", "converged", "9" * 500]
NESTED = [[], {}, [[]], [1], [None], ["x"], {"x": 1}, {"0": [1]}, [1, 2], [{}], [{"": None}]]
ODD = [*NUMBERS, *WORDS, *NESTED]
LONG = ["9" * 400, "9" * 5000, "[" * 100_000]
TEXTS = ["NaN", "Infinity", "1e999", "-1e999", '{"a": 1, "a": 2}', "1e-400", "01", "'x'", "nul", "", *LONG]
ODD_CELLS = ["x", 1.5, True, [1], None, {"a": 1}, float("nan"), float("inf"), -1e308, "\x1b[31m"]


def sound(folder: Path) -> Path:
    """A run folder without figures."""
    path = folder / "sound_run"
    if not path.exists():
        base(folder)
        study = with_monolith(decompose(load_scenario(folder / "small.yaml")))
        write_run_folder(study, path, lambda *_: [])
    return path


def folder_input(random: Random, folder: Path) -> Input:
    """A run folder that something is wrong with, for one of the commands that read it."""
    path = folder / "odd_run"
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(sound(folder), path)
    told = spoil(random, path)
    figures = folder / "figures"
    command = random.choice([["show", str(path)], ["show", str(path), "-v"], ["show", str(path), "--json"]])
    if random.random() < 0.2:
        command = ["plot", str(path), "--out", str(figures)]
    return Input("run folder", command, f"{command[0]} {told}", str(path), lambda out: lost_of(path, command, out))


def lost_of(path: Path, command: list[str], out: str) -> str | None:
    if "--json" not in command:
        return None
    written = json.loads((path / "run.json").read_text("utf-8-sig"))
    return None if json.loads(out) == written else "show --json does not say what the file says"


def spoil(random: Random, path: Path) -> str:
    kind = random.randrange(10)
    if kind < 6:
        return spoil_document(random, path / "run.json")
    table = path / random.choice(TABLES)
    if kind < 8:
        return spoil_table(random, table)
    victim = random.choice([table, path / "run.json"])
    content = (
        with_other_bytes(random, victim.read_bytes())
        if victim.suffix == ".json"
        else flipped(random, victim.read_bytes())
    )
    victim.write_bytes(content)
    if random.random() < 0.1:
        victim.unlink()
        victim.mkdir()
    return f"{victim.name}: {content!r:.300}"


def flipped(random: Random, content: bytes) -> bytes:
    kind = random.randrange(4)
    at = random.randrange(len(content))
    if kind == 0:
        return content[:at]
    if kind == 1:
        return random.randbytes(random.choice([0, 3, 500]))
    changed = bytearray(content)
    for _ in range(random.choice([1, 5, 50])):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def spoil_document(random: Random, path: Path) -> str:
    document = json.loads(path.read_text())
    places: list[tuple[Any, Any, str]] = []

    def walk(value: Any, at: str) -> None:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            places.append((value, key, f"{at}.{key}"))
            if isinstance(item, (dict, list)):
                walk(item, f"{at}.{key}")

    walk(document, "")
    # Parts near the root have fewer places than lists of numbers, and mean more.
    holder, key, told = random.choice(
        places if random.random() < 0.5 else [place for place in places if place[2].count(".") < 4]
    )
    kind = random.randrange(6)
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, dict):
        holder[random.choice(["x", "", "\x1b]0;", "1", key + " "])] = holder.pop(key)
    elif kind == 2:
        holder[key] = "@@"
        text = random.choice(TEXTS)
        path.write_text(json.dumps(document).replace('"@@"', text))
        return f"run.json{told} = {text:.100}"
    else:
        holder[key] = random.choice(ODD)
    path.write_text(json.dumps(document))
    return f"run.json{told} kind {kind}: {holder.get(key, None) if isinstance(holder, dict) else holder!r:.100}"


def spoil_table(random: Random, path: Path) -> str:
    table = pd.read_parquet(path)
    name = random.choice(list(table.columns))
    kind = random.randrange(7)
    count = len(table)
    if kind == 0:
        table = table.drop(columns=name)
    elif kind == 1:
        table = table.rename(columns={name: name + "x"})
    elif kind == 2:
        table = table.head(0)
    elif kind == 3:
        table[name] = [random.choice(ODD_CELLS)] * count
    elif kind == 4:
        table[name] = pd.Timestamp("2026-01-01")
    elif kind == 5:
        table[name] = table[name].astype("category")
    else:
        table = pd.DataFrame({"foreign": [1, 2]})
    table.to_parquet(path)
    return f"{path.name}: {name} kind {kind}"
