"""Scenarios and sweeps whose text is odd in one place; what is taken must be all that is written."""

from pathlib import Path
from random import Random
from typing import Any

import yaml
from fuzz.judging import Input
from fuzz.odd import odd
from support.small_sweep import write_small_scenario

from walras import load_scenario
from walras.experiments.sweep.plan import plan_sweep
from walras.experiments.sweep.sweep_reading import load_sweep

SWEEP = """scenario: small.yaml
set: {coordinator.tolerance: 1e-4}
grid:
  consumers.price_elasticity: [-0.2, -0.4]
runs:
  - {seed: 1}
  - {coordinator.max_rounds: 3, seed: 2}
monolith: true
"""


def base(folder: Path) -> str:
    """The text of a sound scenario beside its case."""
    path = folder / "small.yaml"
    if not path.exists():
        document = yaml.safe_load(write_small_scenario(folder).read_text())
        document["grid"]["source"] = "case"
        document |= {"periods": 1, "load_profile": [1.0], "disclosure": "ex_post"}
        document["consumers"] = {"price_elasticity": -0.2, "forward_position": 0.0, "price_floor": 0.05}
        document["coordinator"] = {"mechanism": "admm", "tolerance": 1e-4, "max_rounds": 5}
        path.write_text(yaml.safe_dump(document, sort_keys=False, default_flow_style=None))
    return path.read_text()


def scenario_input(random: Random, folder: Path) -> Input:
    """A scenario with an odd value or key, or odd as a whole."""
    text = changed(random, base(folder))
    path = folder / "odd.yaml"
    path.write_bytes(text)
    return Input("scenario", ["validate", str(path)], repr(text)[:2000], str(path), lambda _: lost_of(text, path))


def sweep_input(random: Random, folder: Path) -> Input:
    """A sweep with an odd value or key, or odd as a whole."""
    base(folder)
    text = changed(random, SWEEP)
    path = folder / "sweep.yaml"
    path.write_bytes(text)
    return Input("sweep", ["sweep", str(path)], repr(text)[:2000], str(path), lambda _: lost_of_sweep(text, path))


def changed(random: Random, text: str) -> bytes:
    """The text with a change of its values, its structure or its bytes."""
    kind = random.randrange(10)
    if kind < 6:
        return with_another_scalar(random, text).encode("utf-8", "surrogatepass")
    if kind < 8:
        return with_another_line(random, text).encode("utf-8", "surrogatepass")
    return with_other_bytes(random, text.encode())


def with_another_scalar(random: Random, text: str) -> str:
    """A value, an item, a whole section or, less often, a key replaced."""
    values, keys = [], []
    pending = [yaml.compose(text, Loader=yaml.BaseLoader)]
    while pending:
        node = pending.pop()
        values.append(node)
        if isinstance(node, yaml.MappingNode):
            keys += [key for key, _ in node.value]
            pending += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            pending += node.value
    leaves = [node for node in values if isinstance(node, yaml.ScalarNode)]
    node = random.choice(random.choice([leaves, leaves, leaves, leaves, values[1:], keys]))
    start, end = node.start_mark.index, node.end_mark.index
    line_end = "\n" if text[end - 1] == "\n" else ""
    return text[:start] + odd(random) + line_end + text[end:]


def with_another_line(random: Random, text: str) -> str:
    """A line twice, gone, elsewhere, indented otherwise, or a new one."""
    lines = text.splitlines()
    at = random.randrange(len(lines))
    kind = random.randrange(7)
    if kind == 0:
        lines.insert(random.randrange(len(lines) + 1), lines[at])
    elif kind == 1:
        del lines[at]
    elif kind == 2:
        lines[at] = " " * random.randrange(1, 5) + lines[at]
    elif kind == 3:
        lines[at] = "\t" + lines[at]
    elif kind == 4:
        lines.insert(at, f"{odd(random)}: {odd(random)}")
    elif kind == 5:
        lines.insert(
            at, random.choice(["---", "...", "%YAML 1.1", "%TAG ! x:", "# note", "- 1", "? a", "<<: {seed: 3}"])
        )
    else:
        lines[at] = lines[at].replace(":", random.choice([" :", "::", ":\t", "=", ": &a", ": *a", ": !!str"]), 1)
    return random.choice(["\n", "\n", "\r\n", "\r"]).join(lines) + "\n"


def with_other_bytes(random: Random, text: bytes) -> bytes:
    """Bytes changed, cut off, put in another encoding, or far too many."""
    kind = random.randrange(9)
    at = random.randrange(len(text))
    if kind == 0:
        return text[:at]
    if kind == 1:
        return text[:at] + bytes([random.randrange(256)]) + text[at + 1 :]
    if kind == 2:
        return text.decode().encode(random.choice(["utf-16", "utf-16-le", "utf-32", "utf-8-sig"]))
    if kind == 3:
        return random.randbytes(random.choice([0, 1, 50, 5000]))
    if kind == 4:
        return text.rstrip() + b"\nload_profile: [" + b"1, " * random.choice([100, 8785, 349_000]) + b"1]\n"
    if kind == 5:
        return text + b"\n" + b"- x\n" * random.choice([3, 200_000])
    if kind == 6:
        return text + b"# " + b"x" * random.choice([10, 2**20 - len(text) - 2, 2**20]) + b"\n"
    if kind == 7:
        return b"a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]\n" + text
    return text.replace(b"\n", b"\x00\n", 1)


def lost_of(text: bytes, path: Path) -> str | None:
    """What a scenario that was taken does not hold of its text."""
    tree = yaml.compose(text.decode("utf-8-sig"), Loader=yaml.BaseLoader)
    return lost(tree, load_scenario(path).model_dump(), "", path.parent)


def lost_of_sweep(text: bytes, path: Path) -> str | None:
    """What a sweep that was taken does not hold of its text."""
    tree = yaml.compose(text.decode("utf-8-sig"), Loader=yaml.BaseLoader)
    sweep = load_sweep(path)
    missing = lost(tree, sweep.model_dump(by_alias=True), "", path.parent)
    if missing:
        return missing
    plan = plan_sweep(sweep, path, executor="compiled")
    points = max(len(sweep.runs), 1)
    for values in sweep.grid.values():
        points *= len(values)
    return None if len(plan.runs) == points else f"{len(plan.runs)} runs of {points} are planned"


def lost(node: yaml.Node, value: Any, path: str, folder: Path) -> str | None:
    """The first part of a tree of YAML that a value does not hold; the tree knows keys that stand twice, too."""
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        if not isinstance(value, dict) or len({*keys}) < len(keys):
            return f"{path}: {keys} became {value!r}"
        own = {str(key): item for key, item in value.items()}
        for key, item in node.value:
            if key.value not in own:
                return f"{path}.{key.value} is gone"
            if below := lost(item, own[key.value], f"{path}.{key.value}", folder):
                return below
        return None
    if isinstance(node, yaml.SequenceNode):
        if not isinstance(value, list) or len(value) != len(node.value):
            return f"{path}: {len(node.value)} items became {value!r:.100}"
        found = (lost(item, value[i], f"{path}.{i}", folder) for i, item in enumerate(node.value))
        return next(filter(None, found), None)
    if path == ".grid.source" and (folder / node.value).absolute() == Path(value):
        return None
    return None if same(node, value) else f"{path}: {node.value!r:.100} became {value!r:.100}"


def same(node: yaml.ScalarNode, value: Any) -> bool:
    """Whether a value is what a reader takes a scalar for."""
    text = node.value
    if isinstance(value, str):
        return value == text
    if node.style is not None and "!!" not in str(node.tag) and not str(node.tag).startswith("tag:yaml.org,2002:str"):
        return False
    if value is None:
        return text.lower() in ("", "~", "null")
    if isinstance(value, bool):
        return text.lower() in (("yes", "true", "on") if value else ("no", "false", "off"))
    plain = text.lower().replace(".inf", "inf").replace(".nan", "nan")
    try:
        return (int(plain) if isinstance(value, int) else float(plain)) == value and "_" not in plain
    except ValueError:
        return False
